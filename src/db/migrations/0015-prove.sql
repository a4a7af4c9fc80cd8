-- What `postern prove` makes to try the walls with, and what came of it.
--
-- A practice or account that is a canary stands here before it is made, with a MAC under the installation's
-- key, so that what a killed run left is found, and nobody has a real practice removed by writing it here. A
-- proof says which edition of Postern held its promises, at which address; its MAC keeps one that was written
-- by hand from opening the portal. Both are the owner's alone: the server asks through the functions below.
create table postern.canary (
  kind text not null check (kind in ('practice', 'account')),
  id uuid not null,
  made_at timestamptz not null default clock_timestamp(),
  mac bytea not null,
  primary key (kind, id)
);

create table postern.proof (
  proof_id uuid not null primary key,
  at timestamptz not null,
  edition text not null,
  url text not null,
  passed boolean not null,
  mac bytea not null
);
create index proof_edition on postern.proof (edition, url);

alter table postern.canary enable row level security;
alter table postern.canary force row level security;
create policy owner_only on postern.canary to current_user using (true) with check (true);
alter table postern.proof enable row level security;
alter table postern.proof force row level security;
create policy owner_only on postern.proof to current_user using (true) with check (true);

-- Passed proofs of an edition, the newest first.
create function postern.proofs_passed(p_edition text)
returns table (proof_id uuid, at timestamptz, url text, mac bytea)
language sql stable security definer
set search_path = postern, pg_temp
as $$
  select p.proof_id, p.at, p.url, p.mac
  from proof p
  where p.edition = p_edition
    and p.passed
  order by p.at desc
  limit 100
$$;

-- The MAC of a canary practice; no row for any other.
create function postern.canary_practice(p_practice uuid)
returns table (mac bytea)
language sql stable security definer
set search_path = postern, pg_temp
as $$
  select c.mac
  from canary c
  where c.kind = 'practice'
    and c.id = p_practice
$$;

revoke all on function postern.proofs_passed(text), postern.canary_practice(uuid) from public;
grant execute on function postern.proofs_passed(text), postern.canary_practice(uuid) to :server_role;
