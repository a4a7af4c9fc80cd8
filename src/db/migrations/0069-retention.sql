-- How long documents are kept: holds, what is due, and destroying it.
--
-- Nothing is due where the practice has set no rules, and nothing that is due is destroyed before somebody
-- has approved it. What is destroyed here is content alone: that there was a document, whose, and why it is
-- gone stays. All of it is owner-only; who holds, approves and destroys takes the same lock, so that a hold
-- is before or after, and never in between.
create table postern.hold (
  practice_id uuid not null,
  id uuid not null,
  chart_id uuid not null,
  document_id uuid,
  by_account uuid not null,
  reason bytea not null,
  at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by uuid,
  primary key (practice_id, id)
);
create index hold_standing on postern.hold (practice_id, chart_id) where ended_at is null;

create table postern.due_document (
  practice_id uuid not null,
  document_id uuid not null,
  chart_id uuid not null,
  section smallint not null,
  version integer not null,
  due_since date not null,
  -- Its type and the rules by which it is due.
  said bytea not null,
  listed_at timestamptz not null default clock_timestamp(),
  state text not null default 'due' check (state in ('due', 'approved', 'destroyed')),
  approved_by uuid,
  approved_at timestamptz,
  approval bytea,
  reason bytea,
  destroyed_at timestamptz,
  primary key (practice_id, document_id),
  check (state = 'due' or approval is not null)
);

do $$
declare
  name text;
