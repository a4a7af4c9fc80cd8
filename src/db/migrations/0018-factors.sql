-- How people show who they are: passkeys, passphrases, codes; the devices they come from; and what is counted
-- so that nobody tries for long.
--
-- All of it belongs to the installation, as accounts do, and is owner-only. What a factor is lies in an
-- envelope under the installation's key, bound to its account, its id and its kind: a row written or moved by
-- hand signs nobody in. The version counts changes, so that what works once works once, however many ask.
create table postern.factor (
  account_id uuid not null,
  factor_id uuid not null,
  kind text not null check (kind in ('passkey', 'passphrase', 'totp', 'recovery-codes')),
  -- Keyed digest of a passkey's credential id.
  lookup bytea unique check (octet_length(lookup) = 32),
  version integer not null default 1,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (account_id, factor_id),
  check ((kind = 'passkey') = (lookup is not null))
);
create unique index factor_single on postern.factor (account_id, kind) where kind <> 'passkey';

-- Tickets that were used, until they would have expired: each works once.
create table postern.used_ticket (
  ticket_hash bytea not null primary key check (octet_length(ticket_hash) = 32),
  expires_at timestamptz not null
);
create index used_ticket_expiry on postern.used_ticket (expires_at);

-- Who has tried how often, by keyed digest: the time at which all that was tried will be forgotten.
create table postern.rate (
  subject bytea not null primary key check (octet_length(subject) = 32),
  until timestamptz not null
);
create index rate_until on postern.rate (until);

-- Browsers that an account has signed in with, by the hash of the secret in their cookie.
create table postern.device (
  account_id uuid not null,
  device_hash bytea not null check (octet_length(device_hash) = 32),
  sealed bytea not null,
  used_at timestamptz not null,
  primary key (account_id, device_hash)
);
create index device_hash on postern.device (device_hash);

do $$
declare
  name text;
