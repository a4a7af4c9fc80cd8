-- Holds of one record: whoever looks at one of its documents is not told of every hold of the practice.
create function postern.holds_of(p_chart uuid) returns table (
  id uuid, chart_id uuid, document_id uuid, by_account uuid, reason bytea, at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select h.id, h.chart_id, h.document_id, h.by_account, h.reason, h.at
  from hold h
  where h.practice_id = reach_practice()
    and h.chart_id = p_chart
    and h.ended_at is null
    and reach_keys() && array['g/' || h.practice_id::text]
  order by h.at desc, h.id
  limit 1000
$$;

revoke all on function postern.holds_of(uuid) from public;
grant execute on function postern.holds_of(uuid) to :server_role;
