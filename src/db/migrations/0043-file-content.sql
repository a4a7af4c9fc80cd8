-- The content of files.
--
-- A Binary's row says what a file is; its content lies in a store of blobs, in stretches under random names,
-- each sealed under the file's own key. That key, the names and the digest of the whole are sealed beside the
-- row, in `file`, under the chart's key, and go with it through versions and sections.
alter table postern.resource add column file bytea;
alter table postern.resource_version add column file bytea;

-- The blobs that a file, an upload or a preview has in the store, so that those that nobody names any more
-- are found without any key, and those of a shredded chart with them. Section and author are where it was
-- written first: whoever writes there may note a blob. Only the practice's own upkeep sees them, and so
-- forgets them.
create table postern.blob (
  practice_id uuid not null,
  id uuid not null,
  chart_id uuid,
  section smallint not null check (section between 0 and 6),
  author uuid not null,
  file_id uuid not null,
  bytes bigint not null check (bytes > 0),
  made_at timestamptz not null default now(),
  primary key (practice_id, id)
);
create index blob_file on postern.blob (practice_id, file_id);
create index blob_chart on postern.blob (practice_id, chart_id);

alter table postern.blob enable row level security;
alter table postern.blob force row level security;
create policy owner_only on postern.blob to current_user using (true) with check (true);
create policy practice_boundary on postern.blob as restrictive to :server_role
using (practice_id = (select postern.reach_practice()))
with check (practice_id = (select postern.reach_practice()));
create policy reach_insert on postern.blob for insert to :server_role
with check ((select postern.reach_keys()) && postern.keys_of('w', practice_id, chart_id, section, author));
create policy housekeeping on postern.blob for select to :server_role
using ((select postern.reach_keys()) && array['s/' || practice_id::text]);
create policy forgetting on postern.blob for delete to :server_role
using ((select postern.reach_keys()) && postern.keys_of('w', practice_id, chart_id, section, author));

grant select, insert, delete on postern.blob to :server_role;
