-- SMART Health Links: what a patient sends on to somebody who has no account here.
--
-- What goes out is sealed twice: under the key of the link, which is in the link and nowhere else, and under
-- the key of the chart and section that it comes from, which goes with the chart. Of the address of a link
-- its digest stands here. A row counts only with its MAC, and says who made it: at each opening a session of
-- theirs is admitted, with their grants as they are then. Nobody reaches the tables but through these
-- functions; those that are for no session find what they do by a digest of 256 random bits, or by the id of
-- a link that was found so.
create table postern.link (
  practice_id uuid not null,
  id uuid not null,
  address_hash bytea not null check (octet_length(address_hash) = 32),
  account_id uuid not null,
  chart_id uuid not null,
  -- Where its label is sealed.
  section smallint not null check (section between 1 and 3),
  key_version integer not null,
  sealed bytea not null,
  -- A MAC of the passcode, under a key that the database does not hold.
  passcode bytea check (octet_length(passcode) = 32),
  mac bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  most integer check (most > 0),
  opened integer not null default 0 check (opened >= 0),
  first_at timestamptz,
  last_at timestamptz,
  -- Wrong passcodes in the life of the link.
  failures integer not null default 0 check (failures >= 0),
  ended_at timestamptz,
  ended_why text check (ended_why in ('revoked', 'reach', 'passcode')),
  check ((ended_at is null) = (ended_why is null)),
  primary key (practice_id, id),
  unique (practice_id, address_hash)
);
create index link_chart on postern.link (practice_id, chart_id);
create index link_expiry on postern.link (expires_at);

-- One file of a link: its key, and what is known of it, are sealed as those of a Binary are.
create table postern.link_file (
  practice_id uuid not null,
  id uuid not null,
  link_id uuid not null,
  place integer not null,
  chart_id uuid not null,
  section smallint not null check (section between 1 and 3),
  key_version integer not null,
  sealed bytea not null,
  blobs uuid[] not null,
  primary key (practice_id, id)
);
create index link_file_link on postern.link_file (practice_id, link_id, place);

-- Where a file of an opened link can be fetched, once and soon.
create table postern.link_ticket (
  practice_id uuid not null,
  ticket_hash bytea not null check (octet_length(ticket_hash) = 32),
  link_id uuid not null,
  file_id uuid not null,
  expires_at timestamptz not null,
  primary key (practice_id, ticket_hash)
);
create index link_ticket_expiry on postern.link_ticket (expires_at);

do $$
declare
  tenant text;
begin
  foreach tenant in array array['link', 'link_file', 'link_ticket'] loop
    execute format('alter table postern.%I enable row level security', tenant);
    execute format('alter table postern.%I force row level security', tenant);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', tenant);
  end loop;
end
$$;

-- Keeps a new link of whoever asks; false where as many of theirs stand as may.
create function postern.link_put(
  p_id uuid, p_address bytea, p_account uuid, p_chart uuid, p_section smallint, p_key_version integer,
  p_sealed bytea, p_passcode bytea, p_mac bytea, p_most integer, p_expires timestamptz, p_at_once integer)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if (reach_keys() && array['a/' || p_account::text]) is not true then
    raise exception 'no session of the maker' using errcode = 'PT001';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('postern.link.' || p_account::text, 0));
  if (
    select count(*)
    from link l
    where l.practice_id = reach_practice()
      and l.account_id = p_account
      and l.ended_at is null
      and l.expires_at > clock_timestamp()) >= p_at_once then
    return false;
  end if;
  insert into link (
    practice_id, id, address_hash, account_id, chart_id, section, key_version, sealed, passcode, mac, most,
    expires_at)
  values (
    reach_practice(), p_id, p_address, p_account, p_chart, p_section, p_key_version, p_sealed, p_passcode,
    p_mac, p_most, p_expires);
  return true;
end
$$;

