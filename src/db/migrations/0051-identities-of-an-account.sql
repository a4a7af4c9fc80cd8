-- Which subjects of providers sign an account in, for who parts them: what the provider gave ends with it.
-- Sealed for the row; whoever asks opens it.
create function postern.staff_identities_of(p_practice uuid, p_account uuid)
returns table (lookup bytea, version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select i.lookup, i.version, i.sealed
  from staff_identity i
  where i.practice_id = p_practice
    and i.account_id = p_account
  order by i.lookup
$$;

revoke all on function postern.staff_identities_of(uuid, uuid) from public;
grant execute on function postern.staff_identities_of(uuid, uuid) to :server_role;
