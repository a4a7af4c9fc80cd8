-- Links take room, and hold nothing that was destroyed.
--
-- What a link keeps in the store counts with the practice's files until it is removed from there. Of those
-- that were made before nobody knows how much it is without a key: they go within a month.
alter table postern.link_file add column bytes bigint not null default 0 check (bytes >= 0);

create function postern.count_links() returns trigger
language plpgsql security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := case tg_op when 'DELETE' then old.practice_id else new.practice_id end;
  more bigint := case tg_op when 'DELETE' then - old.bytes else new.bytes end;
begin
  if more <> 0 then
    insert into file_use as u (practice_id, bytes)
    values (practice, more)
    on conflict (practice_id) do update set bytes = u.bytes + excluded.bytes;
  end if;
  return null;
end
$$;
create trigger links_counted after insert or delete on postern.link_file
for each row execute function postern.count_links();

-- As before; links that are over count as well until what they kept was removed, so that whoever makes and
-- ends them in turn fills no store.
create or replace function postern.link_put(
  p_id uuid, p_address bytea, p_account uuid, p_chart uuid, p_section smallint, p_key_version integer,
  p_sealed bytea, p_passcode bytea, p_mac bytea, p_most integer, p_expires timestamptz, p_at_once integer)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  if (reach_keys() && array['a/' || p_account::text]) is not true then
    raise exception 'no session of the maker' using errcode = 'PT001';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('postern.link.' || p_account::text, 0));
  if (
    select count(*)
    from link l
    where l.practice_id = reach_practice()
      and l.account_id = p_account
      and (
        l.ended_at is null and l.expires_at > clock_timestamp()
        or exists (select from link_file f where f.practice_id = l.practice_id and f.link_id = l.id)
      )) >= p_at_once then
    return false;
  end if;
  insert into link (
    practice_id, id, address_hash, account_id, chart_id, section, key_version, sealed, passcode, mac, most,
    expires_at)
  values (
    reach_practice(), p_id, p_address, p_account, p_chart, p_section, p_key_version, p_sealed, p_passcode,
    p_mac, p_most, p_expires);
  return true;
end
$$;

drop function postern.link_file_put(uuid, uuid, integer, smallint, integer, bytea, uuid[]);
create function postern.link_file_put(
  p_id uuid, p_link uuid, p_place integer, p_section smallint, p_key_version integer, p_sealed bytea,
  p_blobs uuid[], p_bytes bigint) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into link_file (
    practice_id, id, link_id, place, chart_id, section, key_version, sealed, blobs, bytes)
  select l.practice_id, p_id, l.id, p_place, l.chart_id, p_section, p_key_version, p_sealed, p_blobs, p_bytes
  from link l
  where l.practice_id = reach_practice()
    and l.id = p_link
    and l.xmin = pg_current_xact_id()::xid
    and reach_keys() && array['a/' || l.account_id::text]
$$;

-- As before; a link that was opened as often as it may be is over as well, and of one that somebody ended
-- nothing may be fetched any more.
create or replace function postern.link_sweep() returns table (practice_id uuid, blobs uuid[])
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from link_ticket t where t.expires_at <= clock_timestamp();
  delete from link l
  where least(l.ended_at, l.expires_at) < clock_timestamp() - interval '30 days'
    and not exists (
      select from link_file f where f.practice_id = l.practice_id and f.link_id = l.id);
  delete from link_file f
  using link l
  where l.practice_id = f.practice_id
    and l.id = f.link_id
    and (l.ended_at is not null
      or not exists (
        select from link_ticket t where t.practice_id = f.practice_id and t.link_id = f.link_id)
      and (l.expires_at <= clock_timestamp() or l.opened >= l.most))
  returning f.practice_id, f.blobs;
$$;

-- What jobs made before something was destroyed may hold it: they are over, as those before a shredding are.
create or replace function postern.job_shreds(p_practice uuid) returns integer
language sql stable security definer set search_path = postern, pg_temp
as $$
  select (
    (select count(*) from shred s where s.practice_id = p_practice)
    + (select count(*) from due_document d where d.practice_id = p_practice and d.state = 'destroyed')
  )::integer
$$;
create index due_document_destroyed on postern.due_document (practice_id) where state = 'destroyed';

-- As before; and ends the links of that chart: what each of them holds is sealed, and one may hold this. What
-- lies in the store of them is among what is left.
create or replace function postern.destroy_end(p_document uuid, p_files uuid[]) returns uuid[]
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
  due due_document;
  gone uuid[];
  left_over uuid[];
  of_links uuid[];
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
  update link l
  set ended_at = clock_timestamp(), ended_why = 'reach'
  where l.practice_id = practice
    and l.chart_id = due.chart_id
    and l.ended_at is null;
  with removed as (
    delete from link_file f
    where f.practice_id = practice
      and f.chart_id = due.chart_id
    returning f.blobs
  )
  select array_agg(n.id) into of_links from removed m, unnest(m.blobs) n (id);
  update due_document d
  set state = 'destroyed', destroyed_at = clock_timestamp()
  where d.practice_id = practice
    and d.document_id = p_document;
  return coalesce(left_over, '{}') || coalesce(of_links, '{}');
end
$$;

revoke all on function postern.count_links(),
  postern.link_file_put(uuid, uuid, integer, smallint, integer, bytea, uuid[], bigint) from public;
grant execute on function
  postern.link_file_put(uuid, uuid, integer, smallint, integer, bytea, uuid[], bigint) to :server_role;
