-- Recoveries: a person has lost every way to sign in, and gets back to the account by what the desk saw and
-- what the mailbox shows. They belong to the installation, as accounts do.
--
-- How far one has come lies in an envelope under the installation's key, bound to account, row and version: a
-- row written, moved or put back by hand lets nobody in. All of it is owner-only.
create table postern.recovery (
  account_id uuid not null,
  recovery_id uuid not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  version integer not null default 1,
  state text not null default 'open' check (state in ('open', 'done', 'stopped')),
  sealed bytea not null check (octet_length(sealed) <= 8192),
  primary key (account_id, recovery_id)
);
create unique index recovery_single on postern.recovery (account_id) where state = 'open';

alter table postern.recovery enable row level security;
alter table postern.recovery force row level security;
create policy owner_only on postern.recovery to current_user using (true) with check (true);

create function postern.recovery_of(p_account uuid)
returns table (recovery_id uuid, version integer, expires_at timestamptz, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.recovery_id, r.version, r.expires_at, r.sealed
  from recovery r
  where r.account_id = p_account
    and r.state = 'open'
$$;

-- False where one is open already. One whose time is over gives way.
create function postern.recovery_put(
  p_account uuid, p_recovery uuid, p_started timestamptz, p_expires timestamptz, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update recovery r
  set state = 'stopped', version = r.version + 1
  where r.account_id = p_account
    and r.state = 'open'
    and r.expires_at <= p_started;
  insert into recovery (account_id, recovery_id, started_at, expires_at, sealed)
  values (p_account, p_recovery, p_started, p_expires, p_sealed)
  on conflict (account_id) where state = 'open' do nothing;
  return found;
end
$$;

-- Changes what was read at that version; false where somebody else was first, or it is over.
create function postern.recovery_change(
  p_account uuid, p_recovery uuid, p_version integer, p_state text, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update recovery r
  set sealed = p_sealed, version = r.version + 1, state = p_state
  where r.account_id = p_account
    and r.recovery_id = p_recovery
    and r.version = p_version
    and r.state = 'open'
    and p_state in ('open', 'stopped');
  return found;
end
$$;

-- Completes it: every way to sign in, every known device, every code and every session of the account ends,
-- in every practice, in one transaction. False where somebody else was first, or it is over.
create function postern.recovery_finish(p_account uuid, p_recovery uuid, p_version integer, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update recovery r
  set sealed = p_sealed, version = r.version + 1, state = 'done'
  where r.account_id = p_account
    and r.recovery_id = p_recovery
    and r.version = p_version
    and r.state = 'open';
  if not found then
    return false;
  end if;
  delete from factor f where f.account_id = p_account;
  delete from device d where d.account_id = p_account;
  delete from signin_code c where c.account_id = p_account;
  perform sessions_end(p.practice_id, p_account)
  from (
    select distinct s.practice_id
    from session s
    where s.account_id = p_account
      and s.ended_at is null) p;
  return true;
end
$$;

-- The practices in which an account works, and does not only come for a record.
create function postern.account_workplaces(p_account uuid) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select distinct g.practice_id
  from access_grant g
  where g.account_id = p_account
    and g.chart_id is null
    and g.ended_at is null
    and (g.ends_at is null or g.ends_at > clock_timestamp())
$$;

revoke all on function postern.recovery_of(uuid),
  postern.recovery_put(uuid, uuid, timestamptz, timestamptz, bytea),
  postern.recovery_change(uuid, uuid, integer, text, bytea),
  postern.recovery_finish(uuid, uuid, integer, bytea), postern.account_workplaces(uuid) from public;
grant execute on function postern.recovery_of(uuid),
  postern.recovery_put(uuid, uuid, timestamptz, timestamptz, bytea),
  postern.recovery_change(uuid, uuid, integer, text, bytea),
  postern.recovery_finish(uuid, uuid, integer, bytea), postern.account_workplaces(uuid) to :server_role;
