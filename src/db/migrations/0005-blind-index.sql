-- The blind index: keyed tokens that find resources without saying what they hold.
--
-- chart_token: tokens under a chart's own section key, led by the chart. practice_token: the few parameters
-- that are searched across a practice (names, identifiers, phone), under the practice's index key, and every
-- token of what the practice itself owns. The parameter's name is an input of the token, so it needs no
-- column. A token carries the clinical instant of its resource (-infinity where that has none), so that the
-- newest hits come out of the index first and nothing is fetched to be left out again. date_range: other
-- dates, in clear by design like the instant (docs/security/leakage.md).
create table postern.chart_token (
  practice_id uuid not null,
  chart_id uuid not null,
  resource_id uuid not null,
  token bigint not null,
  at timestamptz not null default '-infinity',
  at_end timestamptz not null default '-infinity',
  section smallint not null,
  key_version smallint not null
);
create index chart_token_lookup on postern.chart_token (
  practice_id, chart_id, token, at desc, resource_id desc);
create index chart_token_resource on postern.chart_token (practice_id, resource_id);

create table postern.practice_token (
  practice_id uuid not null,
  chart_id uuid,
  resource_id uuid not null,
  token bigint not null,
  at timestamptz not null default '-infinity',
  at_end timestamptz not null default '-infinity',
  section smallint not null,
  key_version smallint not null
);
create index practice_token_lookup on postern.practice_token (practice_id, token, at desc, resource_id desc);
create index practice_token_resource on postern.practice_token (practice_id, resource_id);

create table postern.date_range (
  practice_id uuid not null,
  chart_id uuid,
  resource_id uuid not null,
  low timestamptz not null,
  high timestamptz not null,
  type text not null,
  param text not null,
  section smallint not null
);
create index date_range_lookup on postern.date_range (practice_id, chart_id, type, param, low);
create index date_range_resource on postern.date_range (practice_id, resource_id);

do $$
declare
  tenant text;
begin
  foreach tenant in array array['chart_token', 'practice_token', 'date_range'] loop
    execute format('alter table postern.%I enable row level security', tenant);
    execute format('alter table postern.%I force row level security', tenant);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', tenant);
    execute format(
      'create policy practice_boundary on postern.%I as restrictive to :server_role
         using (practice_id = (select postern.reach_practice()))
         with check (practice_id = (select postern.reach_practice()))', tenant);
    -- A psychotherapy row is found by its author alone: the resource row itself says whose it is.
    execute format($policy$
      create policy reach_read on postern.%1$I for select to :server_role
      using (
        case
          when section = 5 then exists (
            select from postern.resource r
            where r.practice_id = %1$I.practice_id and r.id = %1$I.resource_id)
          else (select postern.reach_keys()) && postern.keys_of('r', practice_id, chart_id, section, null)
        end)
      $policy$, tenant);
    execute format($policy$
      create policy reach_insert on postern.%1$I for insert to :server_role
      with check (
        case
          when section = 5 then exists (
            select from postern.resource r
            where r.practice_id = %1$I.practice_id and r.id = %1$I.resource_id)
            or (select postern.reach_keys()) && array['w/' || practice_id::text || '/5/any']
          else (select postern.reach_keys()) && postern.keys_of('w', practice_id, chart_id, section, null)
        end)
      $policy$, tenant);
    execute format($policy$
      create policy reach_delete on postern.%1$I for delete to :server_role
      using (
        case
          when section = 5 then exists (
            select from postern.resource r
            where r.practice_id = %1$I.practice_id and r.id = %1$I.resource_id)
          else (select postern.reach_keys()) && postern.keys_of('w', practice_id, chart_id, section, null)
        end)
      $policy$, tenant);
    execute format('grant select, insert, delete on postern.%I to :server_role', tenant);
  end loop;
end
$$;
