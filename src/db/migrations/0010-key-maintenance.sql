-- Rotating and shredding keys while servers run.
--
-- Servers keep practice keys in memory, so a change of keys must not overtake them. Three fences see to that:
-- a transaction that writes or searches says which index versions it knows and holds off their change until
-- it ends; a chart key wrapped by a retired practice key, or made for a shredded chart, is refused; a
-- practice key wrapped by an older root key than all that stand is refused. PT003 is answered by refreshing
-- the keys and doing it again, PT004 by not-found.
--
-- A search makes a token for each section of a chart that has a key; that one has none is remembered with
-- the number of keys made until then. Everyone who begins is told that number, and looks again where it has
-- grown.
create sequence postern.chart_keys_made;

create function postern.chart_keys_lock() returns bigint
language sql immutable
as $$ select hashtextextended('postern.chart-keys', 0) $$;

create function postern.index_lock(p_practice uuid) returns bigint
language sql immutable
as $$ select hashtextextended('postern.index.' || p_practice::text, 0) $$;

-- Begins the work of a live session: PT001 where there is none (as reach_assert), PT003 where the process
-- does not know every version under which tokens stand. Answers how many charts of the practice are shredded:
-- a process that knew of fewer forgets the wrapped keys it keeps; and how many chart keys were made.
create function postern.visit_assert(p_index_versions integer[], out shredded integer, out keys_made bigint)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform reach_assert();
  perform pg_advisory_xact_lock_shared(index_lock(reach_practice()));
  if exists (
    select from practice_key k
    where k.practice_id = reach_practice()
      and k.purpose = 'index'
      and k.retired_at is null
      and k.version <> all (p_index_versions)
  ) then
    raise exception 'index keys have changed' using errcode = 'PT003';
  end if;
  shredded := (select count(*) from shred s where s.practice_id = reach_practice());
  keys_made := (select c.last_value from chart_keys_made c);
end
$$;

-- The same for a transaction that has yet to name its session: one statement does both.
create function postern.visit_begin(
  p_session text, p_index_versions integer[], out shredded integer, out keys_made bigint)
language plpgsql volatile security invoker set search_path = postern, pg_temp
as $$
declare
  told record;
begin
  perform set_config('postern.session', p_session, true);
  told := visit_assert(p_index_versions);
  shredded := told.shredded;
  keys_made := told.keys_made;
end
$$;

-- How many chart keys were made, where none is under way at this moment; otherwise null. Whoever asks and
-- then looks (in a later statement) sees every one of those.
create function postern.chart_keys_settled() returns bigint
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  made bigint;
begin
  if pg_try_advisory_lock(chart_keys_lock()) then
    made := (select c.last_value from chart_keys_made c);
    perform pg_advisory_unlock(chart_keys_lock());
  end if;
  return made;
end
$$;

create function postern.chart_key_live() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform 1
  from practice_key k
  where k.practice_id = new.practice_id
    and k.purpose = 'chart'
    and k.version = new.practice_key_version
    and k.retired_at is null;
  if not found then
    raise exception 'the practice key is retired' using errcode = 'PT003';
  end if;
  perform 1
  from shred s
  where s.practice_id = new.practice_id
    and s.chart_id = new.chart_id;
  if found then
    raise exception 'the chart is shredded' using errcode = 'PT004';
  end if;
  if tg_op = 'INSERT' then
    perform pg_advisory_xact_lock_shared(chart_keys_lock());
    perform nextval('chart_keys_made');
  end if;
  return new;
end
$$;

create trigger chart_key_live before insert or update on postern.chart_key
for each row execute function postern.chart_key_live();

create function postern.practice_key_live() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if new.root_version < (select min(k.root_version) from practice_key k where k.retired_at is null) then
    raise exception 'the root key is retired' using errcode = 'PT003';
  end if;
  return new;
end
$$;

create trigger practice_key_live before insert on postern.practice_key
for each row execute function postern.practice_key_live();

revoke all on function postern.index_lock(uuid), postern.chart_keys_lock(),
  postern.visit_assert(integer[]), postern.visit_begin(text, integer[]), postern.chart_keys_settled(),
  postern.chart_key_live(), postern.practice_key_live() from public;
grant execute on function postern.visit_assert(integer[]), postern.visit_begin(text, integer[]),
  postern.chart_keys_settled() to :server_role;
