-- Narrowing: of what types an app's session may see, make, change and delete records, as row policies see it.
--
-- Beside its keys (0003-reach.sql) the reach of such a session holds types: KIND/OWNER/TYPE, where OWNER is
-- a chart, the practice (what belongs to no patient) or `*` for all that the keys reach, and TYPE a FHIR type
-- or `*`. A row takes one of its keys and one of its types. The kinds:
--
--   v   see, to read or search it or because it may be changed
--   c   create                u   update               d   delete
--   e   edit, any of u and d  i   index, any of c, u and d
--
-- Its handle ends in `/n`, so that a policy knows from the setting alone whether there are types to look up,
-- and one that was named without it finds no reach. Sessions of people have no types, and nothing is asked
-- for them: every policy here is one look at the setting, and its function is strict (ADR 0103 has what it
-- costs). What a scope says of content (`?category=laboratory`) no policy can see; the store tests that.
alter table postern.reach add column types text[];
alter table postern.reach drop column handle;
alter table postern.reach add column handle text collate "C" not null generated always as (
  practice_id::text || '/' || encode(session_hash, 'hex') || '/' || lpad(to_hex(epoch), 16, '0')
  || case when types is null then '' else '/n' end) stored unique;

create function postern.reach_types() returns text[]
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
begin
  return coalesce((
    select r.types
    from reach r
    where r.handle = current_setting('postern.session', true)
      and r.expires_at > clock_timestamp()), '{}');
end
$$;

-- Null for a session that is not narrowed. PostgreSQL puts it into the policy, so it costs no call.
create function postern.narrowed_types() returns text[]
language sql stable
as $$
  select case when right(current_setting('postern.session', true), 2) = '/n' then postern.reach_types() end
$$;

-- Strict: where there are no types it is not called.
create function postern.types_allow(p_types text[], p_kind text, p_owner uuid, p_type text) returns boolean
language plpgsql immutable strict
as $$
begin
  return p_types && array[
    p_kind || '/' || p_owner || '/' || p_type, p_kind || '/' || p_owner || '/*',
    p_kind || '/*/' || p_type, p_kind || '/*/*'];
end
$$;

-- Whether the session sees the resource that an entry of the index is about.
create function postern.types_show(p_types text[], p_practice uuid, p_resource uuid) returns boolean
language plpgsql stable strict
as $$
begin
  return exists (
    select from postern.resource r
    where r.practice_id = p_practice
      and r.id = p_resource);
end
$$;

-- Whether an entry of the index may be made or removed for that resource. The session may not see what it has
-- just made, so this looks past the policies, at what the session has keys to write and nothing else.
create function postern.types_index(p_types text[], p_kind text, p_resource uuid) returns boolean
language plpgsql stable strict security definer set search_path = postern, pg_temp
as $$
begin
  return exists (
    select from resource r
    where r.practice_id = reach_practice()
      and r.id = p_resource
      and reach_keys() && keys_of('w', r.practice_id, r.chart_id, r.section, r.author)
      and types_allow(p_types, p_kind, coalesce(r.chart_id, r.practice_id), r.type));
end
$$;

-- The section of the Patient of a chart in which the session may write something; null where there is none.
-- An app that makes observations names whose they are, without having to see the Patient.
create function postern.owner_stands(p_chart uuid) returns smallint
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.section
  from resource r
  where r.practice_id = reach_practice()
    and r.id = p_chart
    and r.chart_id = p_chart
    and r.type = 'Patient'
    and r.section <> 0
    and not r.deleted
    and reach_keys() && array(
      select k.key
      from generate_series(1, 4) s (section),
        unnest(keys_of('w', r.practice_id, r.chart_id, s.section::smallint, null)) k (key)
      where k.key is not null)
$$;

do $$
declare
  tenant text;