begin
  foreach name in array array['factor', 'used_ticket', 'rate', 'device'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

create function postern.factors_of(p_account uuid)
returns table (factor_id uuid, kind text, version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select f.factor_id, f.kind, f.version, f.sealed
  from factor f
  where f.account_id = p_account
  order by f.made_at, f.factor_id
$$;

create function postern.factor_find(p_lookup bytea)
returns table (account_id uuid, factor_id uuid, version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select f.account_id, f.factor_id, f.version, f.sealed
  from factor f
  where f.lookup = p_lookup
$$;

-- Puts a factor in; of every kind but passkeys it takes the place of the one there was. At most 30 passkeys:
-- false beyond. Raises 23505 where the passkey stands already.
create function postern.factor_put(
  p_account uuid, p_factor uuid, p_kind text, p_lookup bytea, p_sealed bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform 1 from account a where a.account_id = p_account for update;
  if p_kind = 'passkey' and (
    select count(*) from factor f where f.account_id = p_account and f.kind = 'passkey') >= 30 then
    return false;
  end if;
  if p_kind <> 'passkey' then
    delete from factor f where f.account_id = p_account and f.kind = p_kind;
  end if;
  insert into factor (account_id, factor_id, kind, lookup, sealed)
  values (p_account, p_factor, p_kind, p_lookup, p_sealed);
  return true;
end
$$;

-- Changes what was read at that version; false where somebody else was first, or it is gone.
create function postern.factor_change(p_account uuid, p_factor uuid, p_version integer, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update factor f
  set sealed = p_sealed, version = f.version + 1
  where f.account_id = p_account
    and f.factor_id = p_factor
    and f.version = p_version;
  return found;
end
$$;

-- Whether the account has a way in of its own: a passkey, or a passphrase with a second factor.
create function postern.has_way_in(p_account uuid) returns boolean
language sql stable
as $$
  select coalesce(
    bool_or(f.kind = 'passkey') or (bool_or(f.kind = 'passphrase') and bool_or(f.kind = 'totp')), false)
  from postern.factor f
  where f.account_id = p_account
$$;

-- Takes factors away: 'removed', 'absent' where one is not there, 'last' where no way in would be left. In
-- the last two cases all stand.
create function postern.factors_remove(p_account uuid, p_factors uuid[]) returns text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  had boolean;
  gone integer;
begin
  perform 1 from account a where a.account_id = p_account for update;
  had := has_way_in(p_account);
  begin
    with removed as (
      delete from factor f
      where f.account_id = p_account
        and f.factor_id = any (p_factors)
      returning 1)
    select count(*) into gone from removed;
    if gone <> cardinality(p_factors) or gone = 0 then
      raise exception 'absent' using errcode = 'PT002';
    end if;
    if had and not has_way_in(p_account) then
      raise exception 'last' using errcode = 'PT003';
    end if;
  exception
    when sqlstate 'PT002' then
      return 'absent';
    when sqlstate 'PT003' then
      return 'last';
  end;
  return 'removed';
end
$$;

-- Uses a ticket up: true the first time. The time is the process's own.
create function postern.ticket_use(p_ticket_hash bytea, p_expires timestamptz, p_now timestamptz)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  delete from used_ticket t where t.expires_at < p_now - interval '1 hour';
  insert into used_ticket (ticket_hash, expires_at)
  values (p_ticket_hash, p_expires)
  on conflict do nothing;
  return found;
end
$$;

-- Counts one try for each subject, or none where one of them has had as many as it may; then it answers the
-- seconds until all may again, and 0 otherwise. Each try is forgotten after its subject's interval (seconds),
-- one after the other. The time is the process's own.
create function postern.rate_take(
  p_subjects bytea[], p_intervals double precision[], p_most integer[], p_now timestamptz)
returns double precision
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  wait double precision;
begin
  delete from rate r
  where r.subject in (
    select o.subject from rate o where o.until < p_now - interval '1 hour'
    order by o.until limit 20 for update skip locked);
  insert into rate (subject, until)
  select s.subject, p_now from unnest(p_subjects) s (subject) order by 1
  on conflict do nothing;
  perform 1 from rate r where r.subject = any (p_subjects) order by r.subject for update;
  select max(extract(epoch from greatest(r.until, p_now) - p_now) - (s.most - 1) * s.seconds) into wait
  from rate r
    join unnest(p_subjects, p_intervals, p_most) s (subject, seconds, most) on s.subject = r.subject;
  -- Less than a microsecond is what numbers lose on their way.
  if wait > 0.000001 then
    return wait;
  end if;
  update rate r
  set until = greatest(r.until, p_now) + make_interval(secs => s.seconds)
  from unnest(p_subjects, p_intervals) s (subject, seconds)
  where r.subject = s.subject;
  return 0;
end
$$;

-- Takes back a try that succeeded.
create function postern.rate_give(p_subjects bytea[], p_intervals double precision[]) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  with locked as materialized (
    select r.subject, s.seconds
    from rate r
      join unnest(p_subjects, p_intervals) s (subject, seconds) on s.subject = r.subject
    order by r.subject
    for update of r)
  update rate r
  set until = r.until - make_interval(secs => l.seconds)
  from locked l
  where r.subject = l.subject;
$$;

-- The device of that cookie as the account knows it, and whether anybody has signed in with it.
create function postern.device_find(p_account uuid, p_device bytea)
returns table (sealed bytea, known boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select
    (select d.sealed from device d where d.account_id = p_account and d.device_hash = p_device),
    exists (select from device d where d.device_hash = p_device)
$$;

-- Notes that an account signed in with a device; the hundred that it used last are remembered.
create function postern.device_put(p_account uuid, p_device bytea, p_sealed bytea, p_at timestamptz)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into device as d (account_id, device_hash, sealed, used_at)
  values (p_account, p_device, p_sealed, p_at)
  on conflict (account_id, device_hash) do update set sealed = p_sealed, used_at = p_at;
  delete from device d
  where d.account_id = p_account
    and d.device_hash in (
      select o.device_hash from device o
      where o.account_id = p_account
      order by o.used_at desc
      offset 100);
$$;

-- When a session was last used, to the minute or so.
alter table postern.session add column seen_at timestamptz;

create function postern.session_seen(p_practice uuid, p_session bytea, p_at timestamptz) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  update session s
  set seen_at = p_at
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null
$$;

-- What names a session to its owner: the digest that notices tell. The hash itself stays here, since whoever
-- has it names the session to PostgreSQL.
create function postern.session_name(p_session bytea) returns text
language sql immutable
as $$
  select encode(sha256(convert_to(encode(p_session, 'hex'), 'UTF8')), 'hex')
$$;

-- The live sessions of an account, in every practice, the newest first.
create function postern.account_sessions(p_account uuid)
returns table (
  practice_id uuid, name text, opened_at timestamptz, seen_at timestamptz, expires_at timestamptz,
  client text, terms text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select s.practice_id, session_name(s.session_hash), s.created_at, s.seen_at, s.expires_at, s.client, s.terms
  from session s
  where s.account_id = p_account
    and s.system_role is null
    and s.ended_at is null
    and s.expires_at > clock_timestamp()
  order by s.created_at desc
  limit 500
$$;

-- Ends the live session of an account that has that name, in whatever practice; false where there is none.
create function postern.account_session_end(p_account uuid, p_name text) returns boolean
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
  perform session_end(found_session.practice_id, found_session.session_hash);
  return true;
end
$$;
create index session_of_account on postern.session (account_id) where ended_at is null;

-- Whether an account holds a role of the staff in a practice now: its sessions are shorter.
create function postern.account_works(p_practice uuid, p_account uuid) returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$
  select exists (
    select from access_grant g
    where g.practice_id = p_practice
      and g.account_id = p_account
      and g.role not in ('patient', 'proxy', 'parent', 'guardian', 'carer')
      and g.ended_at is null
      and (g.ends_at is null or g.ends_at > clock_timestamp()))
$$;

-- What becomes of copied passkeys is told like what becomes of keys.
alter table postern.incident drop constraint incident_kind_check;
alter table postern.incident add constraint incident_kind_check
  check (kind in ('canary', 'refusals', 'break-glass', 'key-ring', 'damaged', 'passkey-copied'));

revoke all on function postern.factors_of(uuid), postern.factor_find(bytea), postern.has_way_in(uuid),
  postern.factor_put(uuid, uuid, text, bytea, bytea), postern.factor_change(uuid, uuid, integer, bytea),
  postern.factors_remove(uuid, uuid[]), postern.ticket_use(bytea, timestamptz, timestamptz),
  postern.rate_take(bytea[], double precision[], integer[], timestamptz),
  postern.rate_give(bytea[], double precision[]), postern.device_find(uuid, bytea),
  postern.device_put(uuid, bytea, bytea, timestamptz),
  postern.session_seen(uuid, bytea, timestamptz), postern.account_sessions(uuid),
  postern.session_name(bytea), postern.account_session_end(uuid, text),
  postern.account_works(uuid, uuid) from public;
grant execute on function postern.factors_of(uuid), postern.factor_find(bytea),
  postern.factor_put(uuid, uuid, text, bytea, bytea), postern.factor_change(uuid, uuid, integer, bytea),
  postern.factors_remove(uuid, uuid[]), postern.ticket_use(bytea, timestamptz, timestamptz),
  postern.rate_take(bytea[], double precision[], integer[], timestamptz),
  postern.rate_give(bytea[], double precision[]), postern.device_find(uuid, bytea),
  postern.device_put(uuid, bytea, bytea, timestamptz),
  postern.session_seen(uuid, bytea, timestamptz), postern.account_sessions(uuid),
  postern.account_session_end(uuid, text), postern.account_works(uuid, uuid) to :server_role;
