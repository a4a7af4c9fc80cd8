-- Apps that the operator registered, as the owner of a practice sees them: which its people have let in,
-- how many, and to what; and closed to the practice, where its owner wants it (ADR 0115).
--
-- Who uses which app is not the owner's to know. What a consent allows is therefore sealed a second time,
-- for the consent alone, so that it opens without saying whose it is; and few patients are not counted.
alter table postern.app_consent add column scope_key_version integer;
alter table postern.app_consent add column scope_sealed bytea;

create table postern.app_closed (
  practice_id uuid not null,
  client_id text not null,
  closed_at timestamptz not null default clock_timestamp(),
  primary key (practice_id, client_id)
);
alter table postern.app_closed enable row level security;
alter table postern.app_closed force row level security;
create policy owner_only on postern.app_closed to current_user using (true) with check (true);

drop function postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz, bytea);
create function postern.app_consent_put(
  p_practice uuid, p_consent uuid, p_account uuid, p_client text, p_chart uuid, p_key_version integer,
  p_sealed bytea, p_scope_key_version integer, p_scope_sealed bytea, p_ends timestamptz, p_session bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into app_consent (
    practice_id, consent_id, account_id, client_id, chart_id, key_version, sealed, scope_key_version,
    scope_sealed, ends_at, session_hash)
  values (
    p_practice, p_consent, p_account, p_client, p_chart, p_key_version, p_sealed, p_scope_key_version,
    p_scope_sealed, p_ends, p_session)
$$;

-- As before, and by nobody of a practice to which it is closed. Whoever closes it waits for those who let
-- it in just now, and they for whoever closes it.
create or replace function postern.consents_of_own_clients() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform from app_client c where c.client_id = new.client_id for share;
  if exists (
    select
    from app_client c
    where c.client_id = new.client_id
      and c.practice_id is not null
      and c.practice_id <> new.practice_id)
  or exists (
    select
    from app_closed c
    where c.practice_id = new.practice_id
      and c.client_id = new.client_id) then
    raise exception 'a client of another practice' using errcode = 'PT001';
  end if;
  return new;
end
$$;

-- Which clients are closed to a practice: people are not asked for those.
create function postern.app_clients_closed(p_practice uuid) returns table (client_id text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.client_id
  from app_closed c
  where c.practice_id = p_practice
$$;

-- The operator's clients that people of the session's practice have let in, or that are closed to it; for
-- who keeps its grants. Staff who act throughout the practice are counted; of the others, who act for
-- themselves or for a patient, fewer than five are null. What was allowed: of the two hundred newest
-- consents, without whose they are.
create function postern.app_clients_let_in()
returns table (
  client_id text, key_version integer, sealed bytea, closed_at timestamptz, staff integer, others integer,
  consents uuid[], scope_key_versions integer[], scopes bytea[])
language sql stable security definer set search_path = postern, pg_temp
as $$
  with here as (
    select c.client_id, c.consent_id, c.account_id, c.scope_key_version, c.scope_sealed,
      row_number() over (partition by c.client_id order by c.made_at desc, c.consent_id) as place,
      exists (
        select
        from access_grant g
        where g.practice_id = c.practice_id
          and g.account_id = c.account_id
          and g.chart_id is null
          and g.ended_at is null
          and (g.ends_at is null or g.ends_at > clock_timestamp()))
      and not exists (
        select
        from access_grant g
        where g.practice_id = c.practice_id
          and g.account_id = c.account_id
          and g.chart_id = c.chart_id) as works
    from app_consent c
    where c.practice_id = reach_practice()
      and reach_keys() && array['g/' || c.practice_id::text]
      and c.ended_at is null
      and c.ends_at > clock_timestamp()),
  counted as (
    select h.client_id,
      (count(distinct h.account_id) filter (where h.works))::integer as staff,
      (count(distinct h.account_id) filter (where not h.works))::integer as others,
      array_agg(h.consent_id order by h.consent_id)
        filter (where h.place <= 200 and h.scope_sealed is not null) as consents,
      array_agg(h.scope_key_version order by h.consent_id)
        filter (where h.place <= 200 and h.scope_sealed is not null) as scope_key_versions,
      array_agg(h.scope_sealed order by h.consent_id)
        filter (where h.place <= 200 and h.scope_sealed is not null) as scopes
    from here h
    group by h.client_id),
  closed as (
    select c.client_id, c.closed_at
    from app_closed c
    where c.practice_id = reach_practice()
      and reach_keys() && array['g/' || c.practice_id::text])
  select a.client_id, a.key_version, a.sealed, d.closed_at, coalesce(n.staff, 0),
    case when coalesce(n.others, 0) between 1 and 4 then null else coalesce(n.others, 0) end,
    coalesce(n.consents, '{}'), coalesce(n.scope_key_versions, '{}'), coalesce(n.scopes, '{}')
  from app_client a
    left join counted n on n.client_id = a.client_id
    left join closed d on d.client_id = a.client_id
  where a.practice_id is null
    and a.ended_at is null
    and (n.client_id is not null or d.client_id is not null)
  order by a.made_at desc, a.client_id
$$;

-- Closes a client of the operator's to the practice of the session, with all that its people let it have,
-- at once; false where it is closed already, or is none.
create function postern.app_client_close(p_client text) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_practice uuid := reach_practice();
begin
  perform
  from app_client c
  where c.client_id = p_client
    and c.practice_id is null
    and c.ended_at is null
    and reach_keys() && array['g/' || v_practice::text]
  for update;
  if not found then
    return false;
  end if;
  insert into app_closed (practice_id, client_id)
  values (v_practice, p_client)
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform app_consent_lapse(c.practice_id, c.consent_id)
  from app_consent c
  where c.practice_id = v_practice
    and c.client_id = p_client
    and c.ended_at is null;
  return true;
end
$$;

-- Lets the people of the practice of the session decide again; false where it is not closed.
create function postern.app_client_reopen(p_client text) returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with gone as (
    delete from app_closed c
    where c.practice_id = reach_practice()
      and c.client_id = p_client
      and reach_keys() && array['g/' || reach_practice()::text]
    returning 1)
  select exists (select from gone)
$$;

revoke all on function
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, integer, bytea, timestamptz, bytea),
  postern.app_clients_closed(uuid), postern.app_clients_let_in(), postern.app_client_close(text),
  postern.app_client_reopen(text) from public;
grant execute on function
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, integer, bytea, timestamptz, bytea),
  postern.app_clients_closed(uuid), postern.app_clients_let_in(), postern.app_client_close(text),
  postern.app_client_reopen(text) to :server_role;