begin
  foreach name in array array['hold', 'due_document'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

create function postern.holds_lock(p_practice uuid) returns void
language sql volatile set search_path = postern, pg_temp
as $$
  select pg_advisory_xact_lock(hashtextextended('postern/holds/' || p_practice::text, 0))
$$;

create function postern.is_held(p_practice uuid, p_chart uuid, p_document uuid) returns boolean
language sql stable set search_path = postern, pg_temp
as $$
  select exists (
    select from hold h
    where h.practice_id = p_practice
      and h.chart_id = p_chart
      and h.ended_at is null
      and (h.document_id is null or h.document_id = p_document))
$$;

-- False where the practice has no such chart, or the chart no such document.
create function postern.hold_put(p_id uuid, p_chart uuid, p_document uuid, p_by uuid, p_reason bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
begin
  if not coalesce(reach_keys() && array['g/' || practice::text], false)
    or not coalesce(reach_keys() && array['a/' || p_by::text], false) then
    return false;
  end if;
  perform holds_lock(practice);
  insert into hold (practice_id, id, chart_id, document_id, by_account, reason)
  select practice, p_id, p_chart, p_document, p_by, p_reason
  where exists (
      select from resource r
      where r.practice_id = practice and r.id = p_chart and r.type = 'Patient' and r.section <> 0)
    and (p_document is null or exists (
      select from resource r
      where r.practice_id = practice and r.id = p_document and r.chart_id = p_chart
        and r.type = 'DocumentReference'));
  return found;
end
$$;

create function postern.hold_end(p_id uuid, p_by uuid) returns uuid
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update hold h
  set ended_at = clock_timestamp(), ended_by = p_by
  where h.practice_id = reach_practice()
    and h.id = p_id
    and h.ended_at is null
    and reach_keys() && array['g/' || h.practice_id::text]
    and reach_keys() && array['a/' || p_by::text]
  returning h.chart_id
$$;

create function postern.holds() returns table (
  id uuid, chart_id uuid, document_id uuid, by_account uuid, reason bytea, at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select h.id, h.chart_id, h.document_id, h.by_account, h.reason, h.at
  from hold h
  where h.practice_id = reach_practice()
    and h.ended_at is null
    and reach_keys() && array['g/' || h.practice_id::text]
  order by h.at desc, h.id
  limit 1000
$$;

-- One that is due, as the daily work finds it. What was approved of another version is not approved of this.
create function postern.due_put(
  p_document uuid, p_chart uuid, p_section smallint, p_version integer, p_since date, p_said bytea)
returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into due_document as d (practice_id, document_id, chart_id, section, version, due_since, said)
  select reach_practice(), p_document, p_chart, p_section, p_version, p_since, p_said
  where reach_keys() && array['s/' || reach_practice()::text]
  on conflict (practice_id, document_id) do update
  set chart_id = excluded.chart_id, section = excluded.section, version = excluded.version,
    due_since = excluded.due_since, said = excluded.said, listed_at = clock_timestamp(),
    state = case when d.version = excluded.version then d.state else 'due' end
  where d.state <> 'destroyed'
$$;

-- What was not found to be due any more.
create function postern.due_forget(p_before timestamptz) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from due_document d
  where d.practice_id = reach_practice()
    and d.state <> 'destroyed'
    and d.listed_at < p_before
    and reach_keys() && array['s/' || d.practice_id::text]
$$;

create function postern.due_documents() returns table (
  document_id uuid, chart_id uuid, section smallint, version integer, due_since date, said bytea, state text,
  approved_by uuid, approval bytea, destroyed_at timestamptz, held boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select d.document_id, d.chart_id, d.section, d.version, d.due_since, d.said, d.state, d.approved_by,
    d.approval, d.destroyed_at, is_held(d.practice_id, d.chart_id, d.document_id)
  from due_document d
  where d.practice_id = reach_practice()
    and reach_keys() && array['g/' || d.practice_id::text, 's/' || d.practice_id::text]
  order by d.state = 'destroyed', d.due_since, d.document_id
  limit 1000
$$;

-- False where it is not due in that version, or held.
create function postern.due_approve(
  p_document uuid, p_version integer, p_by uuid, p_approval bytea, p_reason bytea) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform holds_lock(reach_practice());
  update due_document d
  set state = 'approved', approved_by = p_by, approved_at = clock_timestamp(), approval = p_approval,
    reason = p_reason
  where d.practice_id = reach_practice()
    and d.document_id = p_document
    and d.version = p_version
    and d.state <> 'destroyed'
    and not is_held(d.practice_id, d.chart_id, d.document_id)
    and reach_keys() && array['g/' || d.practice_id::text]
    and reach_keys() && array['a/' || p_by::text];
  return found;
end
$$;

-- Begins to destroy what was approved: holds wait until the transaction is over. False where it may not be.
create function postern.destroy_begin(p_document uuid) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
begin
  if not coalesce(reach_keys() && array['s/' || practice::text], false) then
    return false;
  end if;
  perform holds_lock(practice);
  perform 1
  from due_document d
    join resource r on r.practice_id = d.practice_id and r.id = d.document_id
  where d.practice_id = practice
    and d.document_id = p_document
    and d.state = 'approved'
    and r.version = d.version
    and r.chart_id = d.chart_id
    and not is_held(practice, d.chart_id, d.document_id)
  for update of d, r;
  return found;
end
$$;

-- Ends it: of the document and these files of its chart, all of which stand as deleted by now, every version
-- loses what is sealed, and what opens the content of files. Answers the blobs that are left in the store.
create function postern.destroy_end(p_document uuid, p_files uuid[]) returns uuid[]
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
  due due_document;
  gone uuid[];
  left_over uuid[];
begin
  select d.* into due
  from due_document d
  where d.practice_id = practice
    and d.document_id = p_document
    and d.state = 'approved'
    and not is_held(practice, d.chart_id, d.document_id)
    and reach_keys() && array['s/' || practice::text];
  if due.document_id is null then
    raise exception 'not to be destroyed' using errcode = 'PT012';
  end if;
  select array_agg(r.id) into gone
  from resource r
  where r.practice_id = practice
    and r.chart_id = due.chart_id
    and r.deleted
    and (r.id = p_document or r.id = any(p_files) and r.type = 'Binary');
  update resource_version v
  set sealed = '', file = null, key_version = 0
  where v.practice_id = practice
    and v.id = any(gone);
  with removed as (
    delete from blob b
    where b.practice_id = practice
      and b.file_id = any(gone)
    returning b.id
  )
  select array_agg(m.id) into left_over from removed m;
  delete from upload u
  where u.practice_id = practice
    and u.id = p_document;
  update due_document d
  set state = 'destroyed', destroyed_at = clock_timestamp()
  where d.practice_id = practice
    and d.document_id = p_document;
  return coalesce(left_over, '{}');
end
$$;

revoke all on function postern.holds_lock(uuid), postern.is_held(uuid, uuid, uuid),
  postern.hold_put(uuid, uuid, uuid, uuid, bytea), postern.hold_end(uuid, uuid), postern.holds(),
  postern.due_put(uuid, uuid, smallint, integer, date, bytea), postern.due_forget(timestamptz),
  postern.due_documents(), postern.due_approve(uuid, integer, uuid, bytea, bytea),
  postern.destroy_begin(uuid), postern.destroy_end(uuid, uuid[]) from public;
grant execute on function postern.hold_put(uuid, uuid, uuid, uuid, bytea), postern.hold_end(uuid, uuid),
  postern.holds(), postern.due_put(uuid, uuid, smallint, integer, date, bytea),
  postern.due_forget(timestamptz), postern.due_documents(),
  postern.due_approve(uuid, integer, uuid, bytea, bytea), postern.destroy_begin(uuid),
  postern.destroy_end(uuid, uuid[]) to :server_role;
