-- Reach: what a session may touch, as the row policies see it.
--
-- One owner-only row per session, written at admission from a payload that the process signs after it has
-- verified every grant's MAC; `reach_open` checks that signature, so nobody who can merely run SQL as the
-- server role can widen his own reach. A transaction names its session with a literal SET LOCAL of
-- `practice/hash/epoch`; the epoch is the start of the signature, so a process that holds an outdated scope
-- finds no reach and must admit again. Only the reach_*() functions know where reach comes from.
create table postern.reach_key (
  singleton boolean not null primary key default true check (singleton),
  inner_pad bytea not null,
  outer_pad bytea not null
);

create type postern.reach_pair as (
  chart_id uuid,
  can_read integer,
  can_write integer,
  can_open integer
);

create table postern.reach (
  practice_id uuid not null,
  session_hash bytea not null,
  epoch bigint not null,
  account_id uuid not null,
  expires_at timestamptz not null,
  system boolean not null,
  sees_lines boolean not null,
  all_read integer not null,
  all_write integer not null,
  all_open integer not null,
  pairs postern.reach_pair[] not null,
  primary key (practice_id, session_hash)
);
create index reach_account on postern.reach (practice_id, account_id);

alter table postern.reach_key enable row level security;
alter table postern.reach_key force row level security;
create policy owner_only on postern.reach_key to current_user using (true) with check (true);
alter table postern.reach enable row level security;
alter table postern.reach force row level security;
create policy owner_only on postern.reach to current_user using (true) with check (true);

-- The row of the session that this transaction names, or none.
create function postern.reach_current()
returns setof postern.reach
language plpgsql stable security definer rows 1
set search_path = postern, pg_temp
as $$
declare
  handle text := current_setting('postern.session', true);
begin
  if handle is null or length(handle) <> 118 then
    return;
  end if;
  return query
    select r.*
    from reach r
    where r.practice_id = left(handle, 36)::uuid
      and r.session_hash = decode(substr(handle, 38, 64), 'hex')
      and r.epoch = ('x' || right(handle, 16))::bit(64)::bigint
      and r.expires_at > clock_timestamp();
end
$$;

create function postern.reach_practice() returns uuid
language sql stable security definer set search_path = postern, pg_temp
as $$ select r.practice_id from reach_current() r $$;

create function postern.reach_account() returns uuid
language sql stable security definer set search_path = postern, pg_temp
as $$ select r.account_id from reach_current() r $$;

create function postern.reach_is_system() returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$ select coalesce((select r.system from reach_current() r), false) $$;

create function postern.reach_sees_lines() returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$ select coalesce((select r.sees_lines from reach_current() r), false) $$;

-- Sections that the session reaches on all charts of its practice, as a mask.
create function postern.reach_mask(p_kind text) returns integer
language sql stable security definer set search_path = postern, pg_temp
as $$
  select coalesce((
    select case p_kind when 'read' then r.all_read when 'write' then r.all_write when 'open' then r.all_open end
    from reach_current() r), 0)
$$;

-- Chart and section pairs of the session: pairs, never two lists.
create function postern.reach_pairs(p_kind text) returns table (chart_id uuid, section smallint)
language sql stable security definer rows 8 set search_path = postern, pg_temp
as $$
  select p.chart_id, s.section::smallint
  from reach_current() r,
    unnest(r.pairs) p,
    generate_series(0, 6) s (section)
  where (case p_kind when 'read' then p.can_read when 'write' then p.can_write when 'open' then p.can_open end)
    & (1 << s.section) <> 0
$$;

-- Fails where the transaction names no live session, so that outdated scopes admit again instead of seeing
-- an empty practice. PT001 is answered by a fresh admission.
create function postern.reach_assert() returns void
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
begin
  perform 1 from reach_current();
  if not found then
    raise exception 'no reach' using errcode = 'PT001';
  end if;
end
$$;

create function postern.reach_mac(p_message text) returns bytea
language sql stable security definer set search_path = postern, pg_temp
as $$
  select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(p_message, 'UTF8')))
  from reach_key k
$$;

-- Takes a signed reach. Payload: practice, session, account, version, expires (epoch seconds), system, lines,
-- read, write, open, pairs [[chart, read, write, open], ...]. Returns false where the signature, the session or
-- the membership's version does not hold.
create function postern.reach_open(p_payload text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
begin
  if reach_mac(p_payload) is distinct from p_mac then
    return false;
  end if;
  claim := p_payload::jsonb;
  perform 1
  from session s
    left join membership m on m.practice_id = s.practice_id and m.account_id = s.account_id
  where s.practice_id = (claim ->> 'practice')::uuid
    and s.session_hash = decode(claim ->> 'session', 'hex')
    and s.account_id = (claim ->> 'account')::uuid
    and s.ended_at is null
    and coalesce(m.version, 0) = (claim ->> 'version')::bigint
  for share of s;
  if not found then
    return false;
  end if;
  insert into reach as r (
    practice_id, session_hash, epoch, account_id, expires_at, system, sees_lines,
    all_read, all_write, all_open, pairs)
  values (
    (claim ->> 'practice')::uuid,
    decode(claim ->> 'session', 'hex'),
    ('x' || encode(substr(p_mac, 1, 8), 'hex'))::bit(64)::bigint,
    (claim ->> 'account')::uuid,
    to_timestamp((claim ->> 'expires')::double precision),
    (claim ->> 'system')::boolean,
    (claim ->> 'lines')::boolean,
    (claim ->> 'read')::integer,
    (claim ->> 'write')::integer,
    (claim ->> 'open')::integer,
    array(
      select row((p ->> 0)::uuid, (p ->> 1)::integer, (p ->> 2)::integer, (p ->> 3)::integer)::reach_pair
      from jsonb_array_elements(claim -> 'pairs') p))
  on conflict (practice_id, session_hash) do update set
    epoch = excluded.epoch,
    expires_at = excluded.expires_at,
    system = excluded.system,
    sees_lines = excluded.sees_lines,
    all_read = excluded.all_read,
    all_write = excluded.all_write,
    all_open = excluded.all_open,
    pairs = excluded.pairs;
  return true;
end
$$;

revoke all on function postern.reach_current(), postern.reach_practice(), postern.reach_account(),
  postern.reach_is_system(), postern.reach_sees_lines(), postern.reach_mask(text), postern.reach_pairs(text),
  postern.reach_assert(), postern.reach_mac(text), postern.reach_open(text, bytea) from public;
grant execute on function postern.reach_practice(), postern.reach_account(), postern.reach_is_system(),
  postern.reach_sees_lines(), postern.reach_mask(text), postern.reach_pairs(text), postern.reach_assert(),
  postern.reach_open(text, bytea) to :server_role;
