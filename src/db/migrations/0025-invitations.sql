-- Invitations: who was asked into a practice, as what, and the codes that let them come.
--
-- What one promises lies in an envelope under the practice's key, bound to its row, and says by whom and
-- until when itself; the columns beside it are for finding and counting. A code is found by a MAC of it
-- under the installation's key, since whoever brings one has not named a practice, and carries a second MAC
-- of what it is for: a row written or moved by hand invites nobody. All of it is owner-only.
create table postern.invitation (
  practice_id uuid not null,
  invitation_id uuid not null,
  -- The account, and those of its grants that must still stand when somebody comes; none for the operator.
  invited_by uuid not null,
  under uuid[] not null,
  chart_id uuid,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  -- Since the last one that was right.
  tries smallint not null default 0,
  state text not null default 'open' check (state in ('open', 'used', 'ended')),
  -- Who proved it, before there is a way to sign in.
  account_id uuid,
  sealed bytea not null check (octet_length(sealed) <= 16384),
  primary key (practice_id, invitation_id)
);
create index invitation_made on postern.invitation (practice_id, made_at desc);

create table postern.invitation_code (
  code_mac bytea not null primary key check (octet_length(code_mac) = 32),
  practice_id uuid not null,
  invitation_id uuid not null,
  -- Whether it went to an address by mail, and so proves that one.
  mailed boolean not null,
  expires_at timestamptz not null,
  mac bytea not null
);
create index invitation_code_of on postern.invitation_code (practice_id, invitation_id);

do $$
declare
  name text;
