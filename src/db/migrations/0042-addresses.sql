-- Further addresses of accounts, where notices and recovery go as well. The first one stays with the account,
-- which counts its changes from here on. Owner-only; each is sealed for its account and itself, so that one
-- moved by hand is nobody's.
alter table postern.account add column version integer not null default 1;

create table postern.account_address (
  account_id uuid not null,
  address_id uuid not null,
  -- As of accounts, in a range of its own: an address may be the first of one and a further one of another.
  token bigint not null unique,
  sealed bytea not null check (octet_length(sealed) <= 4096),
  made_at timestamptz not null default clock_timestamp(),
  primary key (account_id, address_id)
);
alter table postern.account_address enable row level security;
alter table postern.account_address force row level security;
create policy owner_only on postern.account_address to current_user using (true) with check (true);

create function postern.account_versioned(p_account uuid) returns table (version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.version, a.sealed
  from account a
  where a.account_id = p_account
$$;

-- Changes what was read at that version; false where somebody else was first. Raises 23505 for the first
-- address of another account.
create function postern.account_change(p_account uuid, p_version integer, p_token bigint, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update account a
  set email_token = p_token, sealed = p_sealed, version = a.version + 1
  where a.account_id = p_account
    and a.version = p_version;
  return found;
end
$$;

create function postern.account_addresses(p_account uuid)
returns table (address_id uuid, sealed bytea, made_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.address_id, a.sealed, a.made_at
  from account_address a
  where a.account_id = p_account
  order by a.made_at, a.address_id
$$;

create function postern.address_find(p_token bigint)
returns table (account_id uuid, address_id uuid, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select a.account_id, a.address_id, a.sealed
  from account_address a
  where a.token = p_token
$$;

-- At most four beside the first: false beyond. Raises 23505 for one that is somebody's already.
create function postern.address_put(p_account uuid, p_address uuid, p_token bigint, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform 1 from account a where a.account_id = p_account for update;
  if (select count(*) from account_address a where a.account_id = p_account) >= 4 then
    return false;
  end if;
  insert into account_address (account_id, address_id, token, sealed)
  values (p_account, p_address, p_token, p_sealed);
  return true;
end
$$;

create function postern.address_remove(p_account uuid, p_address uuid) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  delete from account_address a
  where a.account_id = p_account
    and a.address_id = p_address;
  return found;
end
$$;

revoke all on function postern.account_versioned(uuid),
  postern.account_change(uuid, integer, bigint, bytea), postern.account_addresses(uuid),
  postern.address_find(bigint), postern.address_put(uuid, uuid, bigint, bytea),
  postern.address_remove(uuid, uuid) from public;
grant execute on function postern.account_versioned(uuid),
  postern.account_change(uuid, integer, bigint, bytea), postern.account_addresses(uuid),
  postern.address_find(bigint), postern.address_put(uuid, uuid, bigint, bytea),
  postern.address_remove(uuid, uuid) to :server_role;
