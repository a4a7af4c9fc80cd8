-- Uploads that can be gone on with (tus, https://tus.io/protocols/resumable-upload).
--
-- What is being sent, and what has come of it, is sealed under the key of the chart that it is for; the
-- names of its blobs stand in the clear, so that what was begun and never ended is removed without any key.
-- An upload is its sender's alone. What it will take counts from its beginning: nobody gets past the
-- practice's limit by beginning several at once.
create table postern.upload (
  practice_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  chart_id uuid not null,
  section smallint not null check (section between 1 and 5),
  key_version integer not null,
  version integer not null check (version > 0),
  length bigint not null check (length > 0),
  arrived bigint not null default 0 check (arrived between 0 and length),
  state text not null default 'open' check (state in ('open', 'done', 'kept-apart')),
  blobs uuid[] not null default '{}',
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  sealed bytea not null,
  primary key (practice_id, id)
);
create index upload_expiry on postern.upload (expires_at);

alter table postern.upload enable row level security;
alter table postern.upload force row level security;
create policy owner_only on postern.upload to current_user using (true) with check (true);
create policy practice_boundary on postern.upload as restrictive to :server_role
using (practice_id = (select postern.reach_practice()))
with check (practice_id = (select postern.reach_practice()));
create policy own_uploads on postern.upload to :server_role
using ((select postern.reach_keys()) && array['a/' || account_id::text])
with check ((select postern.reach_keys()) && array['a/' || account_id::text]);
grant select, insert, update, delete on postern.upload to :server_role;

-- What each practice keeps in blobs, counted as they come and go: nobody adds them up to take one more.
create table postern.file_use (
  practice_id uuid primary key,
  bytes bigint not null default 0,
  blobs bigint not null default 0
);
alter table postern.file_use enable row level security;
alter table postern.file_use force row level security;
create policy owner_only on postern.file_use to current_user using (true) with check (true);

create function postern.count_blobs() returns trigger
language plpgsql security definer set search_path = postern, pg_temp
as $$
begin
  insert into file_use as u (practice_id, bytes, blobs)
  select c.practice_id,
    case tg_op when 'INSERT' then sum(c.bytes) else -sum(c.bytes) end,
    case tg_op when 'INSERT' then count(*) else -count(*) end
  from changed c
  group by c.practice_id
  order by c.practice_id
  on conflict (practice_id) do update
  set bytes = u.bytes + excluded.bytes, blobs = u.blobs + excluded.blobs;
  return null;
end
$$;
create trigger blobs_come after insert on postern.blob
referencing new table as changed for each statement execute function postern.count_blobs();
create trigger blobs_go after delete on postern.blob
referencing old table as changed for each statement execute function postern.count_blobs();

-- How much the practice of this session keeps, and has promised to take. Whoever asks in a transaction waits
-- for the others of the practice who do, or who write files, so that what two of them begin counts for both.
create function postern.files_held(out bytes bigint, out files bigint, out own_uploads bigint)
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
end
$$;

-- Uploads whose time is over, taken away with the names of what lies in the store of them. Those that were
-- finished have given their blobs to a file.
create function postern.uploads_over() returns table (practice_id uuid, blobs uuid[])
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from upload u
  where u.expires_at <= clock_timestamp()
  returning u.practice_id, case when u.state = 'done' then '{}'::uuid[] else u.blobs end
$$;

revoke all on function postern.files_held(), postern.uploads_over(), postern.count_blobs() from public;
grant execute on function postern.files_held(), postern.uploads_over() to :server_role;

alter table postern.incident drop constraint incident_kind_check;
alter table postern.incident add constraint incident_kind_check
  check (kind in (
    'canary', 'refusals', 'break-glass', 'key-ring', 'damaged', 'passkey-copied', 'sign-in-burst',
    'malicious-file'));
