-- Practices (the tenants) and their wrapped keys.
--
-- The owner role migrates and owns; the server role (:server_role) owns nothing and reaches owner-only tables
-- through definer functions alone. Row security is forced, so even the owner passes through a policy: the one
-- named owner_only, which says so in the open.
create schema if not exists postern;

grant usage on schema postern to :server_role;

create table postern.practice (
  practice_id uuid not null primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null,
  index_version integer not null default 1,
  created_at timestamptz not null default now()
);

-- Keys of a practice, each wrapped by the root key. The practice with the nil id is the installation itself.
create table postern.practice_key (
  practice_id uuid not null,
  purpose text not null check (purpose in ('chart', 'index', 'mac', 'log')),
  version integer not null check (version > 0),
  root_version integer not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  primary key (practice_id, purpose, version)
);

alter table postern.practice enable row level security;
alter table postern.practice force row level security;
create policy owner_only on postern.practice to current_user using (true) with check (true);

alter table postern.practice_key enable row level security;
alter table postern.practice_key force row level security;
create policy owner_only on postern.practice_key to current_user using (true) with check (true);

create function postern.practices()
returns table (practice_id uuid, slug text, name text, index_version integer)
language sql stable security definer
set search_path = postern, pg_temp
as $$
  select p.practice_id, p.slug, p.name, p.index_version
  from practice p
$$;

-- Wrapped keys are worth nothing without the root key, so the server may read them before any session exists.
create function postern.practice_keys(p_practice uuid)
returns table (purpose text, version integer, root_version integer, wrapped bytea)
language sql stable security definer
set search_path = postern, pg_temp
as $$
  select k.purpose, k.version, k.root_version, k.wrapped
  from practice_key k
  where k.practice_id = p_practice
    and k.retired_at is null
$$;

revoke all on function postern.practices() from public;
revoke all on function postern.practice_keys(uuid) from public;
grant execute on function postern.practices() to :server_role;
grant execute on function postern.practice_keys(uuid) to :server_role;
