-- The read path: reach, row, key and access line in one round trip and one commit.
--
-- read_resource runs as its caller, so row policies apply. Where no row comes back (hidden and absent alike),
-- note_refusal looks up the true owner as definer, writes the refusal line, alarms on canary charts, and
-- returns nothing: the same statements run in either case.
create function postern.note_refusal(
  p_line uuid, p_purpose text, p_action text, p_client text, p_address text, p_type text, p_id uuid)
returns void
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  handle text := current_setting('postern.session', true);
  caller reach%rowtype;
  hidden_chart uuid;
  hidden_section smallint;
begin
  perform reach_assert();
  select r.* into caller
  from reach r
  where r.practice_id = left(handle, 36)::uuid
    and r.session_hash = decode(substr(handle, 38, 64), 'hex');
  select r.chart_id, r.section
  into hidden_chart, hidden_section
  from resource r
  where r.practice_id = caller.practice_id
    and r.id = p_id;
  insert into access_line (
    practice_id, id, session_hash, account_id, purpose, action, outcome, client, address, entries)
  values (
    caller.practice_id, p_line, caller.session_hash, caller.account_id, p_purpose, p_action, 'refused',
    p_client, p_address, jsonb_build_array(jsonb_build_array(hidden_chart, p_type, p_id, null)));
  insert into incident (practice_id, kind, account_id, session_hash, chart_id)
  select caller.practice_id, 'canary', caller.account_id, caller.session_hash, hidden_chart
  where hidden_section = 0;
end
$$;

create function postern.read_resource(
  p_session text, p_practice uuid, p_account uuid, p_session_hash bytea, p_type text, p_id uuid,
  p_version integer, p_line uuid, p_purpose text, p_client text, p_address text)
returns table (
  chart_id uuid, section smallint, version integer, updated_at timestamptz, author uuid, deleted boolean,
  sealed bytea, wrapped bytea, practice_key_version integer)
language plpgsql volatile security invoker set search_path = postern, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('postern.session', p_session, true);
  perform reach_assert();
  if p_version is null then
    select r.chart_id, r.section, r.version, r.updated_at, r.author, r.deleted, r.sealed,
      k.wrapped, k.practice_key_version
    into chart_id, section, version, updated_at, author, deleted, sealed, wrapped, practice_key_version
    from resource r
      left join chart_key k on k.practice_id = r.practice_id
        and k.chart_id = coalesce(r.chart_id, r.practice_id)
        and k.section = r.section
        and k.author = case when r.section = 5 then r.author else '00000000-0000-0000-0000-000000000000' end
        and k.version = r.key_version
    where r.practice_id = p_practice
      and r.id = p_id
      and r.type = p_type;
  else
    select r.chart_id, r.section, r.version, r.updated_at, r.author, r.deleted, r.sealed,
      k.wrapped, k.practice_key_version
    into chart_id, section, version, updated_at, author, deleted, sealed, wrapped, practice_key_version
    from (
        select * from resource c
        where c.practice_id = p_practice and c.id = p_id and c.type = p_type and c.version = p_version
        union all
        select * from resource_version v
        where v.practice_id = p_practice and v.id = p_id and v.type = p_type and v.version = p_version
      ) r
      left join chart_key k on k.practice_id = r.practice_id
        and k.chart_id = coalesce(r.chart_id, r.practice_id)
        and k.section = r.section
        and k.author = case when r.section = 5 then r.author else '00000000-0000-0000-0000-000000000000' end
        and k.version = r.key_version
    limit 1;
  end if;
  if not found then
    perform note_refusal(
      p_line, p_purpose, case when p_version is null then 'read' else 'vread' end, p_client, p_address, p_type, p_id);
    return;
  end if;
  insert into access_line (
    practice_id, id, session_hash, account_id, purpose, action, outcome, client, address, entries)
  values (
    p_practice, p_line, p_session_hash, p_account, p_purpose,
    case when p_version is null then 'read' else 'vread' end, 'ok', p_client, p_address,
    jsonb_build_array(jsonb_build_array(chart_id, p_type, p_id, version)));
  return next;
end
$$;

revoke all on function postern.note_refusal(uuid, text, text, text, text, text, uuid) from public;
revoke all on function postern.read_resource(
  text, uuid, uuid, bytea, text, uuid, integer, uuid, text, text, text) from public;
grant execute on function postern.note_refusal(uuid, text, text, text, text, text, uuid) to :server_role;
grant execute on function postern.read_resource(
  text, uuid, uuid, bytea, text, uuid, integer, uuid, text, text, text) to :server_role;
