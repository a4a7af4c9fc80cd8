-- Which resource stands for somebody who signs in: the Practitioner of who works in a practice, the
-- RelatedPerson of who acts for a patient. Apps are told of it (`fhirUser`); it opens nothing. Sealed for its
-- row by the process, and the owner's alone. A Practitioner's row has the practice in the place of the chart.
create table postern.account_resource (
  practice_id uuid not null,
  account_id uuid not null,
  about uuid not null,
  key_version integer not null,
  sealed bytea not null,
  primary key (practice_id, account_id, about)
);

alter table postern.account_resource enable row level security;
alter table postern.account_resource force row level security;
create policy owner_only on postern.account_resource to current_user using (true) with check (true);

-- Without content it removes what stands.
create function postern.account_resource_set(
  p_account uuid, p_about uuid, p_key_version integer, p_sealed bytea) returns void
language sql security definer set search_path = postern, pg_temp
as $$
  delete from account_resource r
  where r.practice_id = reach_practice()
    and r.account_id = p_account
    and r.about = p_about;
  insert into account_resource (practice_id, account_id, about, key_version, sealed)
  select reach_practice(), p_account, p_about, p_key_version, p_sealed
  where p_sealed is not null;
$$;

create function postern.account_resource_of(p_account uuid, p_about uuid)
returns table (key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select r.key_version, r.sealed
  from account_resource r
  where r.practice_id = reach_practice()
    and r.account_id = p_account
    and r.about = p_about
$$;

revoke all on function postern.account_resource_set(uuid, uuid, integer, bytea),
  postern.account_resource_of(uuid, uuid) from public;
grant execute on function postern.account_resource_set(uuid, uuid, integer, bytea),
  postern.account_resource_of(uuid, uuid) to :server_role;
