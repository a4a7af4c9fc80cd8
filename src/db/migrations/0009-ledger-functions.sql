-- The ledger's definer functions: the only way to leaves and checkpoints.
--
-- Lines become leaves in the order (xid, id), and only past the oldest open transaction: every line with a
-- smaller xid is then either visible or will never be, so a leaf never has to be put between two others. The
-- functions enforce that order; that the hashes and signatures are right is for the process, and for anyone
-- who verifies, since this database cannot know it.
--
-- Lines are shown, and made leaves, for a ticket alone: `ENDS/HMAC` under the reach key, for one practice and
-- an hour. The sequencer works in no session, and without tickets whoever gets to run SQL as the server role
-- could read the lines of every practice, and spoil their trees (ADR 0035).
--
-- A time far out is no microsecond that a bigint holds, and one such line would stop its log.
alter table postern.access_line
  add constraint at_is_a_time check (at >= timestamptz '2000-01-01Z' and at < timestamptz '2200-01-01Z');

-- Lines arrive in the order of time, so a few pages tell where a span of time lies; on the path of every
-- answer a second B-tree would be paid for each line.
create index access_line_at on postern.access_line using brin (at);

-- A line in shapes that lose nothing on the way to a program; row policies of access_line apply.
create view postern.stored_line with (security_invoker = true) as
select
  l.practice_id,
  l.id,
  l.xid,
  l.at,
  (extract(epoch from l.at) * 1000000)::bigint as at_micros,
  l.session_hash,
  l.account_id,
  l.behalf_of,
  l.purpose,
  l.action,
  l.outcome,
  l.client,
  l.address,
  l.entries::text as entries_text,
  l.detail,
  l.bytes,
  l.closes
from postern.access_line l;

grant select on postern.stored_line to :server_role;

