-- What a card may hide and take along, and what a hold keeps.
--
-- A card marks files of its own chart that whoever writes it may write there as well: to name somebody's
-- file is no way to mask it for all others, or to have it destroyed. A file that is not there yet is marked
-- all the same, for imports, which bring documents before their files.
create or replace function postern.card_mark(
  p_documents uuid[], p_files uuid[], p_remind date[], p_due date[]) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into card as c (practice_id, document_id, file_id, chart_id, remind_on, due_on)
  select reach_practice(), n.document_id, n.file_id, r.chart_id, n.remind_on, n.due_on
  from unnest(p_documents, p_files, p_remind, p_due) n (document_id, file_id, remind_on, due_on)
    join resource r on r.practice_id = reach_practice() and r.id = n.document_id
  where card_writes('DocumentReference', n.document_id)
    and (n.file_id = n.document_id or not exists (
      select from resource f
      where f.practice_id = r.practice_id
        and f.id = n.file_id
        and (f.chart_id is distinct from r.chart_id or not card_writes('Binary', f.id))))
  on conflict (practice_id, document_id, file_id) do update
  set chart_id = excluded.chart_id,
    remind_on = excluded.remind_on,
    due_on = excluded.due_on,
    reminded_on = case when c.remind_on is not distinct from excluded.remind_on then c.reminded_on end
$$;

-- Those of the files that a card has marked, for whatever may not take photos of cards along even where the
-- session was shown one: links and zips.
create function postern.card_marked(p_files uuid[]) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select distinct c.file_id
  from card c
  where c.practice_id = reach_practice()
    and c.file_id = any(p_files)
    and reach_keys() is not null
$$;

-- Whether the photo of a card may be destroyed: 'yes', 'held' where anybody holds the chart or any of these
-- documents, which name it or have named it, and 'other' where it is no file of that card's chart. Holds wait
-- until the transaction is over.
create function postern.card_may_go(p_document uuid, p_file uuid, p_namers uuid[]) returns text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
  chart uuid;
begin
  if not coalesce(reach_keys() && array['s/' || practice::text], false) then
    return 'other';
  end if;
  perform holds_lock(practice);
  select d.chart_id into chart
  from resource d
    join resource f on f.practice_id = d.practice_id and f.chart_id = d.chart_id
  where d.practice_id = practice
    and d.id = p_document
    and d.type = 'DocumentReference'
    and f.id = p_file
    and f.type = 'Binary';
  if chart is null then
    return 'other';
  end if;
  if exists (
    select from hold h
    where h.practice_id = practice
      and h.chart_id = chart
      and h.ended_at is null
      and (h.document_id is null
        or h.document_id = any(p_namers || p_document)
        or h.document_id in (
          select c.document_id from card c where c.practice_id = practice and c.file_id = p_file))) then
    return 'held';
  end if;
  return 'yes';
end
$$;

-- Whether the original of a photo may be removed: not where anything of its chart is held. What a photo says
-- of where and when it was taken may be what is asked for. Holds wait until the transaction is over.
create function postern.original_may_go(p_file uuid) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform holds_lock(reach_practice());
  return card_writes('Binary', p_file) and not exists (
    select from resource f
      join hold h on h.practice_id = f.practice_id and h.chart_id = f.chart_id
    where f.practice_id = reach_practice()
      and f.id = p_file
      and h.ended_at is null);
end
$$;

-- As before; and whatever was approved of it waits for somebody to approve it anew once nobody holds it.
create or replace function postern.hold_put(
  p_id uuid, p_chart uuid, p_document uuid, p_by uuid, p_reason bytea) returns boolean
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
  if not found then
    return false;
  end if;
  update due_document d
  set state = 'due', approved_by = null, approved_at = null, approval = null, reason = null
  where d.practice_id = practice
    and d.chart_id = p_chart
    and (p_document is null or d.document_id = p_document)
    and d.state = 'approved';
  return true;
end
$$;

-- What was approved and not destroyed yet, all of it, for the work that destroys it.
create function postern.due_approved(p_documents uuid[]) returns table (
  document_id uuid, chart_id uuid, section smallint, version integer, due_since date, said bytea, state text,
  approved_by uuid, approval bytea, destroyed_at timestamptz, held boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select d.document_id, d.chart_id, d.section, d.version, d.due_since, d.said, d.state, d.approved_by,
    d.approval, d.destroyed_at, is_held(d.practice_id, d.chart_id, d.document_id)
  from due_document d
  where d.practice_id = reach_practice()
    and (p_documents is null and d.state = 'approved' or d.document_id = any(p_documents))
    and reach_keys() && array['s/' || d.practice_id::text]
  order by d.due_since, d.document_id
$$;

revoke all on function postern.card_marked(uuid[]), postern.card_may_go(uuid, uuid, uuid[]),
  postern.original_may_go(uuid), postern.due_approved(uuid[]) from public;
grant execute on function postern.card_marked(uuid[]), postern.card_may_go(uuid, uuid, uuid[]),
  postern.original_may_go(uuid), postern.due_approved(uuid[]) to :server_role;
