-- What a practice sets about its files, room that is taken before a file comes, files that are kept apart,
-- and Binaries that an import brings anew.
--
-- Rules stand beside the settings of 0020 and like them under a MAC of the practice's key, one row a subject.
create table postern.practice_rule (
  practice_id uuid not null,
  name text not null check (name in ('files', 'retention')),
  version integer not null check (version > 0),
  content text not null,
  mac bytea not null,
  set_at timestamptz not null default clock_timestamp(),
  primary key (practice_id, name)
);
alter table postern.practice_rule enable row level security;
alter table postern.practice_rule force row level security;
create policy owner_only on postern.practice_rule to current_user using (true) with check (true);

create function postern.practice_rules(p_practice uuid, p_name text)
returns table (version integer, content text, mac bytea, set_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.version, r.content, r.mac, r.set_at
  from practice_rule r
  where r.practice_id = p_practice
    and r.name = p_name
$$;

-- False where another version came in between.
create function postern.practice_rules_put(p_name text, p_version integer, p_content text, p_mac bytea)
returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  insert into practice_rule as r (practice_id, name, version, content, mac)
  select reach_practice(), p_name, p_version, p_content, p_mac
  where reach_keys() && array['g/' || reach_practice()::text]
  on conflict (practice_id, name) do update
  set version = excluded.version, content = excluded.content, mac = excluded.mac, set_at = clock_timestamp()
  where r.version = excluded.version - 1
  returning true
$$;

-- Room for what comes in one request, taken before its first byte is kept and given back with its end. What a
-- killed server leaves ends by itself.
create table postern.file_promise (
  practice_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  bytes bigint not null check (bytes >= 0),
  expires_at timestamptz not null,
  primary key (practice_id, id)
);
create index file_promise_expiry on postern.file_promise (expires_at);
alter table postern.file_promise enable row level security;
alter table postern.file_promise force row level security;
create policy owner_only on postern.file_promise to current_user using (true) with check (true);
create policy practice_boundary on postern.file_promise as restrictive to :server_role
using (practice_id = (select postern.reach_practice()))
with check (practice_id = (select postern.reach_practice()));
create policy own_promises on postern.file_promise to :server_role
using ((select postern.reach_keys()) && array['a/' || account_id::text])
with check ((select postern.reach_keys()) && array['a/' || account_id::text]);
grant select, insert, update, delete on postern.file_promise to :server_role;

create or replace function postern.files_held(out bytes bigint, out files bigint, out own_uploads bigint)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
begin
  insert into file_use (practice_id) values (practice) on conflict do nothing;
  select u.bytes, u.blobs into bytes, files
  from file_use u where u.practice_id = practice for update;
  select bytes + coalesce(sum(u.length), 0), files + count(*),
    count(*) filter (where reach_keys() && array['a/' || u.account_id::text])
  into bytes, files, own_uploads
  from upload u where u.practice_id = practice and u.state = 'open' and u.expires_at > clock_timestamp();
  delete from file_promise p where p.practice_id = practice and p.expires_at <= clock_timestamp();
  select files_held.bytes + coalesce(sum(p.bytes), 0), files + count(*)
  into bytes, files
  from file_promise p where p.practice_id = practice;
end
$$;

-- What a scanner has found stays with its upload, sealed, for as long as `expires_at` says. Who keeps the
-- practice's staff or sees its access log is told of it: by whom, when and for whose chart, and what the
-- scanner said, which is sealed under the practice's own key.
alter table postern.upload add column apart_at timestamptz;
alter table postern.upload add column finding bytea;
create index upload_apart on postern.upload (practice_id, apart_at) where state = 'kept-apart';

create function postern.files_apart()
returns table (
  id uuid, account_id uuid, chart_id uuid, section smallint, length bigint, apart_at timestamptz,
  expires_at timestamptz, finding bytea, incident_id uuid)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select u.id, u.account_id, u.chart_id, u.section, u.length, u.apart_at, u.expires_at, u.finding, (
      select i.id
      from incident i
      where i.practice_id = u.practice_id
        and i.kind = 'malicious-file'
        and i.account_id = u.account_id
        and i.chart_id = u.chart_id
        and i.at between u.apart_at - interval '1 minute' and u.apart_at + interval '1 minute'
      order by abs(extract(epoch from i.at - u.apart_at))
      limit 1)
  from upload u
  where u.practice_id = reach_practice()
    and u.state = 'kept-apart'
    and u.expires_at > clock_timestamp()
    and reach_keys() && array['g/' || u.practice_id::text, 's/' || u.practice_id::text]
  order by u.apart_at desc, u.id
  limit 500
$$;

-- Takes it away for good, with the names of what lies in the store of it.
create function postern.file_apart_remove(p_id uuid) returns uuid[]
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from upload u
  where u.practice_id = reach_practice()
    and u.id = p_id
    and u.state = 'kept-apart'
    and reach_keys() && array['g/' || u.practice_id::text]
  returning u.blobs
$$;

-- For the job that looks at it once more. The row stays locked until that has ended.
create function postern.file_apart(p_id uuid)
returns table (
  id uuid, account_id uuid, chart_id uuid, section smallint, key_version integer, version integer,
  length bigint, arrived bigint, state text, expires_at timestamptz, sealed bytea)
language sql volatile security definer set search_path = postern, pg_temp
as $$
  select u.id, u.account_id, u.chart_id, u.section, u.key_version, u.version, u.length, u.arrived, u.state,
    u.expires_at, u.sealed
  from upload u
  where u.practice_id = reach_practice()
    and u.id = p_id
    and u.state = 'kept-apart'
    and u.expires_at > clock_timestamp()
    and reach_keys() && array['s/' || u.practice_id::text]
$$;

-- That it was filed after all; false where it was removed meanwhile.
create function postern.file_apart_filed(p_id uuid) returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update upload u
  set state = 'done'
  where u.practice_id = reach_practice()
    and u.id = p_id
    and u.state = 'kept-apart'
    and u.expires_at > clock_timestamp()
    and reach_keys() && array['s/' || u.practice_id::text]
  returning true
$$;

-- Who imports opens no files, and so sees no rows of them. Where those stand that it brought itself:
create function postern.import_files_standing(p_ids uuid[])
returns table (
  id uuid, type text, chart_id uuid, section smallint, version integer, deleted boolean, author uuid)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.id, r.type, r.chart_id, r.section, r.version, r.deleted, r.author
  from resource r
    join import_entry e on e.practice_id = r.practice_id and e.id = r.id
  where r.practice_id = reach_practice()
    and r.id = any(p_ids)
    and r.type = 'Binary'
    and reach_keys() && array['s/' || r.practice_id::text]
    and reach_keys() && keys_of('w', r.practice_id, r.chart_id, r.section, r.author)
$$;

-- A new version of one of them, in the same chart and section: what stood becomes an earlier version, unread.
-- False where it has moved on meanwhile.
create function postern.import_file_put(
  p_id uuid, p_version integer, p_updated_at timestamptz, p_author uuid, p_key_version integer,
  p_classifier_version integer, p_sealed bytea, p_file bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  stands resource;
begin
  select r.* into stands
  from resource r
    join import_entry e on e.practice_id = r.practice_id and e.id = r.id
  where r.practice_id = reach_practice()
    and r.id = p_id
    and r.version = p_version - 1
    and r.type = 'Binary'
    and reach_keys() && array['s/' || r.practice_id::text]
    and reach_keys() && keys_of('w', r.practice_id, r.chart_id, r.section, r.author)
  for update of r;
  if stands.id is null then
    return false;
  end if;
  insert into resource_version (
    practice_id, id, chart_id, section, type, version, at, at_end, updated_at, author, key_version,
    classifier_version, deleted, withheld, sealed, file)
  values (
    stands.practice_id, stands.id, stands.chart_id, stands.section, stands.type, stands.version, stands.at,
    stands.at_end, stands.updated_at, stands.author, stands.key_version, stands.classifier_version,
    stands.deleted, stands.withheld, stands.sealed, stands.file);
  update resource r
  set version = p_version, updated_at = p_updated_at, author = p_author, key_version = p_key_version,
    classifier_version = p_classifier_version, deleted = false, sealed = p_sealed, file = p_file
  where r.practice_id = stands.practice_id
    and r.id = p_id;
  return true;
end
$$;

revoke all on function postern.practice_rules(uuid, text),
  postern.practice_rules_put(text, integer, text, bytea), postern.files_apart(),
  postern.file_apart_remove(uuid), postern.file_apart(uuid), postern.file_apart_filed(uuid),
  postern.import_files_standing(uuid[]),
  postern.import_file_put(uuid, integer, timestamptz, uuid, integer, integer, bytea, bytea) from public;
grant execute on function postern.practice_rules(uuid, text),
  postern.practice_rules_put(text, integer, text, bytea), postern.files_apart(),
  postern.file_apart_remove(uuid), postern.file_apart(uuid), postern.file_apart_filed(uuid),
  postern.import_files_standing(uuid[]),
  postern.import_file_put(uuid, integer, timestamptz, uuid, integer, integer, bytea, bytea) to :server_role;