-- Where the log of a practice stands: its leaves, whether the line of the last one is still there, and its
-- newest checkpoint.
create function postern.ledger_head(p_practice uuid)
returns table (leaves bigint, last_line_there boolean, size bigint, note text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  with last as (
    select f.seq, f.line_id
    from access_leaf f
    where f.practice_id = p_practice
    order by f.seq desc
    limit 1
  ), head as (
    select c.size, c.note
    from checkpoint c
    where c.practice_id = p_practice
    order by c.size desc
    limit 1
  )
  select
    coalesce((select last.seq + 1 from last), 0),
    not exists (select from last)
      or exists (
        select
        from access_line l
        where l.practice_id = p_practice
          and l.id = (select last.line_id from last)),
    coalesce((select head.size from head), 0),
    (select head.note from head)
$$;

create function postern.ledger_assert(p_practice uuid, p_ticket text) returns void
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
declare
  ends text := split_part(p_ticket, '/', 1);
begin
  if (
    encode(reach_mac('ledger/' || p_practice::text || '/' || ends), 'hex') = split_part(p_ticket, '/', 2)
    and to_timestamp(ends::double precision) > clock_timestamp()) is not true then
    raise exception 'no ticket for this log' using errcode = '42501';
  end if;
end
$$;

-- Lines that are not leaves yet, past the oldest open transaction, in the order in which they become leaves.
-- A line with xid 0 came back with a restore and is a leaf already (ledger_rebase).
create function postern.ledger_next(p_practice uuid, p_limit integer)
returns setof postern.stored_line
language sql stable security definer set search_path = postern, pg_temp
as $$
  with last as (
    select
      l.xid,
      case when l.xid = '0' then 'ffffffff-ffff-ffff-ffff-ffffffffffff' else l.id end as id
    from access_leaf f
      join access_line l on l.practice_id = f.practice_id and l.id = f.line_id
    where f.practice_id = p_practice
    order by f.seq desc
    limit 1
  )
  select l.*
  from stored_line l
  where l.practice_id = p_practice
    and (l.xid, l.id) > (
      coalesce((select last.xid from last), '0'),
      coalesce((select last.id from last), 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    and l.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by l.xid, l.id
  limit p_limit
$$;

create function postern.ledger_pending(p_practice uuid, p_limit integer, p_ticket text)
returns setof postern.stored_line
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
begin
  perform ledger_assert(p_practice, p_ticket);
  return query select l.* from ledger_next(p_practice, p_limit) l;
end
$$;

-- Practices that have lines to sequence; the nil practice is the installation itself. Where the lines of one
-- cannot be read, it is among them, so that the sequencer hears why, and the others go on.
create function postern.ledger_backlog()
returns setof uuid
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
declare
  each uuid;
begin
  for each in
    select p.practice_id from practice p
    union all
    select '00000000-0000-0000-0000-000000000000'
  loop
    begin
      continue when not exists (select l.at_micros from ledger_next(each, 1) l);
    exception
      when data_exception then null;
    end;
    return next each;
  end loop;
end
$$;

-- Leaves with their lines, for a process whose files are behind. A line that is gone leaves its columns null.
create function postern.ledger_leaves(p_practice uuid, p_from bigint, p_limit integer, p_ticket text)
returns table (seq bigint, leaf_hash bytea, line postern.stored_line)
language plpgsql stable security definer set search_path = postern, pg_temp
as $$
#variable_conflict use_column
begin
  perform ledger_assert(p_practice, p_ticket);
  return query
    select f.seq, f.leaf_hash, l
    from access_leaf f
      left join stored_line l on l.practice_id = f.practice_id and l.id = f.line_id
    where f.practice_id = p_practice
      and f.seq >= p_from
    order by f.seq
    limit p_limit;
end
$$;

create function postern.ledger_checkpoints(p_practice uuid, p_above bigint, p_limit integer)
returns table (size bigint, note text)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.size, c.note
  from checkpoint c
  where c.practice_id = p_practice
    and c.size > p_above
  order by c.size
  limit p_limit
$$;

-- Makes the next pending lines leaves, records whose charts they touch, and adds the checkpoint over them,
-- all or nothing. Refuses where another process was faster (PT002) or the lines are not the next in order
-- (PT003).
create function postern.ledger_append(
  p_practice uuid, p_from bigint, p_lines uuid[], p_hashes bytea[], p_root bytea, p_note text,
  p_ticket text)
returns void
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform ledger_assert(p_practice, p_ticket);
  perform pg_advisory_xact_lock(hashtextextended('postern.ledger.' || p_practice, 0));
  perform set_config('synchronous_commit', 'on', true);
  if p_from is distinct from (select h.leaves from ledger_head(p_practice) h) then
    raise exception 'the log has moved on' using errcode = 'PT002';
  end if;
  if cardinality(p_hashes) is distinct from cardinality(p_lines)
    or p_lines is distinct from array(
      select l.id
      from ledger_next(p_practice, cardinality(p_lines)) l) then
    raise exception 'not the next lines' using errcode = 'PT003';
  end if;
  insert into access_leaf (practice_id, seq, line_id, leaf_hash)
  select p_practice, p_from + u.place - 1, u.line_id, u.leaf_hash
  from unnest(p_lines, p_hashes) with ordinality u (line_id, leaf_hash, place);
  insert into access_line_chart (practice_id, chart_id, at, line_id)
  select distinct p_practice, (e.entry ->> 0)::uuid, l.at, l.id
  from access_line l
    cross join jsonb_array_elements(
      case jsonb_typeof(l.entries) when 'array' then l.entries else '[]' end) e (entry)
  where l.practice_id = p_practice
    and l.id = any (p_lines)
    and pg_input_is_valid(e.entry ->> 0, 'uuid');
  insert into checkpoint (practice_id, size, root, note)
  values (p_practice, p_from + cardinality(p_lines), p_root, p_note);
end
$$;

-- Inserts lines of several sessions of one practice at once, and returns the ids of those it took: a line
-- must name a session and its account, or nobody. Only inserts; what it wrote can be changed by no one.
create function postern.ledger_append_lines(p_practice uuid, p_lines jsonb)
returns setof uuid
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform set_config('synchronous_commit', 'on', true);
  return query
    insert into access_line (
      practice_id, id, session_hash, account_id, behalf_of, purpose, action, outcome, client, address,
      entries, detail, bytes, closes)
    select
      p_practice, l.id, decode(l.session_hash, 'hex'), l.account_id, l.behalf_of, l.purpose, l.action,
      l.outcome, l.client, l.address, l.entries, decode(l.detail, 'hex'), l.bytes, l.closes
    from jsonb_to_recordset(p_lines) l (
      id uuid, session_hash text, account_id uuid, behalf_of uuid, purpose text, action text, outcome text,
      client text, address text, entries jsonb, detail text, bytes bigint, closes uuid)
    where (l.session_hash is null and l.account_id is null)
      or exists (
        select from session s
        where s.practice_id = p_practice
          and s.session_hash = decode(l.session_hash, 'hex')
          and s.account_id = l.account_id)
    returning id;
end
$$;

-- For a restore into another cluster, whose transaction numbers begin anew: lines that are leaves keep their
-- place by their leaf alone, the others line up behind them. Run once, by the owner, before the server
-- starts.
create function postern.ledger_rebase()
returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  update access_line l
  set xid = case
    when exists (
      select from access_leaf f where f.practice_id = l.practice_id and f.line_id = l.id) then '0'::xid8
    else pg_current_xact_id()
  end
$$;

revoke all on function postern.ledger_head(uuid), postern.ledger_assert(uuid, text),
  postern.ledger_next(uuid, integer), postern.ledger_pending(uuid, integer, text),
  postern.ledger_backlog(), postern.ledger_leaves(uuid, bigint, integer, text),
  postern.ledger_checkpoints(uuid, bigint, integer),
  postern.ledger_append(uuid, bigint, uuid[], bytea[], bytea, text, text),
  postern.ledger_append_lines(uuid, jsonb), postern.ledger_rebase() from public;
grant execute on function postern.ledger_head(uuid), postern.ledger_pending(uuid, integer, text),
  postern.ledger_backlog(), postern.ledger_leaves(uuid, bigint, integer, text),
  postern.ledger_checkpoints(uuid, bigint, integer),
  postern.ledger_append(uuid, bigint, uuid[], bytea[], bytea, text, text),
  postern.ledger_append_lines(uuid, jsonb) to :server_role;
