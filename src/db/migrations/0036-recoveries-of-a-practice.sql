-- Recoveries under way of accounts that hold something in the practice of the session: for the desk, which
-- sees those that it began. For who keeps the grants there. What of a row is whose stands sealed in it.
create function postern.recoveries_here(p_limit integer)
returns table (account_id uuid, recovery_id uuid, version integer, expires_at timestamptz, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.account_id, r.recovery_id, r.version, r.expires_at, r.sealed
  from recovery r
  where r.state = 'open'
    and r.expires_at > clock_timestamp()
    and reach_keys() && array['g/' || reach_practice()::text]
    and exists (
      select
      from access_grant g
      where g.practice_id = reach_practice()
        and g.account_id = r.account_id
        and g.ended_at is null)
  order by r.started_at desc, r.account_id
  limit p_limit
$$;

revoke all on function postern.recoveries_here(integer) from public;
grant execute on function postern.recoveries_here(integer) to :server_role;