begin
  foreach name in array array['invitation', 'invitation_code'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

-- For a session that may review grants in its practice, in its own name.
create function postern.invitation_put(
  p_invitation uuid, p_by uuid, p_under uuid[], p_chart uuid, p_made timestamptz, p_expires timestamptz,
  p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if (reach_keys() @> array['g/' || reach_practice()::text, 'a/' || p_by::text]) is not true then
    return false;
  end if;
  insert into invitation (
    practice_id, invitation_id, invited_by, under, chart_id, made_at, expires_at, sealed)
  values (reach_practice(), p_invitation, p_by, p_under, p_chart, p_made, p_expires, p_sealed);
  return true;
end
$$;

create function postern.invitation_code_put(
  p_code_mac bytea, p_practice uuid, p_invitation uuid, p_mailed boolean, p_expires timestamptz, p_mac bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from invitation_code c where c.expires_at < clock_timestamp() - interval '1 day';
  insert into invitation_code (code_mac, practice_id, invitation_id, mailed, expires_at, mac)
  values (p_code_mac, p_practice, p_invitation, p_mailed, p_expires, p_mac);
$$;

-- Whether whoever invited may still: all grants under which it was made stand.
create function postern.invitation_stands(p_practice uuid, p_under uuid[]) returns boolean
language sql stable
as $$
  select count(*) = cardinality(p_under)
  from postern.access_grant g
  where g.practice_id = p_practice
    and g.grant_id = any (p_under)
    and g.ended_at is null
    and (g.ends_at is null or g.ends_at > clock_timestamp())
$$;

-- What a code is for, where it is open and whoever invited may still. Whether we made it is for the process
-- to say.
create function postern.invitation_find(p_code_mac bytea)
returns table (
  practice_id uuid, invitation_id uuid, mailed boolean, code_expires timestamptz, mac bytea, invited_by uuid,
  under uuid[], expires_at timestamptz, tries smallint, account_id uuid, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select i.practice_id, i.invitation_id, c.mailed, c.expires_at, c.mac, i.invited_by, i.under, i.expires_at,
    i.tries, i.account_id, i.sealed
  from invitation_code c
    join invitation i on i.practice_id = c.practice_id and i.invitation_id = c.invitation_id
  where c.code_mac = p_code_mac
    and i.state = 'open'
    and invitation_stands(i.practice_id, i.under)
$$;

-- Those of the session's practice, the newest first, for who may review grants there.
create function postern.invitation_list(p_limit integer)
returns table (
  invitation_id uuid, invited_by uuid, under uuid[], stands boolean, chart_id uuid, made_at timestamptz,
  expires_at timestamptz, tries smallint, state text, account_id uuid, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select i.invitation_id, i.invited_by, i.under, invitation_stands(i.practice_id, i.under), i.chart_id,
    i.made_at, i.expires_at, i.tries, i.state, i.account_id, i.sealed
  from invitation i
  where i.practice_id = reach_practice()
    and reach_keys() && array['g/' || i.practice_id::text]
  order by i.made_at desc, i.invitation_id
  limit p_limit
$$;

-- Counts a try before it is looked at, so that many at once are no more than one after the other. Answers how
-- many there have been, or null where there have been so many already.
create function postern.invitation_try(p_practice uuid, p_invitation uuid, p_most integer) returns integer
language sql security definer set search_path = postern, pg_temp
as $$
  update invitation i
  set tries = i.tries + 1
  where i.practice_id = p_practice
    and i.invitation_id = p_invitation
    and i.state = 'open'
    and i.tries < p_most
  returning i.tries::integer
$$;

-- The last one was right.
create function postern.invitation_right(p_practice uuid, p_invitation uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  update invitation i
  set tries = 0
  where i.practice_id = p_practice
    and i.invitation_id = p_invitation
    and i.state = 'open'
$$;

-- Notes that an account proved it: 'new' the first time, 'again' for the same account, and 'no' where another
-- did, or it works no more. Nothing else is given at the same time under the same invitation.
create function postern.invitation_prove(p_practice uuid, p_invitation uuid, p_account uuid) returns text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  found_account uuid;
begin
  select i.account_id into found_account
  from invitation i
  where i.practice_id = p_practice
    and i.invitation_id = p_invitation
    and i.state = 'open'
    and invitation_stands(i.practice_id, i.under)
  for update;
  if not found or found_account <> p_account then
    return 'no';
  end if;
  update invitation i
  set account_id = p_account
  where i.practice_id = p_practice
    and i.invitation_id = p_invitation;
  return case when found_account is null then 'new' else 'again' end;
end
$$;

-- Closes one for good, with its codes; its envelope is made anew without what worked. False where it is
-- closed already.
create function postern.invitation_close(p_practice uuid, p_invitation uuid, p_state text, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update invitation i
  set state = p_state, sealed = p_sealed
  where i.practice_id = p_practice
    and i.invitation_id = p_invitation
    and i.state = 'open'
    and p_state <> 'open';
  if not found then
    return false;
  end if;
  delete from invitation_code c
  where c.practice_id = p_practice
    and c.invitation_id = p_invitation;
  return true;
end
$$;

revoke all on function postern.invitation_stands(uuid, uuid[]),
  postern.invitation_put(uuid, uuid, uuid[], uuid, timestamptz, timestamptz, bytea),
  postern.invitation_code_put(bytea, uuid, uuid, boolean, timestamptz, bytea),
  postern.invitation_find(bytea), postern.invitation_list(integer),
  postern.invitation_try(uuid, uuid, integer), postern.invitation_right(uuid, uuid),
  postern.invitation_prove(uuid, uuid, uuid),
  postern.invitation_close(uuid, uuid, text, bytea) from public;
grant execute on function
  postern.invitation_put(uuid, uuid, uuid[], uuid, timestamptz, timestamptz, bytea),
  postern.invitation_code_put(bytea, uuid, uuid, boolean, timestamptz, bytea),
  postern.invitation_find(bytea), postern.invitation_list(integer),
  postern.invitation_try(uuid, uuid, integer), postern.invitation_right(uuid, uuid),
  postern.invitation_prove(uuid, uuid, uuid),
  postern.invitation_close(uuid, uuid, text, bytea) to :server_role;
