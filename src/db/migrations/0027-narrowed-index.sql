-- As in 0022, in one look-up: an app's search asks it for every entry of the index that it comes upon, and
-- going through the policies of the record each time took longer than everything else together. What the
-- session holds is read here and not taken from whoever calls, so it tells of no record but those that the
-- policies would show.
create or replace function postern.types_show(p_types text[], p_practice uuid, p_resource uuid)
returns boolean
language plpgsql stable strict security definer set search_path = postern, pg_temp
as $$
begin
  return exists (
    select
    from reach h
      join resource r on r.practice_id = h.practice_id and r.id = p_resource
    where h.handle = current_setting('postern.session', true)
      and h.expires_at > clock_timestamp()
      and h.practice_id = p_practice
      and h.keys && keys_of(
        case when r.type = 'Binary' then 'o' else 'r' end, r.practice_id, r.chart_id, r.section, r.author)
      and h.types && array[
        'v/' || coalesce(r.chart_id, r.practice_id) || '/' || r.type,
        'v/' || coalesce(r.chart_id, r.practice_id) || '/*',
        'v/*/' || r.type,
        'v/*/*']);
end
$$;
