-- Files of a practice that are written at the same time do not wait for each other. Until now each changed
-- the one row that counts what the practice keeps, and held it until its transaction was on disk: eight who
-- sent small files at once stood in line. Now each leaves a row of its own of what came or went, and whoever
-- asks how much is kept adds them up; he still waits for the others who ask, so room is given to one after
-- the other (docs/adr/0147).
create table postern.file_use_change (
  practice_id uuid not null,
  id bigint generated always as identity,
  bytes bigint not null,
  blobs bigint not null,
  primary key (practice_id, id)
);
alter table postern.file_use_change enable row level security;
alter table postern.file_use_change force row level security;
create policy owner_only on postern.file_use_change to current_user using (true) with check (true);

create or replace function postern.count_blobs() returns trigger
language plpgsql security definer set search_path = postern, pg_temp
as $$
begin
  insert into file_use_change (practice_id, bytes, blobs)
  select c.practice_id,
    case tg_op when 'INSERT' then sum(c.bytes) else -sum(c.bytes) end,
    case tg_op when 'INSERT' then count(*) else -count(*) end
  from changed c
  group by c.practice_id;
  return null;
end
$$;

-- What counts is read by one statement: a file that is written between two would be missed by both, since its
-- promise ends with the transaction that notes its blobs.
create or replace function postern.files_held(out bytes bigint, out files bigint, out own_uploads bigint)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
  changes bigint;
begin
  perform from file_use u where u.practice_id = practice for update;
  if not found then
    insert into file_use (practice_id) values (practice) on conflict do nothing;
    perform from file_use u where u.practice_id = practice for update;
  end if;
  delete from file_promise p where p.practice_id = practice and p.expires_at <= clock_timestamp();
  select u.bytes + c.bytes + o.bytes + p.bytes, u.blobs + c.blobs + o.files + p.files, o.own, c.changes
  into files_held.bytes, files_held.files, own_uploads, changes
  from file_use u
    cross join lateral (
      select coalesce(sum(c.bytes), 0) as bytes, coalesce(sum(c.blobs), 0) as blobs, count(*) as changes
      from file_use_change c
      where c.practice_id = u.practice_id) c
    cross join lateral (
      select coalesce(sum(o.length), 0) as bytes, count(*) as files,
        count(*) filter (where reach_keys() && array['a/' || o.account_id::text]) as own
      from upload o
      where o.practice_id = u.practice_id and o.state = 'open' and o.expires_at > clock_timestamp()) o
    cross join lateral (
      select coalesce(sum(p.bytes), 0) as bytes, count(*) as files
      from file_promise p
      where p.practice_id = u.practice_id) p
  where u.practice_id = practice;
  if changes > 100 then
    with gone as (
      delete from file_use_change c where c.practice_id = practice returning c.bytes, c.blobs
    )
    update file_use u
    set bytes = u.bytes + g.bytes, blobs = u.blobs + g.blobs
    from (select sum(gone.bytes) as bytes, sum(gone.blobs) as blobs from gone) g
    where u.practice_id = practice and g.bytes is not null;
  end if;
end
$$;
