-- Photo IDs and insurance cards: which files are masked, and until when who has asked to see one.
--
-- A document that is a card marks itself (file_id is its own id) and every Binary that it names. A file is
-- masked while any document marks it, whoever asks; what a mark says is out of the sealed document each time
-- that it is written, and none is taken away by dropping an attachment. The days are when somebody has to
-- look at it again: to remind, and to destroy the photo. Nothing of a card itself stands here. The server
-- role reaches it through functions alone, which ask for the right to write the document, or the file.
create table postern.card (
  practice_id uuid not null,
  document_id uuid not null,
  file_id uuid not null,
  chart_id uuid,
  remind_on date,
  due_on date,
  reminded_on date,
  primary key (practice_id, document_id, file_id)
);
create index card_file on postern.card (practice_id, file_id);
create index card_chart on postern.card (practice_id, chart_id);
alter table postern.card enable row level security;
alter table postern.card force row level security;
create policy owner_only on postern.card to current_user using (true) with check (true);

-- One session, one file, a few minutes.
create table postern.card_reveal (
  practice_id uuid not null,
  session_hash bytea not null check (octet_length(session_hash) = 32),
  file_id uuid not null,
  until timestamptz not null,
  primary key (practice_id, session_hash, file_id)
);
create index card_reveal_until on postern.card_reveal (until);
alter table postern.card_reveal enable row level security;
alter table postern.card_reveal force row level security;
create policy owner_only on postern.card_reveal to current_user using (true) with check (true);

-- Practices whose standing documents have all been looked through for cards.
create table postern.cards_marked (
  practice_id uuid primary key,
  at timestamptz not null default clock_timestamp()
);
alter table postern.cards_marked enable row level security;
alter table postern.cards_marked force row level security;
create policy owner_only on postern.cards_marked to current_user using (true) with check (true);

-- The hash of the session that the transaction names.
create function postern.reach_session() returns bytea
language sql stable
as $$ select decode(split_part(current_setting('postern.session', true), '/', 2), 'hex') $$;

-- Whether the session may write what stands under that id.
create function postern.card_writes(p_type text, p_id uuid) returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$
  select exists (
    select from resource r
    where r.practice_id = reach_practice()
      and r.id = p_id
      and r.type = p_type
      and reach_keys() && keys_of('w', r.practice_id, r.chart_id, r.section, r.author))
$$;

-- Marks: a row for each document and file, in the transaction that has written the document.
create function postern.card_mark(
  p_documents uuid[], p_files uuid[], p_remind date[], p_due date[]) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into card as c (practice_id, document_id, file_id, chart_id, remind_on, due_on)
  select reach_practice(), n.document_id, n.file_id, r.chart_id, n.remind_on, n.due_on
  from unnest(p_documents, p_files, p_remind, p_due) n (document_id, file_id, remind_on, due_on)
    join resource r on r.practice_id = reach_practice() and r.id = n.document_id
  where card_writes('DocumentReference', n.document_id)
  on conflict (practice_id, document_id, file_id) do update
  set chart_id = excluded.chart_id,
    remind_on = excluded.remind_on,
    due_on = excluded.due_on,
    reminded_on = case when c.remind_on is not distinct from excluded.remind_on then c.reminded_on end
$$;

-- A document that is no card after all, as somebody has said who may write it.
create function postern.card_unmark(p_documents uuid[]) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from card c
  where c.practice_id = reach_practice()
    and c.document_id = any(p_documents)
    and card_writes('DocumentReference', c.document_id)
$$;

-- Files that say themselves which document they belong to.
create function postern.card_join(p_documents uuid[], p_files uuid[]) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into card (practice_id, document_id, file_id, chart_id)
  select c.practice_id, c.document_id, n.file_id, c.chart_id
  from unnest(p_documents, p_files) n (document_id, file_id)
    join card c on c.practice_id = reach_practice() and c.document_id = n.document_id
      and c.file_id = n.document_id
  where card_writes('Binary', n.file_id)
  on conflict do nothing
$$;

