-- The end of a session is a line in the log of its practice, written in the transaction that ends it,
-- whoever ends it; the purpose says why, and the entry which. Jobs end with their work, and say so
-- themselves.
create function postern.session_name_entry(p_session bytea) returns jsonb
language sql immutable set search_path = postern, pg_temp
as $$
  select jsonb_build_array(jsonb_build_array(null, 'Session', session_name(p_session), null))
$$;

drop function postern.session_end(uuid, bytea);
create function postern.session_end(
  p_practice uuid, p_session bytea, p_why text default 'ended', p_address text default null) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  with over as (
    update session s
    set ended_at = clock_timestamp(), mac = ''
    where s.practice_id = p_practice
      and s.session_hash = p_session
      and s.ended_at is null
    returning s.account_id, s.system_role, s.client)
  insert into access_line (
    practice_id, id, session_hash, account_id, purpose, action, outcome, client, address, entries)
  select p_practice, gen_random_uuid(), p_session, o.account_id, p_why, 'end-session', 'ok', o.client,
    p_address, session_name_entry(p_session)
  from over o
  where o.system_role is null;
  delete from reach r
  where r.practice_id = p_practice
    and r.session_hash = p_session;
  select reach_notice(p_session);
$$;

drop function postern.sessions_end(uuid, uuid);
create function postern.sessions_end(
  p_practice uuid, p_account uuid, p_why text default 'ended') returns void
language sql security definer set search_path = postern, pg_temp
as $$
  with over as (
    update session s
    set ended_at = clock_timestamp(), mac = ''
    where s.practice_id = p_practice
      and s.account_id = p_account
      and s.ended_at is null
    returning s.session_hash, s.system_role, s.client)
  insert into access_line (
    practice_id, id, session_hash, account_id, purpose, action, outcome, client, entries)
  select p_practice, gen_random_uuid(), o.session_hash, p_account, p_why, 'end-session', 'ok', o.client,
    session_name_entry(o.session_hash)
  from over o
  where o.system_role is null;
  with gone as (
    delete from reach r
    where r.practice_id = p_practice
      and r.account_id = p_account
    returning r.session_hash)
  select reach_notice(gone.session_hash) from gone;
$$;

drop function postern.account_session_end(uuid, text);
create function postern.account_session_end(p_account uuid, p_name text, p_address text default null)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  found_session record;
begin
  select s.practice_id, s.session_hash into found_session
  from session s
  where s.account_id = p_account
    and s.system_role is null
    and s.ended_at is null
    and session_name(s.session_hash) = p_name;
  if not found then
    return false;
  end if;
  perform session_end(found_session.practice_id, found_session.session_hash, 'elsewhere', p_address);
  return true;
end
$$;

-- Ends for good what is over by its time, with a line that comes as much later as this does; answers how
-- many. The operator's, so the owner's alone.
create function postern.sessions_settle(p_now timestamptz) returns integer
language sql volatile set search_path = postern, pg_temp
as $$
  with over as (
    update session s
    set ended_at = s.expires_at, mac = ''
    where s.ended_at is null
      and s.expires_at <= p_now
    returning s.practice_id, s.session_hash, s.account_id, s.system_role, s.client),
  told as (
    insert into access_line (
      practice_id, id, session_hash, account_id, purpose, action, outcome, client, entries)
    select o.practice_id, gen_random_uuid(), o.session_hash, o.account_id, 'time-limit', 'end-session', 'ok',
      o.client, session_name_entry(o.session_hash)
    from over o
    where o.system_role is null)
  select count(*)::integer from over
$$;
create index session_over on postern.session (expires_at) where ended_at is null;

-- As in 0030; accounts of identity providers are parted as well, with a line in each practice: they were ways
-- in, and whoever joined them may not have been the person.
create or replace function postern.recovery_finish(
  p_account uuid, p_recovery uuid, p_version integer, p_sealed bytea)
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
  with gone as (
    delete from staff_identity i
    where i.account_id = p_account
    returning i.practice_id)
  insert into access_line (practice_id, id, purpose, action, outcome, entries)
  select distinct on (g.practice_id) g.practice_id, gen_random_uuid(), 'recovery', 'factor-remove', 'ok',
    jsonb_build_array(
      jsonb_build_array(null, 'StaffIdentity', p_account, null),
      jsonb_build_array(null, 'Account', p_account, null))
  from gone g;
  perform sessions_end(p.practice_id, p_account, 'recovery')
  from (
    select distinct s.practice_id
    from session s
    where s.account_id = p_account
      and s.ended_at is null) p;
  return true;
end
$$;

revoke all on function postern.session_name_entry(bytea), postern.session_end(uuid, bytea, text, text),
  postern.sessions_end(uuid, uuid, text), postern.account_session_end(uuid, text, text),
  postern.sessions_settle(timestamptz) from public;
grant execute on function postern.session_end(uuid, bytea, text, text),
  postern.sessions_end(uuid, uuid, text), postern.account_session_end(uuid, text, text) to :server_role;
