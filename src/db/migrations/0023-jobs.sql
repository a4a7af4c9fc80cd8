-- Background jobs: work that takes longer than a request, asked for in a session and done in one.
--
-- What a job was asked and how far it has come are sealed under a key of its own that stands here, wrapped;
-- to destroy that key is to destroy them and every file the job made. Nobody reads the table but through
-- these functions. Those that people's requests call look a job up by the session that the transaction names,
-- and find it for the account and the client that asked for it alone; those of the worker take a job under a
-- lease, and change it only while they hold it. A row written by hand does nothing: it does not open.
create table postern.job (
  practice_id uuid not null,
  job_id uuid not null,
  kind text not null check (kind ~ '^[a-z-]{1,40}$'),
  account_id uuid not null,
  client text,
  -- The session that the work is done in.
  session_hash bytea not null check (octet_length(session_hash) = 32),
  -- ended: cancelled, revoked or expired; it has no key any more and goes when its files have gone.
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'ended')),
  asked_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  -- How many charts of the practice had been shredded: a job that began before one more was is ended.
  shredded integer not null,
  key_version integer not null,
  wrapped bytea check ((wrapped is null) = (state in ('failed', 'ended'))),
  payload bytea not null,
  checkpoint bytea,
  progress bigint not null default 0,
  tries integer not null default 0,
  worker uuid,
  lease_until timestamptz,
  -- The code of the error that it failed with.
  failure text,
  primary key (practice_id, job_id)
);
create index job_open on postern.job (asked_at) where state in ('waiting', 'running');
create index job_expiry on postern.job (expires_at);

alter table postern.job enable row level security;
alter table postern.job force row level security;
create policy owner_only on postern.job to current_user using (true) with check (true);

create function postern.job_shreds(p_practice uuid) returns integer
language sql stable security definer set search_path = postern, pg_temp
as $$ select count(*)::integer from shred s where s.practice_id = p_practice $$;

-- Whoever the session that this transaction names belongs to.
create function postern.job_asker() returns table (practice_id uuid, account_id uuid, client text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select s.practice_id, s.account_id, s.client
  from reach r
    join session s on s.practice_id = r.practice_id and s.session_hash = r.session_hash
  where r.handle = current_setting('postern.session', true)
    and r.expires_at > clock_timestamp()
    and s.ended_at is null
$$;

-- Keeps a new job; false where the asker, or the practice, has as many as it may. The session that it is to
-- run in must be one of the asker's.
create function postern.job_put(
  p_job uuid, p_kind text, p_session bytea, p_expires timestamptz, p_key_version integer, p_wrapped bytea,
  p_payload bytea, p_most_own integer, p_most integer) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  asker record;
  counted record;
begin
  select * into asker from job_asker();
  if not found or not exists (
    select from session s
    where s.practice_id = asker.practice_id
      and s.session_hash = p_session
      and s.account_id = asker.account_id
      and s.client is not distinct from asker.client
      and s.ended_at is null) then
    raise exception 'no session of the asker' using errcode = 'PT001';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('postern.job.' || asker.practice_id::text, 0));
  select
    count(*) as all_of_them,
    count(*) filter (
      where j.account_id = asker.account_id and j.client is not distinct from asker.client) as own
  into counted
  from job j
  where j.practice_id = asker.practice_id
    and j.kind = p_kind
    and j.state in ('waiting', 'running', 'done')
    and j.expires_at > clock_timestamp();
  if counted.all_of_them >= p_most or counted.own >= p_most_own then
    return false;
  end if;
  insert into job (
    practice_id, job_id, kind, account_id, client, session_hash, expires_at, shredded, key_version, wrapped,
    payload)
  values (
    asker.practice_id, p_job, p_kind, asker.account_id, asker.client, p_session, p_expires,
    job_shreds(asker.practice_id), p_key_version, p_wrapped, p_payload);
  return true;
end
$$;

