-- Apps that developers ask a practice to register (ADR 0107). A request does nothing until the owner approves
-- it; then it is a client of that practice alone. What is asked is sealed for its row; the receipt by which a
-- developer asks what became of it stands by its hash.
create table postern.app_request (
  practice_id uuid not null,
  request_id uuid not null,
  receipt_hash bytea not null check (octet_length(receipt_hash) = 32),
  made_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'refused')),
  client_id text,
  key_version integer not null,
  sealed bytea not null check (octet_length(sealed) <= 32768),
  primary key (practice_id, request_id)
);
create index app_request_receipt on postern.app_request (receipt_hash);

alter table postern.app_request enable row level security;
alter table postern.app_request force row level security;
create policy owner_only on postern.app_request to current_user using (true) with check (true);

-- Null for a client of the operator's, which every practice may let in.
alter table postern.app_client add column practice_id uuid;

-- A client of one practice is let in by nobody of another, whatever the process thinks.
create function postern.consents_of_own_clients() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if exists (
    select
    from app_client c
    where c.client_id = new.client_id
      and c.practice_id is not null
      and c.practice_id <> new.practice_id) then
    raise exception 'a client of another practice' using errcode = 'PT001';
  end if;
  return new;
end
$$;
create trigger consents_of_own_clients before insert on postern.app_consent
for each row execute function postern.consents_of_own_clients();

-- False where as many wait already. Those that nobody looked at for ninety days go.
create function postern.app_request_put(
  p_practice uuid, p_request uuid, p_receipt bytea, p_made timestamptz, p_key_version integer, p_sealed bytea,
  p_most integer)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('postern.app_request/' || p_practice, 0));
  delete from app_request r
  where r.practice_id = p_practice
    and r.made_at < p_made - interval '90 days';
  if (
    select count(*)
    from app_request r
    where r.practice_id = p_practice
      and r.state = 'waiting') >= p_most then
    return false;
  end if;
  insert into app_request (practice_id, request_id, receipt_hash, made_at, key_version, sealed)
  values (p_practice, p_request, p_receipt, p_made, p_key_version, p_sealed);
  return true;
end
$$;

create function postern.app_request_state(p_receipt bytea)
returns table (practice_id uuid, state text, client_id text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.practice_id, r.state, r.client_id
  from app_request r
  where r.receipt_hash = p_receipt
$$;

-- Those that wait in the practice of the session, oldest first; for who keeps its grants.
create function postern.app_requests_here()
returns table (request_id uuid, made_at timestamptz, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.request_id, r.made_at, r.key_version, r.sealed
  from app_request r
  where r.practice_id = reach_practice()
    and reach_keys() && array['g/' || r.practice_id::text]
    and r.state = 'waiting'
  order by r.made_at, r.request_id
$$;

-- Decides one that waits: without a client it is refused. False where it is decided already, or not here.
create function postern.app_request_settle(
  p_request uuid, p_client text, p_key_version integer, p_sealed bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update app_request r
  set state = case when p_client is null then 'refused' else 'approved' end, client_id = p_client
  where r.practice_id = reach_practice()
    and r.request_id = p_request
    and r.state = 'waiting'
    and reach_keys() && array['g/' || r.practice_id::text];
  if not found then
    return false;
  end if;
  if p_client is not null then
    insert into app_client (client_id, key_version, sealed, practice_id)
    values (p_client, p_key_version, p_sealed, reach_practice());
  end if;
  return true;
end
$$;

-- Clients of the practice of the session that stand; for who keeps its grants.
create function postern.app_clients_here()
returns table (client_id text, key_version integer, sealed bytea, made_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.client_id, c.key_version, c.sealed, c.made_at
  from app_client c
  where c.practice_id = reach_practice()
    and reach_keys() && array['g/' || c.practice_id::text]
    and c.ended_at is null
  order by c.made_at desc, c.client_id
$$;

-- Ends a client of the practice of the session, with all that it was given; false where there is none.
create function postern.app_client_end_here(p_client text) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if not exists (
    select
    from app_client c
    where c.client_id = p_client
      and c.practice_id = reach_practice()
      and reach_keys() && array['g/' || c.practice_id::text]
      and c.ended_at is null) then
    return false;
  end if;
  return app_client_end(p_client);
end
$$;

revoke all on function postern.consents_of_own_clients(),
  postern.app_request_put(uuid, uuid, bytea, timestamptz, integer, bytea, integer),
  postern.app_request_state(bytea), postern.app_requests_here(),
  postern.app_request_settle(uuid, text, integer, bytea), postern.app_clients_here(),
  postern.app_client_end_here(text) from public;
grant execute on function
  postern.app_request_put(uuid, uuid, bytea, timestamptz, integer, bytea, integer),
  postern.app_request_state(bytea), postern.app_requests_here(),
  postern.app_request_settle(uuid, text, integer, bytea), postern.app_clients_here(),
  postern.app_client_end_here(text) to :server_role;
