-- Incidents are told to people, by mail, within the minute; those of before are old news. And bursts of
-- failed sign-ins are incidents: on one account, in each practice of it; on many or none, in every practice,
-- and in the installation, whose operator hears of it.
alter table postern.incident add column told_at timestamptz;
update postern.incident set told_at = at;
create index incident_untold on postern.incident (at) where told_at is null;

alter table postern.incident drop constraint incident_kind_check;
alter table postern.incident add constraint incident_kind_check
  check (kind in (
    'canary', 'refusals', 'break-glass', 'key-ring', 'damaged', 'passkey-copied', 'sign-in-burst'));

-- False where the same was told within the hour.
create function postern.sign_in_burst(p_account uuid) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('postern.sign-in-burst', 0));
  if exists (
    select from incident i
    where i.kind = 'sign-in-burst'
      and i.account_id is not distinct from p_account
      and i.at > clock_timestamp() - interval '1 hour') then
    return false;
  end if;
  perform incident_open(p.practice_id, 'sign-in-burst', p_account, null, null)
  from (
    select a.practice_id from account_practices(p_account) a
    union
    select k.practice_id from practice k where p_account is null
    union
    select '00000000-0000-0000-0000-000000000000' where p_account is null) p;
  return true;
end
$$;
create index incident_burst on postern.incident (at) where kind = 'sign-in-burst';

-- Who shares a record: whom it belongs to, and who looks after it. They are told who may see it besides.
create function postern.chart_sharers(p_practice uuid, p_chart uuid) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select distinct g.account_id
  from access_grant g
  where g.practice_id = p_practice
    and g.chart_id = p_chart
    and g.role in ('patient', 'parent', 'guardian')
    and g.ended_at is null
    and g.starts_at <= clock_timestamp()
    and (g.ends_at is null or g.ends_at > clock_timestamp())
$$;

revoke all on function postern.sign_in_burst(uuid), postern.chart_sharers(uuid, uuid) from public;
grant execute on function postern.sign_in_burst(uuid), postern.chart_sharers(uuid, uuid) to :server_role;
