-- A touch gives the browser a new token (ASVS 5.0 V7.2.4): the session stays the one it was, with its jobs
-- and what it is in the middle of, and its token gets another end. What stood before is good for what was
-- under way when it was turned.
alter table postern.session
  add column turn bytea check (octet_length(turn) = 32),
  add column turn_before bytea check (octet_length(turn_before) = 32),
  add column turned_at timestamptz;

-- As in 0017, and where the claim has a `turn` (hex of a digest), that is what the token ends in from now on.
create or replace function postern.session_freshen(p_payload text, p_signature bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
  next_turn bytea;
begin
  if (reach_mac('fresh/' || p_payload) = p_signature) is not true then
    raise exception 'no touch of ours' using errcode = '42501';
  end if;
  claim := p_payload::jsonb;
  next_turn := decode(claim ->> 'turn', 'hex');
  update session s
  set fresh_at = to_timestamp((claim ->> 'at')::double precision),
    fresh_mac = decode(claim ->> 'mac', 'hex'),
    turn_before = case when next_turn is null then s.turn_before else s.turn end,
    turned_at = case when next_turn is null then s.turned_at else clock_timestamp() end,
    turn = coalesce(next_turn, s.turn)
  where s.practice_id = (claim ->> 'practice')::uuid
    and s.session_hash = decode(claim ->> 'session', 'hex')
    and s.ended_at is null
    and s.expires_at > clock_timestamp();
  if not found then
    return false;
  end if;
  if next_turn is not null then
    perform pg_notify('postern_turn', encode(sha256(convert_to(claim ->> 'session', 'UTF8')), 'hex'));
  end if;
  return true;
end
$$;

-- What the token of a session ends in (null: nothing), what it ended in before, and for how many seconds it
-- has been so.
create function postern.session_turn(p_practice uuid, p_session bytea)
returns table (turn bytea, turn_before bytea, age double precision)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select s.turn, s.turn_before, extract(epoch from clock_timestamp() - s.turned_at)::double precision
  from session s
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null
$$;

revoke all on function postern.session_turn(uuid, bytea) from public;
grant execute on function postern.session_turn(uuid, bytea) to :server_role;
