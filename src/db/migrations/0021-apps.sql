-- Apps and backends: who is registered, what the authorization server has issued, and what people agreed to.
--
-- All of it is owner-only; the server works on it through the definer functions below. Codes and tokens stand
-- here by their hashes alone. Payloads are sealed by the process for their very row, clients and signing keys
-- under the installation's key, consents under the practice's, so that a row written or moved by hand lets
-- nobody in. An access token is a session of the gate: the artifact names it, and ends it when it goes.
create table postern.app_client (
  client_id text not null primary key check (client_id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  key_version integer not null,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);

-- Keys that sign ID tokens: the newest signs, all that stand here are published.
create table postern.app_signing_key (
  key_id uuid not null primary key,
  key_version integer not null,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp()
);

create table postern.app_artifact (
  kind text not null,
  id_hash bytea not null check (octet_length(id_hash) = 32),
  grant_hash bytea,
  practice_id uuid,
  session_hash bytea,
  key_version integer not null,
  sealed bytea not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  primary key (kind, id_hash)
);
create index app_artifact_grant on postern.app_artifact (grant_hash) where grant_hash is not null;
create index app_artifact_session on postern.app_artifact (session_hash) where session_hash is not null;
create index app_artifact_expiry on postern.app_artifact (expires_at);

create table postern.app_consent (
  practice_id uuid not null,
  consent_id uuid not null,
  account_id uuid not null,
  client_id text not null,
  chart_id uuid,
  key_version integer not null,
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  primary key (practice_id, consent_id)
);
create index app_consent_account on postern.app_consent (practice_id, account_id) where ended_at is null;
create index app_consent_client on postern.app_consent (client_id) where ended_at is null;

do $$
declare
  name text;
begin
  foreach name in array array['app_client', 'app_signing_key', 'app_artifact', 'app_consent'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

create function postern.app_client_read(p_client text)
returns table (key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.key_version, c.sealed
  from app_client c
  where c.client_id = p_client
    and c.ended_at is null
$$;

create function postern.app_signing_keys()
returns table (key_id uuid, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select k.key_id, k.key_version, k.sealed
  from app_signing_key k
  order by k.made_at desc, k.key_id
$$;

-- The first signing key of an installation; of two processes that start at once, the first one's stands.
create function postern.app_signing_key_first(p_key uuid, p_key_version integer, p_sealed bytea) returns void
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('postern.app_signing_key', 0));
  insert into app_signing_key (key_id, key_version, sealed)
  select p_key, p_key_version, p_sealed
  where not exists (select from app_signing_key);
end
$$;

create function postern.app_artifact_put(
  p_kind text, p_id bytea, p_grant bytea, p_practice uuid, p_session bytea, p_key_version integer,
  p_sealed bytea, p_expires timestamptz)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from app_artifact a
  where (a.kind, a.id_hash) in (
    select o.kind, o.id_hash from app_artifact o
    where o.expires_at < clock_timestamp() - interval '1 hour'
    limit 100);
  insert into app_artifact as a (
    kind, id_hash, grant_hash, practice_id, session_hash, key_version, sealed, expires_at)
  values (p_kind, p_id, p_grant, p_practice, p_session, p_key_version, p_sealed, p_expires)
  on conflict (kind, id_hash) do update
  set grant_hash = excluded.grant_hash, key_version = excluded.key_version, sealed = excluded.sealed,
    expires_at = excluded.expires_at;
$$;

-- Puts what may be put once, like the number of a proof that was shown; false where it stands already.
create function postern.app_artifact_once(
  p_kind text, p_id bytea, p_key_version integer, p_sealed bytea, p_expires timestamptz) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  with made as (
    insert into app_artifact as a (kind, id_hash, key_version, sealed, expires_at)
    values (p_kind, p_id, p_key_version, p_sealed, p_expires)
    on conflict (kind, id_hash) do nothing
    returning 1)
  select exists (select from made)
$$;

create function postern.app_artifact_get(p_kind text, p_id bytea)
returns table (key_version integer, sealed bytea, consumed double precision)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.key_version, a.sealed, extract(epoch from a.consumed_at)::double precision
  from app_artifact a
  where a.kind = p_kind
    and a.id_hash = p_id
$$;

-- The access token of a session, while that is live.
create function postern.app_token_get(p_kind text, p_practice uuid, p_session bytea)
returns table (id_hash bytea, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.id_hash, a.key_version, a.sealed
  from app_artifact a
    join session s on s.practice_id = a.practice_id and s.session_hash = a.session_hash
  where a.kind = p_kind
    and a.practice_id = p_practice
    and a.session_hash = p_session
    and s.ended_at is null
    and s.expires_at > clock_timestamp()
$$;

-- Takes what works once; false where somebody was faster.
create function postern.app_artifact_consume(p_kind text, p_id bytea) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  with taken as (
    update app_artifact a
    set consumed_at = clock_timestamp()
    where a.kind = p_kind
      and a.id_hash = p_id
      and a.consumed_at is null
    returning 1)
  select exists (select from taken)
$$;

-- Removes one artifact, and ends the session that it stands for.
create function postern.app_artifact_end(p_kind text, p_id bytea) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  with gone as (
    delete from app_artifact a
    where a.kind = p_kind
      and a.id_hash = p_id
    returning a.practice_id, a.session_hash)
  select session_end(gone.practice_id, gone.session_hash) from gone where gone.session_hash is not null;
$$;

-- Removes the artifacts of one kind that came of a grant, and ends their sessions.
create function postern.app_grant_artifacts_end(p_kind text, p_grant bytea) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  with gone as (
    delete from app_artifact a
    where a.kind = p_kind
      and a.grant_hash = p_grant
    returning a.practice_id, a.session_hash)
  select session_end(gone.practice_id, gone.session_hash) from gone where gone.session_hash is not null;
$$;

create function postern.app_consent_put(
  p_practice uuid, p_consent uuid, p_account uuid, p_client text, p_chart uuid, p_key_version integer,
  p_sealed bytea, p_ends timestamptz)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into app_consent (
    practice_id, consent_id, account_id, client_id, chart_id, key_version, sealed, ends_at)
  values (p_practice, p_consent, p_account, p_client, p_chart, p_key_version, p_sealed, p_ends)
$$;

-- One that is live, of a client that is.
create function postern.app_consent_read(p_practice uuid, p_consent uuid)
returns table (account_id uuid, client_id text, chart_id uuid, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.account_id, c.client_id, c.chart_id, c.key_version, c.sealed
  from app_consent c
    join app_client a on a.client_id = c.client_id
  where c.practice_id = p_practice
    and c.consent_id = p_consent
    and c.ended_at is null
    and c.ends_at > clock_timestamp()
    and a.ended_at is null
$$;

-- What the session's own account agreed to and still stands.
create function postern.app_consent_list(p_account uuid)
returns table (
  consent_id uuid, client_id text, chart_id uuid, key_version integer, sealed bytea, made_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.consent_id, c.client_id, c.chart_id, c.key_version, c.sealed, c.made_at
  from app_consent c
  where c.practice_id = reach_practice()
    and c.account_id = p_account
    and reach_keys() && array['a/' || c.account_id::text]
    and c.ended_at is null
    and c.ends_at > clock_timestamp()
  order by c.made_at desc, c.consent_id
$$;

-- What a client has read for the session's own account since then, by type: no record, no chart.
create function postern.app_reads(p_account uuid, p_client text, p_since timestamptz)
returns table (type text, times integer, last timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select e.entry ->> 1, count(*)::integer, max(l.at)
  from access_line l
    cross join jsonb_array_elements(
      case jsonb_typeof(l.entries) when 'array' then l.entries else '[]' end) e (entry)
  where l.practice_id = reach_practice()
    and l.account_id = p_account
    and reach_keys() && array['a/' || l.account_id::text]
    and l.client = p_client
    and l.at >= p_since
    and l.outcome = 'ok'
    and e.entry ->> 1 <> 'Consent'
  group by 1
  order by 1
$$;

-- Ends a consent with everything that was issued under it, at once; false where it is over already.
create function postern.app_consent_end(p_practice uuid, p_consent uuid, p_grant bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_ended boolean;
begin
  update app_consent c
  set ended_at = clock_timestamp()
  where c.practice_id = p_practice
    and c.consent_id = p_consent
    and c.ended_at is null;
  v_ended := found;
  perform session_end(a.practice_id, a.session_hash)
  from app_artifact a
  where a.grant_hash = p_grant
    and a.session_hash is not null;
  delete from app_artifact a where a.grant_hash = p_grant;
  return v_ended;
end
$$;

-- Ends a client with every consent to it and every session of it, in every practice. The operator's, so the
-- owner's alone.
create function postern.app_client_end(p_client text) returns boolean
language plpgsql volatile set search_path = postern, pg_temp
as $$
begin
  update app_client c
  set ended_at = clock_timestamp()
  where c.client_id = p_client
    and c.ended_at is null;
  if not found then
    return false;
  end if;
  update app_consent c
  set ended_at = clock_timestamp()
  where c.client_id = p_client
    and c.ended_at is null;
  perform session_end(s.practice_id, s.session_hash)
  from session s
  where s.client = p_client
    and s.ended_at is null;
  return true;
end
$$;

revoke all on function postern.app_client_read(text), postern.app_signing_keys(),
  postern.app_signing_key_first(uuid, integer, bytea),
  postern.app_artifact_put(text, bytea, bytea, uuid, bytea, integer, bytea, timestamptz),
  postern.app_artifact_once(text, bytea, integer, bytea, timestamptz),
  postern.app_artifact_get(text, bytea), postern.app_token_get(text, uuid, bytea),
  postern.app_artifact_consume(text, bytea), postern.app_artifact_end(text, bytea),
  postern.app_grant_artifacts_end(text, bytea),
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz),
  postern.app_consent_read(uuid, uuid), postern.app_consent_list(uuid),
  postern.app_reads(uuid, text, timestamptz),
  postern.app_consent_end(uuid, uuid, bytea), postern.app_client_end(text) from public;
grant execute on function postern.app_client_read(text), postern.app_signing_keys(),
  postern.app_signing_key_first(uuid, integer, bytea),
  postern.app_artifact_put(text, bytea, bytea, uuid, bytea, integer, bytea, timestamptz),
  postern.app_artifact_once(text, bytea, integer, bytea, timestamptz),
  postern.app_artifact_get(text, bytea), postern.app_token_get(text, uuid, bytea),
  postern.app_artifact_consume(text, bytea), postern.app_artifact_end(text, bytea),
  postern.app_grant_artifacts_end(text, bytea),
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz),
  postern.app_consent_read(uuid, uuid), postern.app_consent_list(uuid),
  postern.app_reads(uuid, text, timestamptz),
  postern.app_consent_end(uuid, uuid, bytea) to :server_role;
