-- The read path: session, row policies and row in one round trip.
--
-- read_resource runs as its caller, so row policies apply. Where no row comes back (hidden and absent alike),
-- note_refusal asserts the reach, looks up the true owners as definer, writes one refusal line for all that
-- was named, alarms on canary charts, and returns nothing: the same statements run in either case. The line
-- of what was found is written by the ledger's line writer, many in one commit, and is durable before
-- anything is released.
create function postern.note_refusal(
  p_line uuid, p_purpose text, p_action text, p_client text, p_address text, p_types text[], p_ids uuid[])
returns void
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  caller reach%rowtype;
  named jsonb;
  canaries uuid[];
begin
  perform reach_assert();
  select r.* into caller
  from reach r
  where r.handle = current_setting('postern.session', true);
  select
    jsonb_agg(jsonb_build_array(r.chart_id, n.type, n.id, null) order by n.place),
    array_agg(distinct r.chart_id) filter (where r.section = 0)
  into named, canaries
  from unnest(p_types, p_ids) with ordinality n (type, id, place)
    left join resource r on r.practice_id = caller.practice_id and r.id = n.id;
  insert into access_line (
    practice_id, id, session_hash, account_id, purpose, action, outcome, client, address, entries)
  values (
    caller.practice_id, p_line, caller.session_hash, caller.account_id, p_purpose, p_action, 'refused',
    p_client, p_address, named);
  insert into incident (practice_id, kind, account_id, session_hash, chart_id)
  select caller.practice_id, 'canary', caller.account_id, caller.session_hash, c.chart_id
  from unnest(canaries) c (chart_id);
end
$$;

-- Whether a patient stands in the practice of the session whose glass it may ask to break: no canary, and for
-- a session that reads clinical records there. What is closed of the patient does not count.
create function postern.patient_stands(p_patient uuid) returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$
  select exists (
    select from resource r
    where r.practice_id = reach_practice()
      and r.id = p_patient
      and r.chart_id = p_patient
      and r.type = 'Patient'
      and r.section <> 0
      and not r.deleted
      and reach_keys() && array['r/' || r.practice_id::text || '/2', 'r/' || r.chart_id::text || '/2'])
$$;

create function postern.read_resource(
  p_session text, p_practice uuid, p_type text, p_id uuid, p_version integer,
  p_line uuid, p_purpose text, p_client text, p_address text)
returns table (
  chart_id uuid, section smallint, version integer, updated_at timestamptz, author uuid, key_version integer,
  deleted boolean, sealed bytea)
language plpgsql volatile security invoker set search_path = postern, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('postern.session', p_session, true);
  if p_version is null then
    select r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted, r.sealed
    into chart_id, section, version, updated_at, author, key_version, deleted, sealed
    from resource r
    where r.practice_id = p_practice
      and r.id = p_id
      and r.type = p_type;
  else
    select r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted, r.sealed
    into chart_id, section, version, updated_at, author, key_version, deleted, sealed
    from (
        select * from resource c
        where c.practice_id = p_practice and c.id = p_id and c.type = p_type and c.version = p_version
        union all
        select * from resource_version v
        where v.practice_id = p_practice and v.id = p_id and v.type = p_type and v.version = p_version
      ) r
    limit 1;
  end if;
  if found then
    return next;
  else
    perform note_refusal(
      p_line, p_purpose, case when p_version is null then 'read' else 'vread' end, p_client, p_address,
      array[p_type], array[p_id]);
  end if;
end
$$;

revoke all on function postern.note_refusal(uuid, text, text, text, text, text[], uuid[]),
  postern.patient_stands(uuid) from public;
revoke all on function postern.read_resource(text, uuid, text, uuid, integer, uuid, text, text, text)
  from public;
grant execute on function postern.note_refusal(uuid, text, text, text, text, text[], uuid[]),
  postern.patient_stands(uuid) to :server_role;
grant execute on function postern.read_resource(text, uuid, text, uuid, integer, uuid, text, text, text)
  to :server_role;