-- Adds a file to a link of whoever asks, in the transaction that makes it.
create function postern.link_file_put(
  p_id uuid, p_link uuid, p_place integer, p_section smallint, p_key_version integer, p_sealed bytea,
  p_blobs uuid[]) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into link_file (practice_id, id, link_id, place, chart_id, section, key_version, sealed, blobs)
  select l.practice_id, p_id, l.id, p_place, l.chart_id, p_section, p_key_version, p_sealed, p_blobs
  from link l
  where l.practice_id = reach_practice()
    and l.id = p_link
    and l.xmin = pg_current_xact_id()::xid
    and reach_keys() && array['a/' || l.account_id::text]
$$;

-- One's own links, and those to charts whose access lines one may see, the newest first.
create function postern.link_list(p_chart uuid)
returns table (
  id uuid, account_id uuid, chart_id uuid, section smallint, key_version integer, sealed bytea,
  guarded boolean, made_at timestamptz, expires_at timestamptz, most integer, opened integer,
  first_at timestamptz, last_at timestamptz, ended_at timestamptz, ended_why text, files integer)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select l.id, l.account_id, l.chart_id, l.section, l.key_version, l.sealed, l.passcode is not null,
    l.made_at, l.expires_at, l.most, l.opened, l.first_at, l.last_at, l.ended_at, l.ended_why,
    (select count(*)::integer
     from link_file f
     where f.practice_id = l.practice_id and f.link_id = l.id)
  from link l
  where l.practice_id = reach_practice()
    and l.chart_id = p_chart
    and reach_keys() && array['a/' || l.account_id::text, 'l/' || l.chart_id::text]
  order by l.made_at desc, l.id
  limit 200
$$;

-- Ends one of those at once; null where there is none that stands.
create function postern.link_revoke(p_link uuid) returns uuid
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with over as (
    update link l
    set ended_at = clock_timestamp(), ended_why = 'revoked'
    where l.practice_id = reach_practice()
      and l.id = p_link
      and l.ended_at is null
      and reach_keys() && array['a/' || l.account_id::text, 'l/' || l.chart_id::text]
    returning l.chart_id)
  select o.chart_id from over o
$$;

-- For no session, by its address: one that can be opened.
create function postern.link_find(p_practice uuid, p_address bytea)
returns table (
  id uuid, address_hash bytea, account_id uuid, chart_id uuid, section smallint, passcode bytea, mac bytea,
  most integer, expires_at timestamptz, failures integer)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select l.id, l.address_hash, l.account_id, l.chart_id, l.section, l.passcode, l.mac, l.most, l.expires_at,
    l.failures
  from link l
  where l.practice_id = p_practice
    and l.address_hash = p_address
    and l.ended_at is null
    and l.expires_at > clock_timestamp()
    and (l.most is null or l.opened < l.most)
$$;