begin
  foreach tenant in array array['resource', 'resource_version'] loop
    execute format($policy$
      create policy narrowed_read on postern.%I as restrictive for select to :server_role
      using (coalesce(postern.types_allow(
        (select postern.narrowed_types()), 'v', coalesce(chart_id, practice_id), type), true))
      $policy$, tenant);
    execute format($policy$
      create policy narrowed_insert on postern.%I as restrictive for insert to :server_role
      with check (coalesce(postern.types_allow(
        (select postern.narrowed_types()), %L, coalesce(chart_id, practice_id), type), true))
      $policy$, tenant, case tenant when 'resource' then 'c' else 'e' end);
    execute format($policy$
      create policy narrowed_update on postern.%I as restrictive for update to :server_role
      using (coalesce(postern.types_allow(
        (select postern.narrowed_types()), 'e', coalesce(chart_id, practice_id), type), true))
      with check (coalesce(postern.types_allow(
        (select postern.narrowed_types()), %s, coalesce(chart_id, practice_id), type), true))
      $policy$, tenant, case tenant
        when 'resource' then $kind$case when deleted then 'd' else 'u' end$kind$
        else $kind$'e'$kind$
      end);
  end loop;

  foreach tenant in array array['chart_token', 'practice_token'] loop
    execute format($policy$
      create policy narrowed_read on postern.%I as restrictive for select to :server_role
      using (coalesce(postern.types_show(
        (select postern.narrowed_types()), practice_id, resource_id), true))
      $policy$, tenant);
  end loop;
  create policy narrowed_read on postern.date_range as restrictive for select to :server_role
  using (coalesce(postern.types_allow(
    (select postern.narrowed_types()), 'v', coalesce(chart_id, practice_id), type), true));

  foreach tenant in array array['chart_token', 'practice_token', 'date_range'] loop
    execute format($policy$
      create policy narrowed_insert on postern.%I as restrictive for insert to :server_role
      with check (coalesce(postern.types_index(
        (select postern.narrowed_types()), 'i', resource_id), true))
      $policy$, tenant);
    execute format($policy$
      create policy narrowed_delete on postern.%I as restrictive for delete to :server_role
      using (coalesce(postern.types_index(
        (select postern.narrowed_types()), 'e', resource_id), true))
      $policy$, tenant);
  end loop;
end
$$;

-- As in 0003, with types.
create or replace function postern.reach_open(p_payload text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
  current_version bigint;
begin
  if (reach_mac(p_payload) = p_mac) is not true then
    return false;
  end if;
  claim := p_payload::jsonb;
  -- The locks make a revocation and an admission wait for each other, whichever comes first.
  select m.version into current_version
  from membership m
  where m.practice_id = (claim ->> 'practice')::uuid
    and m.account_id = (claim ->> 'account')::uuid
  for share;
  if coalesce(current_version, 0) <> (claim ->> 'version')::bigint then
    return false;
  end if;
  perform 1
  from account a
  where a.account_id = (claim ->> 'account')::uuid
    and a.disabled_at is not null;
  if found then
    return false;
  end if;
  -- Processes that admit the same session wait for each other too: both would insert the same handle.
  perform 1
  from session s
  where s.practice_id = (claim ->> 'practice')::uuid
    and s.session_hash = decode(claim ->> 'session', 'hex')
    and s.account_id = (claim ->> 'account')::uuid
    and s.ended_at is null
  for no key update;
  if not found then
    return false;
  end if;
  insert into reach as r (practice_id, session_hash, epoch, account_id, expires_at, keys, types)
  values (
    (claim ->> 'practice')::uuid,
    decode(claim ->> 'session', 'hex'),
    ('x' || encode(substr(p_mac, 1, 8), 'hex'))::bit(64)::bigint,
    (claim ->> 'account')::uuid,
    to_timestamp((claim ->> 'expires')::double precision),
    array(select jsonb_array_elements_text(claim -> 'keys')),
    case when claim ? 'types' then array(select jsonb_array_elements_text(claim -> 'types')) end)
  on conflict (practice_id, session_hash) do update set
    epoch = excluded.epoch,
    expires_at = excluded.expires_at,
    keys = excluded.keys,
    types = excluded.types;
  return true;
end
$$;

revoke all on function postern.reach_types(), postern.narrowed_types(),
  postern.types_allow(text[], text, uuid, text), postern.types_show(text[], uuid, uuid),
  postern.types_index(text[], text, uuid), postern.owner_stands(uuid) from public;
grant execute on function postern.reach_types(), postern.narrowed_types(),
  postern.types_allow(text[], text, uuid, text), postern.types_show(text[], uuid, uuid),
  postern.types_index(text[], text, uuid), postern.owner_stands(uuid) to :server_role;
