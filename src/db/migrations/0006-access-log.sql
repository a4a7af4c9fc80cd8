-- The access log: one line per answer, durable before anything is released.
--
-- The server role may insert, and select by policy; it can never update, delete or truncate. Leaves and
-- checkpoints of the Merkle tree are written by the sequencer's definer functions alone (0009).
create table postern.access_line (
  practice_id uuid not null,
  id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  session_hash bytea,
  account_id uuid,
  behalf_of uuid,
  purpose text not null,
  action text not null,
  outcome text not null,
  client text,
  address text,
  entries jsonb not null default '[]',
  detail bytea,
  bytes bigint,
  closes uuid,
  primary key (practice_id, id)
);
create index access_line_order on postern.access_line (practice_id, xid, id);

create table postern.access_leaf (
  practice_id uuid not null,
  seq bigint not null,
  line_id uuid not null,
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  primary key (practice_id, seq),
  unique (practice_id, line_id)
);

create table postern.access_line_chart (
  practice_id uuid not null,
  chart_id uuid not null,
  at timestamptz not null,
  line_id uuid not null,
  primary key (practice_id, chart_id, line_id)
);

create table postern.checkpoint (
  practice_id uuid not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  at timestamptz not null default now(),
  primary key (practice_id, size)
);

-- What needs a person's eyes: canaries touched, bursts of refusals, break-glass.
create table postern.incident (
  practice_id uuid not null,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('canary', 'refusals', 'break-glass', 'key-ring')),
  account_id uuid,
  session_hash bytea,
  chart_id uuid,
  seen_at timestamptz,
  primary key (practice_id, id)
);

-- Charts whose keys were destroyed; replayed by a restore before it serves.
create table postern.shred (
  practice_id uuid not null,
  chart_id uuid not null,
  at timestamptz not null default now(),
  complete_at timestamptz not null,
  by_account uuid not null,
  reason bytea not null,
  primary key (practice_id, chart_id)
);

do $$
declare
  tenant text;
begin
  foreach tenant in array array[
    'access_line', 'access_leaf', 'access_line_chart', 'checkpoint', 'incident', 'shred'] loop
    execute format('alter table postern.%I enable row level security', tenant);
    execute format('alter table postern.%I force row level security', tenant);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', tenant);
    execute format(
      'create policy practice_boundary on postern.%I as restrictive to :server_role
         using (practice_id = (select postern.reach_practice()))
         with check (practice_id = (select postern.reach_practice()))', tenant);
  end loop;
end
$$;

-- An incident leaves a line, so that its removal shows. Nobody did it: whom it is about is an entry, since
-- what raised it may have named an innocent.
create function postern.incident_line() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  insert into access_line (practice_id, id, purpose, action, outcome, entries)
  values (
    new.practice_id, gen_random_uuid(), new.kind, 'incident', 'ok',
    jsonb_build_array(jsonb_build_array(new.chart_id, 'Incident', new.id, null))
      || case
        when new.account_id is null then '[]'
        else jsonb_build_array(jsonb_build_array(null, 'Account', new.account_id, null))
      end);
  return null;
end
$$;
revoke all on function postern.incident_line() from public;
create trigger incident_line after insert on postern.incident
for each row execute function postern.incident_line();

create policy insert_own on postern.access_line for insert to :server_role
with check (
  (select postern.reach_keys()) && array['a/' || account_id::text]
  and xid = pg_current_xact_id()
  and at between clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 minute'
);
create policy read_lines on postern.access_line for select to :server_role
using (
  (select postern.reach_keys()) && array['l/' || practice_id::text]
  or exists (
    select from postern.access_line_chart c
    where c.practice_id = access_line.practice_id and c.line_id = access_line.id)
);
create policy read_lines on postern.access_line_chart for select to :server_role
using ((select postern.reach_keys()) && array['l/' || practice_id::text, 'l/' || chart_id::text]);
create policy read_lines on postern.access_leaf for select to :server_role
using ((select postern.reach_keys()) && array['l/' || practice_id::text]);
create policy read_lines on postern.checkpoint for select to :server_role
using ((select postern.reach_keys()) is not null);
create policy read_lines on postern.incident for select to :server_role
using ((select postern.reach_keys()) && array['l/' || practice_id::text]);
create policy housekeeping on postern.shred for select to :server_role
using ((select postern.reach_keys()) && array['s/' || practice_id::text]);

grant select, insert on postern.access_line to :server_role;
grant select on postern.access_leaf, postern.access_line_chart, postern.checkpoint, postern.incident,
  postern.shred to :server_role;
