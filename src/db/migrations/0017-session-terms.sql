-- Terms of sessions and of the codes that open them: how whoever signed in proved who they are, on which
-- device, and to what an app was narrowed. JSON text, word for word as its MAC has it. And when the person
-- was last there: a session that was opened in the morning does not hand out roles in the evening without a
-- touch.
alter table postern.session
  add column terms text not null default '{}' check (octet_length(terms) <= 16384),
  add column fresh_at timestamptz,
  add column fresh_mac bytea;
alter table postern.signin_code
  add column terms text not null default '{}' check (octet_length(terms) <= 1024);

drop function postern.signin_put(bytea, uuid, timestamptz, bytea);
create function postern.signin_put(
  p_code_hash bytea, p_account uuid, p_expires timestamptz, p_terms text, p_mac bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from signin_code c where c.expires_at < clock_timestamp();
  insert into signin_code (code_hash, account_id, expires_at, terms, mac)
  values (p_code_hash, p_account, p_expires, p_terms, p_mac);
$$;

drop function postern.signin_take(bytea);
create function postern.signin_take(p_code_hash bytea)
returns table (account_id uuid, expires double precision, terms text, mac bytea)
language sql security definer set search_path = postern, pg_temp
as $$
  delete from signin_code c
  where c.code_hash = p_code_hash
    and c.expires_at > clock_timestamp()
    and not exists (
      select from account a where a.account_id = c.account_id and a.disabled_at is not null)
  returning c.account_id, extract(epoch from c.expires_at)::double precision, c.terms, c.mac
$$;

-- As in 0007, with terms.
create or replace function postern.session_open(p_payload text, p_signature bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
  disabled boolean;
begin
  if (reach_mac('session/' || p_payload) = p_signature) is not true then
    raise exception 'no session of ours' using errcode = '42501';
  end if;
  claim := p_payload::jsonb;
  select a.disabled_at is not null into disabled
  from account a
  where a.account_id = (claim ->> 'account')::uuid
  for share;
  if disabled then
    return false;
  end if;
  insert into session (
    practice_id, session_hash, account_id, system_role, purpose, client, expires_at, terms, mac)
  values (
    (claim ->> 'practice')::uuid,
    decode(claim ->> 'session', 'hex'),
    (claim ->> 'account')::uuid,
    claim ->> 'system',
    claim ->> 'purpose',
    claim ->> 'client',
    to_timestamp((claim ->> 'expires')::double precision),
    claim ->> 'terms',
    decode(claim ->> 'mac', 'hex'));
  return true;
end
$$;

-- Notes that the person was there: {practice, session, at (epoch seconds), mac}, signed with `fresh/`
-- before it. False for a session that is over.
create function postern.session_freshen(p_payload text, p_signature bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  claim jsonb;
begin
  if (reach_mac('fresh/' || p_payload) = p_signature) is not true then
    raise exception 'no touch of ours' using errcode = '42501';
  end if;
  claim := p_payload::jsonb;
  update session s
  set fresh_at = to_timestamp((claim ->> 'at')::double precision), fresh_mac = decode(claim ->> 'mac', 'hex')
  where s.practice_id = (claim ->> 'practice')::uuid
    and s.session_hash = decode(claim ->> 'session', 'hex')
    and s.ended_at is null
    and s.expires_at > clock_timestamp();
  return found;
end
$$;

create function postern.session_fresh(p_practice uuid, p_session bytea)
returns table (at double precision, mac bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select extract(epoch from s.fresh_at)::double precision, s.fresh_mac
  from session s
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null
    and s.fresh_at is not null
$$;

-- As in 0007, with terms.
create or replace function postern.session_admit(p_practice uuid, p_session bytea) returns jsonb
language sql stable security definer set search_path = postern, pg_temp
as $$
  select jsonb_build_object(
    'account', s.account_id,
    'system', s.system_role,
    'purpose', s.purpose,
    'client', s.client,
    'opened', extract(epoch from s.created_at),
    'expires', extract(epoch from s.expires_at),
    'terms', s.terms,
    'mac', encode(s.mac, 'hex'),
    'version', coalesce(m.version, 0),
    'now', extract(epoch from clock_timestamp()),
    'grants', coalesce((
      select jsonb_agg(jsonb_build_object(
        'grant', g.grant_id,
        'role', g.role,
        'chart', g.chart_id,
        'sections', g.sections,
        'starts', extract(epoch from g.starts_at),
        'ends', extract(epoch from g.ends_at),
        'under', g.given_under,
        'mac', encode(g.mac, 'hex')) order by g.grant_id)
      from access_grant g
      where g.practice_id = s.practice_id
        and g.account_id = s.account_id
        and g.ended_at is null
        and (g.ends_at is null or g.ends_at > clock_timestamp())), '[]'))
  from session s
    left join membership m on m.practice_id = s.practice_id and m.account_id = s.account_id
    left join account a on a.account_id = s.account_id
  where s.practice_id = p_practice
    and s.session_hash = p_session
    and s.ended_at is null
    and s.expires_at > clock_timestamp()
    and a.disabled_at is null
$$;

revoke all on function postern.signin_put(bytea, uuid, timestamptz, text, bytea), postern.signin_take(bytea),
  postern.session_freshen(text, bytea), postern.session_fresh(uuid, bytea) from public;
grant execute on function postern.signin_put(bytea, uuid, timestamptz, text, bytea),
  postern.signin_take(bytea), postern.session_freshen(text, bytea),
  postern.session_fresh(uuid, bytea) to :server_role;
