-- All clients that stand: whose scripts may read answers is told from the addresses that each was registered
-- with, which are sealed.
create function postern.app_clients_standing()
returns table (client_id text, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.client_id, c.key_version, c.sealed
  from app_client c
  where c.ended_at is null
$$;

revoke all on function postern.app_clients_standing() from public;
grant execute on function postern.app_clients_standing() to :server_role;
