-- Whole charts as one file.
--
-- The zip of a chart is made by a job (0023-jobs.sql), and lies in the store of blobs until its job ends: the
-- names of its blobs stand here, in the clear, so that they go when the job goes, without any key. What opens
-- them stands sealed in the job's checkpoint, under the job's key and under the chart's. The room that it
-- takes of the practice's is taken before it is written, and given back with it.
create table postern.archive (
  practice_id uuid not null,
  job_id uuid not null,
  chart_id uuid not null,
  bytes bigint not null default 0 check (bytes >= 0),
  blobs uuid[] not null default '{}',
  primary key (practice_id, job_id)
);
alter table postern.archive enable row level security;
alter table postern.archive force row level security;
create policy owner_only on postern.archive to current_user using (true) with check (true);

-- Begins, or begins again: answers the blobs of the beginning before, which are to be removed. No row where
-- the job is not being worked on.
create function postern.archive_begin(p_practice uuid, p_job uuid, p_chart uuid)
returns table (blobs uuid[])
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  before uuid[];
begin
  if not exists (
    select from job j where j.practice_id = p_practice and j.job_id = p_job and j.state = 'running') then
    return;
  end if;
  select a.blobs into before from archive a where a.practice_id = p_practice and a.job_id = p_job for update;
  insert into archive (practice_id, job_id, chart_id)
  values (p_practice, p_job, p_chart)
  on conflict (practice_id, job_id) do update set bytes = 0, blobs = '{}';
  return query select coalesce(before, '{}'::uuid[]);
end
$$;

-- What they take counts with what the practice keeps in files.
create function postern.count_archives() returns trigger
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := case tg_op when 'DELETE' then old.practice_id else new.practice_id end;
  before bigint := case tg_op when 'INSERT' then 0 else old.bytes end;
  after bigint := case tg_op when 'DELETE' then 0 else new.bytes end;
begin
  if before <> after then
    insert into file_use as u (practice_id, bytes)
    values (practice, after - before)
    on conflict (practice_id) do update set bytes = u.bytes + excluded.bytes;
  end if;
  return null;
end
$$;
create trigger archives_counted after insert or update of bytes or delete on postern.archive
for each row execute function postern.count_archives();

-- Has it take so many bytes in all, where that is not more than p_free above what it took; false where it is,
-- and where it has ended. Asked behind files_held(), in one transaction: others who ask wait.
create function postern.archive_take(p_practice uuid, p_job uuid, p_bytes bigint, p_free bigint)
returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with taken as (
    update archive a
    set bytes = p_bytes
    where a.practice_id = p_practice
      and a.job_id = p_job
      and (p_bytes <= a.bytes or p_bytes - a.bytes <= p_free)
    returning a.job_id)
  select exists (select from taken)
$$;

-- Notes a blob with it; false where it has ended, and the blob is nobody's.
create function postern.archive_note(p_practice uuid, p_job uuid, p_blob uuid) returns boolean
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with noted as (
    update archive a
    set blobs = a.blobs || p_blob
    where a.practice_id = p_practice and a.job_id = p_job
    returning a.job_id)
  select exists (select from noted)
$$;

-- Takes away those whose job has ended, with the names of what lies in the store of them.
create function postern.archives_over() returns table (practice_id uuid, blobs uuid[])
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from archive a
  where not exists (
    select from job j
    where j.practice_id = a.practice_id
      and j.job_id = a.job_id
      and j.state in ('waiting', 'running', 'done')
      and j.expires_at > clock_timestamp()
      and j.shredded = job_shreds(j.practice_id))
  returning a.practice_id, a.blobs
$$;

-- Jobs of a kind that are the asker's own, as far as job_own answers for them.
create function postern.job_list(p_kind text) returns table (job_id uuid)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select j.job_id
  from job j
    join job_asker() a on a.practice_id = j.practice_id
      and a.account_id = j.account_id
      and a.client is not distinct from j.client
  where j.kind = p_kind
    and j.state <> 'ended'
    and j.expires_at > clock_timestamp()
    and j.shredded = job_shreds(j.practice_id)
  order by j.asked_at desc
$$;

revoke all on function postern.archive_begin(uuid, uuid, uuid),
  postern.archive_take(uuid, uuid, bigint, bigint), postern.archive_note(uuid, uuid, uuid),
  postern.archives_over(), postern.job_list(text), postern.count_archives() from public;
grant execute on function postern.archive_begin(uuid, uuid, uuid),
  postern.archive_take(uuid, uuid, bigint, bigint), postern.archive_note(uuid, uuid, uuid),
  postern.archives_over(), postern.job_list(text) to :server_role;
