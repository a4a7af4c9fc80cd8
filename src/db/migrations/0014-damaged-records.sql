-- A record that does not open is an incident. Every search comes upon it again, so one of a chart and a day
-- is enough to be told.
alter table postern.incident drop constraint incident_kind_check;
alter table postern.incident add constraint incident_kind_check
  check (kind in ('canary', 'refusals', 'break-glass', 'key-ring', 'damaged'));

create index incident_damaged on postern.incident (practice_id, chart_id, at) where kind = 'damaged';

create or replace function postern.incident_open(
  p_practice uuid, p_kind text, p_account uuid, p_session bytea, p_chart uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into incident (practice_id, kind, account_id, session_hash, chart_id)
  select p_practice, p_kind, p_account, p_session, p_chart
  where p_kind <> 'damaged' or not exists (
    select from incident i
    where i.practice_id = p_practice
      and i.kind = 'damaged'
      and i.chart_id is not distinct from p_chart
      and i.at > clock_timestamp() - interval '1 day');
  select pg_notify('postern_incident', p_practice::text);
$$;
