-- The day that the demo practices were made for, since everything in them hangs on it: every server over one
-- database shows the same demo, whichever of them loaded it. The owner's alone.
create table postern.demo (
  singleton boolean not null primary key default true check (singleton),
  day date not null,
  -- Null while it is being loaded, and where a load was interrupted.
  loaded_at timestamptz
);

alter table postern.demo enable row level security;
alter table postern.demo force row level security;
create policy owner_only on postern.demo to current_user using (true) with check (true);

-- The day was kept in a file before; it is that on which the practices were made.
insert into postern.demo (day)
select (min(p.created_at) at time zone 'UTC')::date
from postern.practice p
where p.slug in ('riverside-dental', 'lakeside-family')
having count(*) > 0;
