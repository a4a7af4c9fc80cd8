-- Chart keys, resources and their earlier versions.
--
-- A resource is one sealed row; an update copies the standing row to resource_version first. A deletion is a
-- version whose content is empty, sealed like any other: one that was only marked here does not open. Rows
-- with section 6 (practice) or without a chart belong to the practice itself; their key is filed under the
-- practice's own id. Psychotherapy (5) is the author's alone, in rows as in keys.
create table postern.chart_key (
  practice_id uuid not null,
  chart_id uuid not null,
  section smallint not null,
  author uuid not null default '00000000-0000-0000-0000-000000000000',
  version integer not null default 1,
  practice_key_version integer not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (practice_id, chart_id, section, author, version)
);

create table postern.resource (
  practice_id uuid not null,
  id uuid not null,
  chart_id uuid,
  section smallint not null check (section between 0 and 6),
  type text not null,
  version integer not null check (version > 0),
  at timestamptz,
  at_end timestamptz,
  updated_at timestamptz not null,
  author uuid not null,
  key_version integer not null,
  classifier_version smallint not null,
  deleted boolean not null default false,
  sealed bytea not null,
  primary key (practice_id, id)
);
create index resource_chart on postern.resource (practice_id, chart_id, type, at desc);
create index resource_type on postern.resource (practice_id, type, updated_at desc);
-- The newest of a type, section by section, so that every row along it is in reach.
create index resource_newest on postern.resource (practice_id, type, section, at desc, id desc)
  where not deleted and at is not null;

create table postern.resource_version (
  like postern.resource including defaults including constraints,
  primary key (practice_id, id, version)
);

alter table postern.resource alter column sealed set storage external;
alter table postern.resource_version alter column sealed set storage external;

-- What came in by import, so that a second run changes nothing: a keyed digest of each source resource.
create table postern.import_entry (
  practice_id uuid not null,
  id uuid not null,
  digest bytea not null,
  primary key (practice_id, id)
);

do $$
declare
  tenant text;
begin
  foreach tenant in array array['chart_key', 'resource', 'resource_version', 'import_entry'] loop
    execute format('alter table postern.%I enable row level security', tenant);
    execute format('alter table postern.%I force row level security', tenant);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', tenant);
    execute format(
      'create policy practice_boundary on postern.%I as restrictive to :server_role
         using (practice_id = (select postern.reach_practice()))
         with check (practice_id = (select postern.reach_practice()))', tenant);
  end loop;

  foreach tenant in array array['resource', 'resource_version'] loop
    execute format($policy$
      create policy reach_read on postern.%I for select to :server_role
      using ((select postern.reach_keys()) && postern.keys_of(
        case when type = 'Binary' then 'o' else 'r' end, practice_id, chart_id, section, author))
      $policy$, tenant);
    execute format($policy$
      create policy reach_insert on postern.%I for insert to :server_role
      with check ((select postern.reach_keys()) && postern.keys_of(
        'w', practice_id, chart_id, section, author))
      $policy$, tenant);
    execute format($policy$
      create policy reach_update on postern.%I for update to :server_role
      using ((select postern.reach_keys()) && postern.keys_of(
        'w', practice_id, chart_id, section, author))
      with check ((select postern.reach_keys()) && postern.keys_of(
        'w', practice_id, chart_id, section, author))
      $policy$, tenant);
  end loop;
end
$$;

-- A chart's key may be fetched by whoever reads, writes or opens that section of that chart. The practice's
-- own keys are filed under the practice's id, so they go by the keys for all charts.
create policy reach_read on postern.chart_key for select to :server_role
using ((select postern.reach_keys()) && postern.keys_of('k', practice_id, chart_id, section, author));
create policy reach_insert on postern.chart_key for insert to :server_role
with check ((select postern.reach_keys()) && postern.keys_of('w', practice_id, chart_id, section, author));
create policy housekeeping on postern.import_entry to :server_role
using ((select postern.reach_keys()) && array['s/' || practice_id::text])
with check ((select postern.reach_keys()) && array['s/' || practice_id::text]);

grant select, insert on postern.chart_key to :server_role;
grant select, insert, update on postern.resource to :server_role;
grant select, insert, update on postern.resource_version to :server_role;
grant select, insert, update on postern.import_entry to :server_role;
