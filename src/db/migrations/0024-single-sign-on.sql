-- Single sign-on for staff: the providers that a practice trusts, and whom a provider's subjects are here.
--
-- Both are owner-only. What a practice set, with its secrets, lies in an envelope under the practice's key,
-- bound to its version. Whom a subject signs in lies in one under the installation's key, bound to practice,
-- subject and account: a row that is written or moved by hand signs nobody in.
create table postern.single_sign_on (
  practice_id uuid not null primary key,
  version integer not null check (version > 0),
  sealed bytea not null,
  set_at timestamptz not null default clock_timestamp()
);

create table postern.staff_identity (
  practice_id uuid not null,
  -- Keyed digest of issuer and subject.
  lookup bytea not null check (octet_length(lookup) = 32),
  account_id uuid not null,
  version integer not null default 1,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (practice_id, lookup)
);
create index staff_identity_account on postern.staff_identity (practice_id, account_id);

do $$
declare
  name text;
begin
  foreach name in array array['single_sign_on', 'staff_identity'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

create function postern.single_sign_on_of(p_practice uuid) returns table (version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select s.version, s.sealed
  from single_sign_on s
  where s.practice_id = p_practice
$$;

-- For who keeps the grants of the practice; null where another version came in between.
create function postern.single_sign_on_put(p_version integer, p_sealed bytea) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  insert into single_sign_on as s (practice_id, version, sealed)
  select reach_practice(), p_version, p_sealed
  where reach_keys() && array['g/' || reach_practice()::text]
  on conflict (practice_id) do update
  set version = excluded.version, sealed = excluded.sealed, set_at = clock_timestamp()
  where s.version = excluded.version - 1
  returning true
$$;

create function postern.staff_identity_find(p_practice uuid, p_lookup bytea)
returns table (account_id uuid, version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select i.account_id, i.version, i.sealed
  from staff_identity i
  where i.practice_id = p_practice
    and i.lookup = p_lookup
$$;

-- False where the subject is somebody's already.
create function postern.staff_identity_put(p_practice uuid, p_lookup bytea, p_account uuid, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  insert into staff_identity (practice_id, lookup, account_id, sealed)
  values (p_practice, p_lookup, p_account, p_sealed)
  on conflict do nothing;
  return found;
end
$$;

-- Changes what was read at that version; false where somebody else was first, or it is gone.
create function postern.staff_identity_change(
  p_practice uuid, p_lookup bytea, p_version integer, p_sealed bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update staff_identity i
  set sealed = p_sealed, version = i.version + 1
  where i.practice_id = p_practice
    and i.lookup = p_lookup
    and i.version = p_version;
  return found;
end
$$;

-- How many subjects of providers sign an account in.
create function postern.staff_identities_count(p_practice uuid, p_account uuid) returns integer
language sql stable security definer set search_path = postern, pg_temp
as $$
  select count(*)::integer
  from staff_identity i
  where i.practice_id = p_practice
    and i.account_id = p_account
$$;

-- Forgets them: of one's own account, or for who keeps the grants of the practice.
create function postern.staff_identities_end(p_account uuid) returns integer
language sql security definer set search_path = postern, pg_temp
as $$
  with gone as (
    delete from staff_identity i
    where i.practice_id = reach_practice()
      and i.account_id = p_account
      and reach_keys() && array['g/' || i.practice_id::text, 'a/' || i.account_id::text]
    returning 1)
  select count(*)::integer from gone
$$;

revoke all on function postern.single_sign_on_of(uuid), postern.single_sign_on_put(integer, bytea),
  postern.staff_identity_find(uuid, bytea), postern.staff_identity_put(uuid, bytea, uuid, bytea),
  postern.staff_identity_change(uuid, bytea, integer, bytea),
  postern.staff_identities_count(uuid, uuid), postern.staff_identities_end(uuid) from public;
grant execute on function postern.single_sign_on_of(uuid), postern.single_sign_on_put(integer, bytea),
  postern.staff_identity_find(uuid, bytea), postern.staff_identity_put(uuid, bytea, uuid, bytea),
  postern.staff_identity_change(uuid, bytea, integer, bytea),
  postern.staff_identities_count(uuid, uuid), postern.staff_identities_end(uuid) to :server_role;