-- Which of those files are masked for this session now.
create function postern.card_masked(p_files uuid[]) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select distinct c.file_id
  from card c
  where c.practice_id = reach_practice()
    and c.file_id = any(p_files)
    and not exists (
      select from card_reveal v
      where v.practice_id = c.practice_id
        and v.session_hash = reach_session()
        and v.file_id = c.file_id
        and v.until > clock_timestamp()
        and reach_keys() is not null)
$$;

-- Until when the file is shown to this session; null where it is no card that it opens. Never to an app,
-- whose handle has a fourth part.
create function postern.card_show(p_file uuid, p_seconds integer) returns timestamptz
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_until timestamptz;
begin
  delete from card_reveal v
  where (v.practice_id, v.session_hash, v.file_id) in (
    select o.practice_id, o.session_hash, o.file_id
    from card_reveal o
    where o.until < clock_timestamp()
    order by o.until
    limit 20
    for update skip locked);
  if split_part(current_setting('postern.session', true), '/', 4) <> '' then
    return null;
  end if;
  insert into card_reveal as v (practice_id, session_hash, file_id, until)
  select r.practice_id, reach_session(), r.id,
    clock_timestamp() + make_interval(secs => least(p_seconds, 600))
  from resource r
  where r.practice_id = reach_practice()
    and r.id = p_file
    and r.type = 'Binary'
    and not r.deleted
    and reach_keys() && keys_of('o', r.practice_id, r.chart_id, r.section, r.author)
    and exists (
      select from card c
      where c.practice_id = r.practice_id
        and c.file_id = r.id)
  on conflict (practice_id, session_hash, file_id) do update set until = excluded.until
  returning v.until into v_until;
  return v_until;
end
$$;

-- For the practice's own upkeep: cards that wait to be looked at on a day, and what has been done about them.
create function postern.cards_waiting(p_day date, p_after uuid, p_limit integer)
returns table (document_id uuid, is_due boolean, is_to_remind boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.document_id, coalesce(c.due_on <= p_day, false),
    coalesce(c.remind_on <= p_day and c.reminded_on is null, false)
  from card c
  where c.practice_id = reach_practice()
    and reach_keys() && array['s/' || c.practice_id::text]
    and c.file_id = c.document_id
    and (c.due_on <= p_day or (c.remind_on <= p_day and c.reminded_on is null))
    and c.document_id > p_after
  order by c.document_id
  limit p_limit
$$;

create function postern.card_settled(p_document uuid, p_due date, p_reminded date) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update card c
  set due_on = p_due,
    reminded_on = coalesce(p_reminded, c.reminded_on)
  where c.practice_id = reach_practice()
    and reach_keys() && array['s/' || c.practice_id::text]
    and c.document_id = p_document
    and c.file_id = p_document
$$;

-- Whether all documents of the practice have been looked through; says so where `p_done`.
create function postern.cards_looked_through(p_done boolean) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if (reach_keys() && array['s/' || reach_practice()::text]) is not true then
    return null;
  end if;
  if p_done then
    insert into cards_marked (practice_id) values (reach_practice()) on conflict do nothing;
  end if;
  return exists (select from cards_marked m where m.practice_id = reach_practice());
end
$$;

revoke all on function postern.reach_session(), postern.card_writes(text, uuid),
  postern.card_mark(uuid[], uuid[], date[], date[]), postern.card_unmark(uuid[]),
  postern.card_join(uuid[], uuid[]), postern.card_masked(uuid[]), postern.card_show(uuid, integer),
  postern.cards_waiting(date, uuid, integer), postern.card_settled(uuid, date, date),
  postern.cards_looked_through(boolean) from public;
grant execute on function postern.card_mark(uuid[], uuid[], date[], date[]), postern.card_unmark(uuid[]),
  postern.card_join(uuid[], uuid[]), postern.card_masked(uuid[]), postern.card_show(uuid, integer),
  postern.cards_waiting(date, uuid, integer), postern.card_settled(uuid, date, date),
  postern.cards_looked_through(boolean) to :server_role;