create function postern.link_files(p_practice uuid, p_link uuid)
returns table (id uuid, chart_id uuid, section smallint, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select f.id, f.chart_id, f.section, f.key_version, f.sealed
  from link_file f
  where f.practice_id = p_practice
    and f.link_id = p_link
  order by f.place
$$;

-- Counts an opening, or a wrong passcode; whatever comes at once comes one after the other. 'ok' and 'first'
-- for an opening that may be; 'wrong' with how many more may be; null where it can be opened no more.
create function postern.link_take(
  p_practice uuid, p_link uuid, p_right boolean, p_tries integer, out outcome text, out remaining integer)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  found_link link;
begin
  select * into found_link
  from link l
  where l.practice_id = p_practice
    and l.id = p_link
    and l.ended_at is null
    and l.expires_at > clock_timestamp()
    and (l.most is null or l.opened < l.most)
    and l.failures < p_tries
  for update;
  if not found then
    return;
  end if;
  remaining := p_tries - found_link.failures;
  if p_right then
    outcome := case when found_link.opened = 0 then 'first' else 'ok' end;
    update link l
    set opened = l.opened + 1, first_at = coalesce(l.first_at, clock_timestamp()), last_at = clock_timestamp()
    where l.practice_id = p_practice and l.id = p_link;
    return;
  end if;
  outcome := 'wrong';
  remaining := remaining - 1;
  update link l
  set failures = l.failures + 1,
    ended_at = case when remaining = 0 then clock_timestamp() end,
    ended_why = case when remaining = 0 then 'passcode' end
  where l.practice_id = p_practice and l.id = p_link;
end
$$;

-- Ends a link whose maker may no longer pass on what it holds.
create function postern.link_over(p_practice uuid, p_link uuid) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update link l
  set ended_at = clock_timestamp(), ended_why = 'reach'
  where l.practice_id = p_practice
    and l.id = p_link
    and l.ended_at is null
$$;

create function postern.link_ticket_put(
  p_practice uuid, p_ticket bytea, p_link uuid, p_file uuid, p_expires timestamptz) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into link_ticket (practice_id, ticket_hash, link_id, file_id, expires_at)
  values (p_practice, p_ticket, p_link, p_file, p_expires)
$$;

-- Uses a ticket up: the link that it belongs to, where that is not over, and the file.
create function postern.link_ticket_take(p_practice uuid, p_ticket bytea)
returns table (
  id uuid, address_hash bytea, account_id uuid, chart_id uuid, section smallint, passcode bytea, mac bytea,
  most integer, expires_at timestamptz, failures integer, file_id uuid)
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with used as (
    delete from link_ticket t
    where t.practice_id = p_practice
      and t.ticket_hash = p_ticket
      and t.expires_at > clock_timestamp()
    returning t.practice_id, t.link_id, t.file_id)
  select l.id, l.address_hash, l.account_id, l.chart_id, l.section, l.passcode, l.mac, l.most, l.expires_at,
    l.failures, u.file_id
  from used u
    join link l on l.practice_id = u.practice_id and l.id = u.link_id
  where l.ended_at is null
    and l.expires_at > clock_timestamp()
$$;

-- Takes away the files of links that are over, with the names of what lies in the store of them, tickets that
-- were not used, and links that were over a month ago.
create function postern.link_sweep() returns table (practice_id uuid, blobs uuid[])
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from link_ticket t where t.expires_at <= clock_timestamp();
  delete from link l
  where least(l.ended_at, l.expires_at) < clock_timestamp() - interval '30 days'
    and not exists (
      select from link_file f where f.practice_id = l.practice_id and f.link_id = l.id);
  delete from link_file f
  using link l
  where l.practice_id = f.practice_id
    and l.id = f.link_id
    and (l.ended_at is not null or l.expires_at <= clock_timestamp())
    -- What was opened before it was over may still be fetched, unless it was ended.
    and not exists (
      select from link_ticket t where t.practice_id = f.practice_id and t.link_id = f.link_id)
  returning f.practice_id, f.blobs;
$$;

revoke all on function
  postern.link_put(
    uuid, bytea, uuid, uuid, smallint, integer, bytea, bytea, bytea, integer, timestamptz, integer),
  postern.link_file_put(uuid, uuid, integer, smallint, integer, bytea, uuid[]),
  postern.link_list(uuid), postern.link_revoke(uuid), postern.link_find(uuid, bytea),
  postern.link_files(uuid, uuid), postern.link_take(uuid, uuid, boolean, integer),
  postern.link_over(uuid, uuid), postern.link_ticket_put(uuid, bytea, uuid, uuid, timestamptz),
  postern.link_ticket_take(uuid, bytea), postern.link_sweep() from public;
grant execute on function
  postern.link_put(
    uuid, bytea, uuid, uuid, smallint, integer, bytea, bytea, bytea, integer, timestamptz, integer),
  postern.link_file_put(uuid, uuid, integer, smallint, integer, bytea, uuid[]),
  postern.link_list(uuid), postern.link_revoke(uuid), postern.link_find(uuid, bytea),
  postern.link_files(uuid, uuid), postern.link_take(uuid, uuid, boolean, integer),
  postern.link_over(uuid, uuid), postern.link_ticket_put(uuid, bytea, uuid, uuid, timestamptz),
  postern.link_ticket_take(uuid, bytea), postern.link_sweep() to :server_role;