-- A job of the asker's own, unless it has ended, expired, or holds what may have been shredded since.
create function postern.job_own(p_job uuid)
returns table (
  kind text, session_hash bytea, state text, asked_at timestamptz, expires_at timestamptz,
  key_version integer, wrapped bytea, payload bytea, checkpoint bytea, progress bigint, failure text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select j.kind, j.session_hash, j.state, j.asked_at, j.expires_at, j.key_version, j.wrapped, j.payload,
    j.checkpoint, j.progress, j.failure
  from job j
    join job_asker() a on a.practice_id = j.practice_id
      and a.account_id = j.account_id
      and a.client is not distinct from j.client
  where j.job_id = p_job
    and j.state <> 'ended'
    and j.expires_at > clock_timestamp()
    and j.shredded = job_shreds(j.practice_id)
$$;

-- Ends a job of the asker's own and destroys its key; false where there is none.
create function postern.job_cancel(p_job uuid) returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with gone as (
    update job j
    set state = 'ended', wrapped = null, payload = '', checkpoint = null
    from job_asker() a
    where a.practice_id = j.practice_id
      and a.account_id = j.account_id
      and a.client is not distinct from j.client
      and j.job_id = p_job
      and j.state <> 'ended'
      and j.expires_at > clock_timestamp()
    returning j.job_id)
  select exists (select from gone)
$$;

-- Takes the job that has waited longest, or one whose worker has gone, under a lease; no row where there is
-- none.
create function postern.job_take(p_worker uuid, p_kinds text[], p_lease interval)
returns table (
  practice_id uuid, job_id uuid, kind text, account_id uuid, client text, session_hash bytea,
  key_version integer, wrapped bytea, payload bytea, checkpoint bytea, progress bigint, tries integer)
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update job j
  set state = 'running', worker = p_worker, lease_until = clock_timestamp() + p_lease, tries = j.tries + 1
  where (j.practice_id, j.job_id) in (
    select w.practice_id, w.job_id
    from job w
    where w.state in ('waiting', 'running')
      and w.kind = any (p_kinds)
      and w.expires_at > clock_timestamp()
      and (w.lease_until is null or w.lease_until < clock_timestamp())
      and w.shredded = job_shreds(w.practice_id)
    order by w.asked_at
    limit 1
    for update skip locked)
  returning j.practice_id, j.job_id, j.kind, j.account_id, j.client, j.session_hash, j.key_version, j.wrapped,
    j.payload, j.checkpoint, j.progress, j.tries
$$;

-- Keeps the lease and, where one is given, a checkpoint. False where the job is not that worker's any more:
-- cancelled, expired, taken over, or outdated by a shredded chart.
create function postern.job_keep(
  p_practice uuid, p_job uuid, p_worker uuid, p_lease interval, p_checkpoint bytea, p_progress bigint)
returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with kept as (
    update job j
    set lease_until = clock_timestamp() + p_lease,
      checkpoint = coalesce(p_checkpoint, j.checkpoint),
      progress = coalesce(p_progress, j.progress),
      -- What gets on is not stuck.
      tries = case when p_checkpoint is null then j.tries else 1 end
    where j.practice_id = p_practice
      and j.job_id = p_job
      and j.worker = p_worker
      and j.state = 'running'
      and j.expires_at > clock_timestamp()
      and j.shredded = job_shreds(j.practice_id)
    returning j.job_id)
  select exists (select from kept)
$$;

-- Lays the job down: done, failed (with a code; the key is destroyed), ended (likewise), or waiting again
-- after p_lease. False as for job_keep.
create function postern.job_lay_down(
  p_practice uuid, p_job uuid, p_worker uuid, p_state text, p_failure text, p_wait interval,
  p_expires timestamptz) returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with laid as (
    update job j
    set state = p_state,
      worker = null,
      lease_until = case when p_state = 'waiting' then clock_timestamp() + p_wait end,
      failure = p_failure,
      wrapped = case when p_state in ('failed', 'ended') then null else j.wrapped end,
      payload = case when p_state in ('failed', 'ended') then ''::bytea else j.payload end,
      checkpoint = case when p_state in ('failed', 'ended') then null else j.checkpoint end,
      expires_at = coalesce(p_expires, j.expires_at)
    where j.practice_id = p_practice
      and j.job_id = p_job
      and j.worker = p_worker
      and j.state = 'running'
    returning j.job_id)
  select exists (select from laid)
$$;

-- Ends what has expired or may hold what was shredded since, and names all that have ended and are nobody's:
-- their files go, and then they do.
create function postern.job_sweep() returns table (practice_id uuid, job_id uuid)
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update job j
  set state = 'ended', wrapped = null, payload = '', checkpoint = null
  where j.state <> 'ended'
    and (j.expires_at <= clock_timestamp() or j.shredded <> job_shreds(j.practice_id));
  select j.practice_id, j.job_id
  from job j
  where j.state = 'ended'
    and (j.lease_until is null or j.lease_until < clock_timestamp());
$$;

create function postern.job_forget(p_practice uuid, p_job uuid) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from job j
  where j.practice_id = p_practice
    and j.job_id = p_job
    and j.state = 'ended'
$$;

-- Which of those are jobs that may have files.
create function postern.job_known(p_jobs uuid[]) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select j.job_id from job j where j.job_id = any (p_jobs) and j.state <> 'failed'
$$;

revoke all on function postern.job_shreds(uuid), postern.job_asker(),
  postern.job_put(uuid, text, bytea, timestamptz, integer, bytea, bytea, integer, integer),
  postern.job_own(uuid), postern.job_cancel(uuid), postern.job_take(uuid, text[], interval),
  postern.job_keep(uuid, uuid, uuid, interval, bytea, bigint),
  postern.job_lay_down(uuid, uuid, uuid, text, text, interval, timestamptz), postern.job_sweep(),
  postern.job_forget(uuid, uuid), postern.job_known(uuid[]) from public;
grant execute on function
  postern.job_put(uuid, text, bytea, timestamptz, integer, bytea, bytea, integer, integer),
  postern.job_own(uuid), postern.job_cancel(uuid), postern.job_take(uuid, text[], interval),
  postern.job_keep(uuid, uuid, uuid, interval, bytea, bigint),
  postern.job_lay_down(uuid, uuid, uuid, text, text, interval, timestamptz), postern.job_sweep(),
  postern.job_forget(uuid, uuid), postern.job_known(uuid[]) to :server_role;
