-- Deposits: what partners (laboratories, pharmacies, payers) leave, in a quarantine until staff have decided.
--
-- A deposit is in no chart and is no resource: no route to resources, no search and no import reaches it. Its
-- content is sealed under a key of its own, filed in chart_key under the deposit's id and section 7; when it
-- is filed or discarded, content and key are removed, so that a chart that is shredded later has no copy
-- here. What became of it stays. A partner inserts by row policy and selects nothing; of its own deposits it
-- is told by deposit_known and deposit_state. The forms of the keys that these policies compare are those of
-- 0003: w/PRACTICE/7 leaves, r/PRACTICE/7 lists, o/PRACTICE/7 opens and decides.
create table postern.deposit (
  practice_id uuid not null,
  deposit_id uuid not null,
  partner uuid not null,
  received_at timestamptz not null default clock_timestamp(),
  media_type text not null check (media_type ~ '^[a-z0-9.+/-]{3,80}$'),
  bytes integer not null check (bytes > 0),
  digest bytea not null check (octet_length(digest) = 32),
  state text not null default 'waiting' check (state in ('waiting', 'filed', 'discarded')),
  filed_as uuid[],
  decided_by uuid,
  decided_at timestamptz,
  primary key (practice_id, deposit_id),
  check ((state = 'waiting') = (decided_at is null)),
  check ((state = 'waiting') = (decided_by is null)),
  check ((state = 'filed') = (filed_as is not null))
);
-- While it waits, the same bytes of the same partner are one deposit.
create unique index deposit_once on postern.deposit (practice_id, partner, digest) where state = 'waiting';
create index deposit_digest on postern.deposit (practice_id, digest);
create index deposit_order on postern.deposit (practice_id, state, received_at, deposit_id);

-- Apart from what is said of a deposit, because fewer people may open one than may see that it waits.
create table postern.deposit_content (
  practice_id uuid not null,
  deposit_id uuid not null,
  sealed bytea not null,
  primary key (practice_id, deposit_id),
  foreign key (practice_id, deposit_id) references postern.deposit (practice_id, deposit_id)
);
alter table postern.deposit_content alter column sealed set storage external;

do $$
declare
  tenant text;
begin
  foreach tenant in array array['deposit', 'deposit_content'] loop
    execute format('alter table postern.%I enable row level security', tenant);
    execute format('alter table postern.%I force row level security', tenant);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', tenant);
    execute format(
      'create policy practice_boundary on postern.%I as restrictive to :server_role
         using (practice_id = (select postern.reach_practice()))
         with check (practice_id = (select postern.reach_practice()))', tenant);
    execute format('grant select, insert on postern.%I to :server_role', tenant);
  end loop;

  -- The index is of resources; a session that may leave deposits writes nothing into it.
  foreach tenant in array array['chart_token', 'practice_token', 'date_range'] loop
    execute format('alter table postern.%I add check (section between 0 and 6)', tenant);
  end loop;
end
$$;

create policy reach_read on postern.deposit for select to :server_role
using ((select postern.reach_keys()) && postern.keys_of('r', practice_id, deposit_id, 7::smallint, null));
create policy reach_insert on postern.deposit for insert to :server_role
with check (
  (select postern.reach_keys()) && postern.keys_of('w', practice_id, deposit_id, 7::smallint, null)
  and (select postern.reach_keys()) && array['a/' || partner::text]
  and state = 'waiting'
);
create policy reach_read on postern.deposit_content for select to :server_role
using ((select postern.reach_keys()) && postern.keys_of('o', practice_id, deposit_id, 7::smallint, null));
create policy reach_insert on postern.deposit_content for insert to :server_role
with check (
  (select postern.reach_keys()) && postern.keys_of('w', practice_id, deposit_id, 7::smallint, null)
);

-- The account of the session that this transaction names, where it may leave deposits; else null.
create function postern.deposit_partner() returns uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.account_id
  from reach r
  where r.handle = current_setting('postern.session', true)
    and reach_keys() && array['w/' || r.practice_id::text || '/7']
$$;

-- Of the caller's own deposits: the one with that content that waits, and how many wait, with their bytes.
-- What has been decided is not looked at, so that no answer tells how it was. Callers with the same content
-- come one after the other.
create function postern.deposit_known(p_digest bytea)
returns table (deposit_id uuid, received_at timestamptz, waiting bigint, waiting_bytes bigint)
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('postern.deposit.' || encode(p_digest, 'hex'), 0));
  return query
    select
      (array_agg(d.deposit_id) filter (where d.digest = p_digest))[1],
      min(d.received_at) filter (where d.digest = p_digest),
      count(*),
      coalesce(sum(d.bytes), 0)::bigint
    from deposit d
    where d.practice_id = reach_practice()
      and d.partner = deposit_partner()
      and d.state = 'waiting';
end
$$;

-- What a partner is told of a deposit of its own: when it came, and whether it waits still.
create function postern.deposit_state(p_deposit uuid)
returns table (received_at timestamptz, waiting boolean)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select d.received_at, d.state = 'waiting'
  from deposit d
  where d.practice_id = reach_practice()
    and d.deposit_id = p_deposit
    and d.partner = deposit_partner()
$$;

-- Files or discards a deposit that waits, and removes its content and key; false where there is none that
-- the session may open. It is the one way in which a deposit changes.
create function postern.deposit_decide(p_deposit uuid, p_state text, p_filed_as uuid[]) returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  practice uuid := reach_practice();
begin
  if not coalesce(reach_keys() && array['o/' || practice::text || '/7'], false) then
    return false;
  end if;
  update deposit d
  set state = p_state,
    filed_as = p_filed_as,
    decided_at = clock_timestamp(),
    decided_by = (
      select r.account_id
      from reach r
      where r.handle = current_setting('postern.session', true))
  where d.practice_id = practice
    and d.deposit_id = p_deposit
    and d.state = 'waiting'
    and p_state <> 'waiting';
  if not found then
    return false;
  end if;
  delete from deposit_content c
  where c.practice_id = practice
    and c.deposit_id = p_deposit;
  delete from chart_key k
  where k.practice_id = practice
    and k.chart_id = p_deposit
    and k.section = 7;
  return true;
end
$$;

revoke all on function postern.deposit_partner(), postern.deposit_known(bytea), postern.deposit_state(uuid),
  postern.deposit_decide(uuid, text, uuid[]) from public;
grant execute on function postern.deposit_known(bytea), postern.deposit_state(uuid),
  postern.deposit_decide(uuid, text, uuid[]) to :server_role;
