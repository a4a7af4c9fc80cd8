-- Reach: what a session may touch, as the row policies see it.
--
-- Reach is a set of keys, one owner-only row per session, written at admission from a payload that the
-- process signs after it has verified every grant's MAC; `reach_open` checks that signature, so nobody who
-- can merely run SQL as the server role can widen his own reach. A row policy works out the keys that would
-- open a row and asks whether the session holds one. The forms of a key:
--
--   r|w|o / OWNER / SECTION            read, write or open content; OWNER is a chart, or the practice for all
--   r|w|o / OWNER / 5 / AUTHOR         psychotherapy, which is its author's alone ("any" for the import job)
--   k / OWNER / SECTION [/ AUTHOR]     fetch the wrapped key; wherever there is any of r, w and o
--   a / ACCOUNT                        write access lines in one's own name
--   l / OWNER                          see the access lines of a chart, or of the whole practice
--   g / OWNER                          see the grants on a chart, or those of the whole practice
--   s / PRACTICE                       the practice's housekeeping (import digests, shred list)
--
-- A transaction names its session with a literal SET LOCAL of `practice/hash/epoch`; the epoch is the start
-- of the signature, so a process that holds an outdated scope finds no reach and must admit again. Only
-- reach_keys() knows where reach comes from. ADR 0003 has what other shapes cost.
create table postern.reach_key (
  singleton boolean not null primary key default true check (singleton),
  inner_pad bytea not null,
  outer_pad bytea not null
);

create table postern.reach (
  practice_id uuid not null,
  session_hash bytea not null,
  epoch bigint not null,
  account_id uuid not null,
  expires_at timestamptz not null,
  keys text[] not null,
  handle text collate "C" not null generated always as (
    practice_id::text || '/' || encode(session_hash, 'hex') || '/'
    || lpad(to_hex(epoch), 16, '0')) stored unique,
  primary key (practice_id, session_hash)
);
create index reach_account on postern.reach (practice_id, account_id);

alter table postern.reach_key enable row level security;
alter table postern.reach_key force row level security;
create policy owner_only on postern.reach_key to current_user using (true) with check (true);
alter table postern.reach enable row level security;
alter table postern.reach force row level security;
create policy owner_only on postern.reach to current_user using (true) with check (true);

-- The keys of the session that this transaction names, or null: an empty or unknown session holds none.
create function postern.reach_keys() returns text[]
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
begin
  return (
    select r.keys
    from reach r
    where r.handle = current_setting('postern.session', true)
      and r.expires_at > clock_timestamp());
end
$$;

-- The practice that the transaction names. It proves nothing alone: the keys are looked up by the same
-- handle.
create function postern.reach_practice() returns uuid
language sql stable
as $$ select left(nullif(current_setting('postern.session', true), ''), 36)::uuid $$;

-- The keys that would open a row.
create function postern.keys_of(p_kind text, p_practice uuid, p_chart uuid, p_section smallint, p_author uuid)
returns text[]
language sql immutable
as $$
  select array[
    p_kind || '/' || p_practice::text || '/' || p_section::text
      || case when p_section = 5 then '/' || p_author::text else '' end,
    p_kind || '/' || p_chart::text || '/' || p_section::text
      || case when p_section = 5 then '/' || p_author::text else '' end,
    case when p_section = 5 then p_kind || '/' || p_practice::text || '/5/any' end
  ]
$$;

-- Fails where the transaction names no live session, so that outdated scopes admit again instead of seeing
-- an empty practice. PT001 is answered by a fresh admission.
create function postern.reach_assert() returns void
language plpgsql stable set search_path = postern, pg_temp
as $$
begin
  if reach_keys() is null then
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

-- Takes a signed reach: {practice, session, account, version, expires (epoch seconds), keys}. Returns false
-- where the signature, the session or the membership's version does not hold.
create function postern.reach_open(p_payload text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
  current_version bigint;
begin
  if (reach_mac(p_payload) = p_mac) is not true then
    return false;
  end if;
  claim := p_payload::jsonb;
  -- The locks make a revocation and an admission wait for each other, whichever comes first.
  select m.version into current_version
  from membership m
  where m.practice_id = (claim ->> 'practice')::uuid
    and m.account_id = (claim ->> 'account')::uuid
  for share;
  if coalesce(current_version, 0) <> (claim ->> 'version')::bigint then
    return false;
  end if;
  perform 1
  from account a
  where a.account_id = (claim ->> 'account')::uuid
    and a.disabled_at is not null;
  if found then
    return false;
  end if;
  -- Processes that admit the same session wait for each other too: both would insert the same handle.
  perform 1
  from session s
  where s.practice_id = (claim ->> 'practice')::uuid
    and s.session_hash = decode(claim ->> 'session', 'hex')
    and s.account_id = (claim ->> 'account')::uuid
    and s.ended_at is null
  for no key update;
  if not found then
    return false;
  end if;
  insert into reach as r (practice_id, session_hash, epoch, account_id, expires_at, keys)
  values (
    (claim ->> 'practice')::uuid,
    decode(claim ->> 'session', 'hex'),
    ('x' || encode(substr(p_mac, 1, 8), 'hex'))::bit(64)::bigint,
    (claim ->> 'account')::uuid,
    to_timestamp((claim ->> 'expires')::double precision),
    array(select jsonb_array_elements_text(claim -> 'keys')))
  on conflict (practice_id, session_hash) do update set
    epoch = excluded.epoch,
    expires_at = excluded.expires_at,
    keys = excluded.keys;
  return true;
end
$$;

revoke all on function postern.reach_keys(), postern.reach_practice(),
  postern.keys_of(text, uuid, uuid, smallint, uuid), postern.reach_assert(), postern.reach_mac(text),
  postern.reach_open(text, bytea) from public;
grant execute on function postern.reach_keys(), postern.reach_practice(),
  postern.keys_of(text, uuid, uuid, smallint, uuid), postern.reach_assert(),
  postern.reach_open(text, bytea) to :server_role;
