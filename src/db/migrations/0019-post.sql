-- The post: mails that Postern sends to people, made in the transaction of what they tell of and sent
-- afterwards. It belongs to the installation, as accounts do.
--
-- To whom one goes and what it says is sealed under the installation's key, which this database does not
-- hold: one that was written here by hand does not open, and is not sent. The content goes as soon as the
-- mail has been handed over, or was given up, since links in it may work. The server role can put one in and
-- read none; whoever sends them goes in as the owner.
create table postern.mail (
  mail_id uuid not null primary key,
  kind text not null,
  made_at timestamptz not null,
  sealed bytea check (octet_length(sealed) <= 65536),
  -- After this it would tell nothing that still holds.
  until timestamptz not null,
  tried integer not null default 0,
  try_at timestamptz not null,
  sent_at timestamptz,
  given_up_at timestamptz,
  check ((sealed is null) = (sent_at is not null or given_up_at is not null))
);
create index mail_waiting on postern.mail (try_at) where sealed is not null;

alter table postern.mail enable row level security;
alter table postern.mail force row level security;
create policy owner_only on postern.mail to current_user using (true) with check (true);

create function postern.mail_put(
  p_mail uuid, p_kind text, p_sealed bytea, p_made timestamptz, p_until timestamptz)
returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  insert into mail (mail_id, kind, made_at, sealed, until, try_at)
  values (p_mail, p_kind, p_made, p_sealed, p_until, p_made)
$$;

revoke all on function postern.mail_put(uuid, text, bytea, timestamptz, timestamptz) from public;
grant execute on function postern.mail_put(uuid, text, bytea, timestamptz, timestamptz) to :server_role;
