-- The disclosure desk: what finders of weaknesses report, sealed in their browser to the operator's recipient
-- (age), so that nothing here can open it; and the mails that tell the operator of it. It belongs to the
-- installation and to no practice. Nobody who reports has a session, so the server role reaches it through
-- definer functions alone: it can put a report in, and ask by its receipt whether it has been read; it cannot
-- read, list, change or remove one. The operator's command and the writer of mails go in as the owner.
create table postern.disclosure_recipient (
  recipient text not null primary key check (recipient ~ '^age1[02-9ac-hj-np-z]{58}$'),
  since timestamptz not null default clock_timestamp()
);

create table postern.disclosure_report (
  receipt text not null primary key check (receipt ~ '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'),
  received_at timestamptz not null default clock_timestamp(),
  sealed bytea not null check (octet_length(sealed) between 100 and 262144),
  -- What is sent again, since the answer was lost on its way, is the same report.
  digest bytea not null unique generated always as (sha256(sealed)) stored,
  -- Mails that were made about it: the first, and reminders while nobody has acknowledged it.
  mails smallint not null default 0,
  acknowledged_at timestamptz,
  -- What was noted with it, sealed as the report is.
  note bytea
);
create index disclosure_report_order on postern.disclosure_report (received_at);
create index disclosure_report_open on postern.disclosure_report (received_at)
  where acknowledged_at is null;

-- Mails are made here before they are sent, and stay the same however often they are tried.
create table postern.disclosure_mail (
  mail_id uuid not null primary key,
  made_at timestamptz not null,
  receipts text[] not null,
  reminds boolean not null,
  tried integer not null default 0,
  try_at timestamptz not null,
  sent_at timestamptz
);
create index disclosure_mail_waiting on postern.disclosure_mail (try_at) where sent_at is null;

do $$
declare
  name text;
begin
  foreach name in array array['disclosure_recipient', 'disclosure_report', 'disclosure_mail'] loop
    execute format('alter table postern.%I enable row level security', name);
    execute format('alter table postern.%I force row level security', name);
    execute format(
      'create policy owner_only on postern.%I to current_user using (true) with check (true)', name);
  end loop;
end
$$;

-- To whom reports are sealed: the newest; null before the operator has set the desk up.
create function postern.disclosure_recipient_now() returns text
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.recipient
  from disclosure_recipient r
  order by r.since desc
  limit 1
$$;

-- Keeps a report and says its receipt, which is the earlier one where the very same has come before; null
-- where so many wait to be read that somebody only wants to fill the disk.
create function postern.disclosure_put(p_receipt text, p_sealed bytea) returns text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_receipt text;
begin
  perform pg_advisory_xact_lock(hashtextextended('postern.disclosure', 0));
  select r.receipt into v_receipt from disclosure_report r where r.digest = sha256(p_sealed);
  if found then
    return v_receipt;
  end if;
  if (
    select count(*) filter (where r.received_at > clock_timestamp() - interval '1 hour') >= 300
      or coalesce(sum(octet_length(r.sealed)), 0) > 268435456
    from disclosure_report r
    where r.acknowledged_at is null
  ) then
    return null;
  end if;
  insert into disclosure_report (receipt, sealed)
  values (p_receipt, p_sealed);
  return p_receipt;
end
$$;

-- What whoever holds a receipt is told: when it came, and whether it has been read.
create function postern.disclosure_state(p_receipt text)
returns table (received_at timestamptz, acknowledged_at timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.received_at, r.acknowledged_at
  from disclosure_report r
  where r.receipt = p_receipt
$$;

revoke all on function postern.disclosure_recipient_now(),
  postern.disclosure_put(text, bytea), postern.disclosure_state(text) from public;
grant execute on function postern.disclosure_recipient_now(),
  postern.disclosure_put(text, bytea), postern.disclosure_state(text) to :server_role;
