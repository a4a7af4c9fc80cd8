-- What a practice sets for itself, offers of access from one person to another, owners, and what the daily
-- work has done.
--
-- Settings and offers carry a MAC under the practice's key, which this database does not hold: a row that is
-- written or changed here by hand sets nothing and opens nothing. All of it is owner-only.
create table postern.practice_setting (
  practice_id uuid not null primary key,
  version integer not null check (version > 0),
  content text not null,
  mac bytea not null,
  set_at timestamptz not null default clock_timestamp()
);

-- Found by a MAC of its code, so that the code can be neither read nor guessed from here. What it offers is
-- under a second MAC; under: the giver's grants that must still stand when somebody takes it.
create table postern.family_offer (
  practice_id uuid not null,
  offer_id uuid not null,
  code_mac bytea not null,
  given_by uuid not null,
  chart_id uuid not null,
  content text not null,
  mac bytea not null,
  expires_at timestamptz not null,
  primary key (practice_id, offer_id),
  unique (practice_id, code_mac)
);
create index family_offer_giver on postern.family_offer (practice_id, given_by);

-- When work that is done now and then was last done whole, by its name.
create table postern.upkeep_run (
  practice_id uuid not null,
  name text not null,
  ran_at timestamptz not null,
  primary key (practice_id, name)
);

-- When somebody last did something in a practice: grants are reviewed by it.
create index access_line_account on postern.access_line (practice_id, account_id, at desc);

do $$
declare
  name text;
begin
  foreach name in array array['practice_setting', 'family_offer', 'upkeep_run'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

create function postern.practice_settings(p_practice uuid)
returns table (version integer, content text, mac bytea, set_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select s.version, s.content, s.mac, s.set_at
  from practice_setting s
  where s.practice_id = p_practice
$$;

-- False where another version came in between.
create function postern.practice_settings_put(p_version integer, p_content text, p_mac bytea) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  insert into practice_setting as s (practice_id, version, content, mac)
  select reach_practice(), p_version, p_content, p_mac
  where reach_practice() is not null
  on conflict (practice_id) do update
  set version = excluded.version, content = excluded.content, mac = excluded.mac, set_at = clock_timestamp()
  where s.version = excluded.version - 1
  returning true
$$;

-- The owners of the session's practice who can act and whose grant has no end. They stay as they are until
-- the transaction is over, so that two who end one another's cannot leave the practice without any.
create function postern.owners_standing() returns table (grant_id uuid)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform 1
  from access_grant g
  where g.practice_id = reach_practice()
    and g.role = 'owner'
    and g.ended_at is null
  order by g.grant_id
  for update;
  return query
  select g.grant_id
  from access_grant g
    join account a on a.account_id = g.account_id
  where g.practice_id = reach_practice()
    and g.role = 'owner'
    and g.ended_at is null
    and g.ends_at is null
    and g.starts_at <= clock_timestamp()
    and a.disabled_at is null;
end
$$;

-- One that stands in the session's practice, of its own account.
create function postern.family_offer_put(
  p_offer uuid, p_code_mac bytea, p_chart uuid, p_content text, p_mac bytea, p_by uuid, p_expires timestamptz)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.expires_at < clock_timestamp();
  insert into family_offer (
    practice_id, offer_id, code_mac, given_by, chart_id, content, mac, expires_at)
  select reach_practice(), p_offer, p_code_mac, p_by, p_chart, p_content, p_mac, p_expires
  where reach_keys() && array['a/' || p_by::text];
$$;

-- Takes the offer of a code, which works once.
create function postern.family_offer_take(p_code_mac bytea)
returns table (offer_id uuid, given_by uuid, chart_id uuid, content text, mac bytea, expires timestamptz)
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.code_mac = p_code_mac
    and o.expires_at > clock_timestamp()
  returning o.offer_id, o.given_by, o.chart_id, o.content, o.mac, o.expires_at
$$;

-- Those that the session's own account made and nobody has taken.
create function postern.family_offer_list()
returns table (offer_id uuid, chart_id uuid, content text, mac bytea, expires timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select o.offer_id, o.chart_id, o.content, o.mac, o.expires_at
  from family_offer o
  where o.practice_id = reach_practice()
    and reach_keys() && array['a/' || o.given_by::text]
    and o.expires_at > clock_timestamp()
  order by o.expires_at, o.offer_id
$$;

create function postern.family_offer_end(p_offer uuid) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.offer_id = p_offer
    and reach_keys() && array['a/' || o.given_by::text]
  returning true
$$;

-- Of somebody who leaves; for who may review every grant of the practice.
create function postern.family_offers_end(p_account uuid) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.given_by = p_account
    and reach_keys() && array['g/' || o.practice_id::text]
$$;

-- For work without a person, in its own session.
create function postern.upkeep_ran(p_name text) returns timestamptz
language sql stable security definer set search_path = postern, pg_temp
as $$
  select u.ran_at
  from upkeep_run u
  where u.practice_id = reach_practice()
    and u.name = p_name
$$;

create function postern.upkeep_note(p_name text, p_at timestamptz) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into upkeep_run as u (practice_id, name, ran_at)
  select reach_practice(), p_name, p_at
  where reach_keys() && array['s/' || reach_practice()::text]
  on conflict (practice_id, name) do update set ran_at = greatest(u.ran_at, excluded.ran_at)
$$;

revoke all on function postern.practice_settings(uuid),
  postern.practice_settings_put(integer, text, bytea), postern.owners_standing(),
  postern.family_offer_put(uuid, bytea, uuid, text, bytea, uuid, timestamptz),
  postern.family_offer_take(bytea), postern.family_offer_list(), postern.family_offer_end(uuid),
  postern.family_offers_end(uuid), postern.upkeep_ran(text),
  postern.upkeep_note(text, timestamptz) from public;
grant execute on function postern.practice_settings(uuid),
  postern.practice_settings_put(integer, text, bytea), postern.owners_standing(),
  postern.family_offer_put(uuid, bytea, uuid, text, bytea, uuid, timestamptz),
  postern.family_offer_take(bytea), postern.family_offer_list(), postern.family_offer_end(uuid),
  postern.family_offers_end(uuid), postern.upkeep_ran(text),
  postern.upkeep_note(text, timestamptz) to :server_role;
