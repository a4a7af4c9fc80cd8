-- What has the id is found by the key alone, and its type compared after: where PostgreSQL has no statistics
-- (a database of the first minutes), it may take an index by type for as good, and sift the whole type.
create or replace function postern.read_resource(
  p_session text, p_practice uuid, p_type text, p_id uuid, p_version integer,
  p_line uuid, p_purpose text, p_client text, p_address text)
returns table (
  chart_id uuid, section smallint, version integer, updated_at timestamptz, author uuid, key_version integer,
  deleted boolean, sealed bytea)
language plpgsql volatile security invoker set search_path = postern, pg_temp
as $$
#variable_conflict use_column
declare
  found_type text;
begin
  perform set_config('postern.session', p_session, true);
  if p_version is null then
    select r.type, r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted,
      r.sealed
    into found_type, chart_id, section, version, updated_at, author, key_version, deleted, sealed
    from resource r
    where r.practice_id = p_practice
      and r.id = p_id;
  else
    select r.type, r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted,
      r.sealed
    into found_type, chart_id, section, version, updated_at, author, key_version, deleted, sealed
    from (
        select * from resource c
        where c.practice_id = p_practice and c.id = p_id and c.version = p_version
        union all
        select * from resource_version v
        where v.practice_id = p_practice and v.id = p_id and v.version = p_version
      ) r
    limit 1;
  end if;
  if found_type = p_type then
    return next;
  else
    perform note_refusal(
      p_line, p_purpose, case when p_version is null then 'read' else 'vread' end, p_client, p_address,
      array[p_type], array[p_id]);
  end if;
end
$$;
