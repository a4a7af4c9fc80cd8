-- The gate's definer functions: accounts, sign-in codes, sessions, grants, admission.
--
-- None of them decides who may do what: that is the process's role table, and what it decides is carried by
-- MACs that these functions store and return unread. What they do guarantee: a change of grants bumps the
-- membership's version and removes the reach of every session it touches in the same transaction; no grant
-- stands whose giver's own has ended; no session is live whose account is disabled.
create function postern.account_find(p_email_token bigint)
returns table (account_id uuid, sealed bytea, disabled boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.account_id, a.sealed, a.disabled_at is not null
  from account a
  where a.email_token = p_email_token
$$;

create function postern.account_read(p_account uuid)
returns table (account_id uuid, sealed bytea, disabled boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.account_id, a.sealed, a.disabled_at is not null
  from account a
  where a.account_id = p_account
$$;

create function postern.account_put(p_account uuid, p_email_token bigint, p_sealed bytea) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into account (account_id, email_token, sealed)
  values (p_account, p_email_token, p_sealed)
$$;

-- Disables an account, or lets it in again; false where that is so already, or there is none. Its sessions
-- end in every practice, its sign-in codes are void, and lines say so: in the log of the installation, whose
-- accounts are, and in that of every practice that it ever had to do with. The operator's, so the owner's
-- alone. Sessions that are being opened or admitted wait for it, or it for them: session_open locks the
-- account, reach_open the session.
create function postern.account_disable(p_account uuid, p_disabled boolean, p_client text) returns boolean
language plpgsql volatile set search_path = postern, pg_temp
as $$
declare
  practices uuid[];
begin
  update account a
  set disabled_at = case when p_disabled then clock_timestamp() end
  where a.account_id = p_account
    and (a.disabled_at is not null) <> p_disabled;
  if not found then
    return false;
  end if;
  practices := array(
    select m.practice_id from membership m where m.account_id = p_account
    union
    select s.practice_id from session s where s.account_id = p_account and s.ended_at is null);
  insert into access_line (practice_id, id, purpose, action, outcome, client, entries)
  select
    p.practice_id, gen_random_uuid(), 'operation',
    case when p_disabled then 'disable-account' else 'enable-account' end, 'ok', p_client,
    jsonb_build_array(jsonb_build_array(null, 'Account', p_account, null))
  from unnest(practices || '00000000-0000-0000-0000-000000000000'::uuid) p (practice_id);
  if p_disabled then
    delete from signin_code c where c.account_id = p_account;
    perform sessions_end(p.practice_id, p_account) from unnest(practices) p (practice_id);
  end if;
  return true;
end
$$;

-- The practices in which the account holds a grant now.
create function postern.account_practices(p_account uuid)
returns table (practice_id uuid)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select distinct g.practice_id
  from access_grant g
  where g.account_id = p_account
    and g.ended_at is null
    and g.starts_at <= clock_timestamp()
    and (g.ends_at is null or g.ends_at > clock_timestamp())
$$;

create function postern.signin_put(p_code_hash bytea, p_account uuid, p_expires timestamptz, p_mac bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from signin_code c where c.expires_at < clock_timestamp();
  insert into signin_code (code_hash, account_id, expires_at, mac)
  values (p_code_hash, p_account, p_expires, p_mac);
$$;

-- Takes a code: it works once, and not for an account that is disabled. Whether we made it is for the process
-- to say, by its MAC.
create function postern.signin_take(p_code_hash bytea)
returns table (account_id uuid, expires double precision, mac bytea)
language sql security definer set search_path = postern, pg_temp
as $$
  delete from signin_code c
  where c.code_hash = p_code_hash
    and c.expires_at > clock_timestamp()
    and not exists (
      select from account a where a.account_id = c.account_id and a.disabled_at is not null)
  returning c.account_id, extract(epoch from c.expires_at)::double precision, c.mac
$$;

-- Takes a session that the process signed with the reach key: {practice, session, account, system, purpose,
-- client, expires (epoch seconds), mac}. Without the signature whoever runs SQL as the server role could open
-- one for anybody: it would admit nobody, for want of the MAC, but lines could be written in its name. The
-- prefix keeps a signature for one purpose from serving another. False for an account that is disabled.
create function postern.session_open(p_payload text, p_signature bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
  disabled boolean;
begin
  if (reach_mac('session/' || p_payload) = p_signature) is not true then
    raise exception 'no session of ours' using errcode = '42501';
  end if;
  claim := p_payload::jsonb;
  select a.disabled_at is not null into disabled
  from account a
  where a.account_id = (claim ->> 'account')::uuid
  for share;
  if disabled then
    return false;
  end if;
  insert into session (
    practice_id, session_hash, account_id, system_role, purpose, client, expires_at, mac)
  values (
    (claim ->> 'practice')::uuid,
    decode(claim ->> 'session', 'hex'),
    (claim ->> 'account')::uuid,
    claim ->> 'system',
    claim ->> 'purpose',
    claim ->> 'client',
    to_timestamp((claim ->> 'expires')::double precision),
    decode(claim ->> 'mac', 'hex'));
  return true;
end
$$;

-- Tells every process that a session has no reach any more. Whoever may connect may listen, so a notice names
-- no account, no practice, and the session by a digest of its hash alone.
create function postern.reach_notice(p_session bytea) returns void
language sql
as $$
  select pg_notify(
    'postern_reach', encode(sha256(convert_to(encode(p_session, 'hex'), 'UTF8')), 'hex'))
$$;

create function postern.session_end(p_practice uuid, p_session bytea) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  update session s
  set ended_at = clock_timestamp(), mac = ''
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null;
  delete from reach r
  where r.practice_id = p_practice
    and r.session_hash = p_session;
  select reach_notice(p_session);
$$;

-- Ends every session of an account in a practice.
create function postern.sessions_end(p_practice uuid, p_account uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  update session s
  set ended_at = clock_timestamp(), mac = ''
  where s.practice_id = p_practice
    and s.account_id = p_account
    and s.ended_at is null;
  with gone as (
    delete from reach r
    where r.practice_id = p_practice
      and r.account_id = p_account
    returning r.session_hash)
  select reach_notice(gone.session_hash) from gone;
$$;

-- Everything an admission needs, in one answer: the session, its account's state and its grants.
create function postern.session_admit(p_practice uuid, p_session bytea) returns jsonb
language sql stable security definer set search_path = postern, pg_temp
as $$
  select jsonb_build_object(
    'account', s.account_id,
    'system', s.system_role,
    'purpose', s.purpose,
    'client', s.client,
    'opened', extract(epoch from s.created_at),
    'expires', extract(epoch from s.expires_at),
    'mac', encode(s.mac, 'hex'),
    'version', coalesce(m.version, 0),
    'now', extract(epoch from clock_timestamp()),
    'grants', coalesce((
      select jsonb_agg(jsonb_build_object(
        'grant', g.grant_id,
        'role', g.role,
        'chart', g.chart_id,
        'sections', g.sections,
        'starts', extract(epoch from g.starts_at),
        'ends', extract(epoch from g.ends_at),
        'under', g.given_under,
        'mac', encode(g.mac, 'hex')) order by g.grant_id)
      from access_grant g
      where g.practice_id = s.practice_id
        and g.account_id = s.account_id
        and g.ended_at is null
        and (g.ends_at is null or g.ends_at > clock_timestamp())), '[]'))
  from session s
    left join membership m on m.practice_id = s.practice_id and m.account_id = s.account_id
    left join account a on a.account_id = s.account_id
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null
    and s.expires_at > clock_timestamp()
    and a.disabled_at is null
$$;

create function postern.membership_bump(p_practice uuid, p_account uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into membership as m (practice_id, account_id)
  values (p_practice, p_account)
  on conflict (practice_id, account_id) do update set version = m.version + 1;
  with gone as (
    delete from reach r
    where r.practice_id = p_practice
      and r.account_id = p_account
    returning r.session_hash)
  select reach_notice(gone.session_hash) from gone;
$$;

-- Raises PT001, so that the giver's scope is worked out anew, where a grant it is given under has ended.
create function postern.grant_put(
  p_practice uuid, p_grant uuid, p_account uuid, p_role text, p_chart uuid, p_sections integer,
  p_starts timestamptz, p_ends timestamptz, p_by uuid, p_under uuid[], p_reason bytea, p_mac bytea)
returns void
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform 1
  from access_grant g
  where g.practice_id = p_practice
    and g.grant_id = any (p_under)
    and g.ended_at is null
  order by g.grant_id
  for share;
  if (
    select count(*)
    from access_grant g
    where g.practice_id = p_practice
      and g.grant_id = any (p_under)
      and g.ended_at is null) <> cardinality(p_under) then
    raise exception 'a grant it is given under has ended' using errcode = 'PT001';
  end if;
  perform membership_bump(p_practice, p_account);
  insert into access_grant (
    practice_id, grant_id, account_id, role, chart_id, sections, starts_at, ends_at, granted_by, given_under,
    reason, mac)
  values (
    p_practice, p_grant, p_account, p_role, p_chart, p_sections, p_starts, p_ends, p_by, p_under,
    p_reason, p_mac);
end
$$;

-- Ends grants and destroys their MACs, so that taking the end back by hand revives nothing; answers how many.
-- Raises PT001 where one that was given under them would be left, so that whoever ends them looks again.
create function postern.grants_end(p_practice uuid, p_grants uuid[], p_by uuid) returns integer
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  charts uuid[];
  holders uuid[];
begin
  perform 1
  from access_grant g
  where g.practice_id = p_practice
    and g.grant_id = any (p_grants)
  order by g.grant_id
  for update;
  charts := array(
    select distinct g.chart_id from access_grant g
    where g.practice_id = p_practice and g.grant_id = any (p_grants));
  holders := array(
    select g.account_id from access_grant g
    where g.practice_id = p_practice and g.grant_id = any (p_grants) and g.ended_at is null
    order by g.account_id);
  update access_grant g
  set ended_at = clock_timestamp(), ended_by = p_by, mac = ''
  where g.practice_id = p_practice
    and g.grant_id = any (p_grants)
    and g.ended_at is null;
  perform 1
  from access_grant g
  where g.practice_id = p_practice
    and g.chart_id = any (charts)
    and g.ended_at is null
    and g.given_under && p_grants;
  if found then
    raise exception 'a grant was given under these' using errcode = 'PT001';
  end if;
  perform membership_bump(p_practice, h.account_id)
  from (select distinct u.account_id from unnest(holders) u (account_id) order by 1) h;
  return cardinality(holders);
end
$$;

-- Grants of one account or on one chart, without their MACs: those that the session has a key to review, and
-- those that its own account holds or gave.
create function postern.grant_list(p_practice uuid, p_account uuid, p_chart uuid)
returns table (
  grant_id uuid, account_id uuid, role text, chart_id uuid, sections integer, starts_at timestamptz,
  ends_at timestamptz, granted_by uuid, given_under uuid[], ended_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select g.grant_id, g.account_id, g.role, g.chart_id, g.sections, g.starts_at, g.ends_at, g.granted_by,
    g.given_under, g.ended_at
  from access_grant g
  where g.practice_id = p_practice
    and g.practice_id = reach_practice()
    and reach_keys() && array[
      'g/' || g.practice_id::text, 'g/' || g.chart_id::text,
      'a/' || g.account_id::text, 'a/' || g.granted_by::text]
    and (p_account is null or g.account_id = p_account)
    and (p_chart is null or g.chart_id = p_chart)
$$;

create function postern.incident_open(
  p_practice uuid, p_kind text, p_account uuid, p_session bytea, p_chart uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into incident (practice_id, kind, account_id, session_hash, chart_id)
  values (p_practice, p_kind, p_account, p_session, p_chart);
  select pg_notify('postern_incident', p_practice::text);
$$;

revoke all on function postern.account_find(bigint), postern.account_read(uuid),
  postern.reach_notice(bytea),
  postern.account_disable(uuid, boolean, text),
  postern.account_put(uuid, bigint, bytea), postern.account_practices(uuid),
  postern.signin_put(bytea, uuid, timestamptz, bytea), postern.signin_take(bytea),
  postern.session_open(text, bytea),
  postern.session_end(uuid, bytea), postern.sessions_end(uuid, uuid), postern.session_admit(uuid, bytea),
  postern.membership_bump(uuid, uuid),
  postern.grant_put(
    uuid, uuid, uuid, text, uuid, integer, timestamptz, timestamptz, uuid, uuid[], bytea, bytea),
  postern.grants_end(uuid, uuid[], uuid), postern.grant_list(uuid, uuid, uuid),
  postern.incident_open(uuid, text, uuid, bytea, uuid) from public;
grant execute on function postern.account_find(bigint), postern.account_read(uuid),
  postern.account_put(uuid, bigint, bytea), postern.account_practices(uuid),
  postern.signin_put(bytea, uuid, timestamptz, bytea), postern.signin_take(bytea),
  postern.session_open(text, bytea),
  postern.session_end(uuid, bytea), postern.sessions_end(uuid, uuid), postern.session_admit(uuid, bytea),
  postern.grant_put(
    uuid, uuid, uuid, text, uuid, integer, timestamptz, timestamptz, uuid, uuid[], bytea, bytea),
  postern.grants_end(uuid, uuid[], uuid), postern.grant_list(uuid, uuid, uuid),
  postern.incident_open(uuid, text, uuid, bytea, uuid) to :server_role;
