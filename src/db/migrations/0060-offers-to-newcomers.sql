-- What somebody offers of their record can also be taken by whoever has no account here yet: they come by a
-- link that stands for the offer, and it is theirs from the moment that they have proved it.
alter table postern.family_offer add column account_id uuid;

-- For no session, by the link: one that works, all of whose grants stand under which it was made.
create function postern.family_offer_find(p_practice uuid, p_offer uuid)
returns table (
  given_by uuid, chart_id uuid, content text, mac bytea, expires timestamptz, account_id uuid)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select o.given_by, o.chart_id, o.content, o.mac, o.expires_at, o.account_id
  from family_offer o
  where o.practice_id = p_practice
    and o.offer_id = p_offer
    and o.expires_at > clock_timestamp()
    and not exists (
      select from jsonb_array_elements_text(o.content::jsonb -> 'under') u (id)
      where not exists (
        select from access_grant g
        where g.practice_id = p_practice
          and g.grant_id = u.id::uuid
          and g.ended_at is null
          and (g.ends_at is null or g.ends_at > clock_timestamp())))
$$;

-- Makes it that account's: 'new' the first time, 'again' for the same one, null where it is another's or
-- over. It is kept where a start that is left may go on with it.
create function postern.family_offer_prove(p_practice uuid, p_offer uuid, p_account uuid, p_kept boolean)
returns text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  holder uuid;
begin
  select o.account_id into holder
  from family_offer o
  where o.practice_id = p_practice
    and o.offer_id = p_offer
    and o.expires_at > clock_timestamp()
  for update;
  if not found or holder <> p_account then
    return null;
  end if;
  if holder = p_account then
    return 'again';
  end if;
  if p_kept then
    update family_offer o
    set account_id = p_account
    where o.practice_id = p_practice
      and o.offer_id = p_offer;
  else
    delete from family_offer o
    where o.practice_id = p_practice
      and o.offer_id = p_offer;
  end if;
  return 'new';
end
$$;

-- As in 0020, but for one that is somebody's already: it waits for nobody.
create or replace function postern.family_offer_take(p_code_mac bytea)
returns table (offer_id uuid, given_by uuid, chart_id uuid, content text, mac bytea, expires timestamptz)
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.code_mac = p_code_mac
    and o.expires_at > clock_timestamp()
    and o.account_id is null
  returning o.offer_id, o.given_by, o.chart_id, o.content, o.mac, o.expires_at
$$;

create or replace function postern.family_offer_list()
returns table (offer_id uuid, chart_id uuid, content text, mac bytea, expires timestamptz)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select o.offer_id, o.chart_id, o.content, o.mac, o.expires_at
  from family_offer o
  where o.practice_id = reach_practice()
    and reach_keys() && array['a/' || o.given_by::text]
    and o.expires_at > clock_timestamp()
    and o.account_id is null
  order by o.expires_at, o.offer_id
$$;

create or replace function postern.family_offer_end(p_offer uuid) returns boolean
language sql security definer set search_path = postern, pg_temp
as $$
  delete from family_offer o
  where o.practice_id = reach_practice()
    and o.offer_id = p_offer
    and o.account_id is null
    and reach_keys() && array['a/' || o.given_by::text]
  returning true
$$;

revoke all on function postern.family_offer_find(uuid, uuid),
  postern.family_offer_prove(uuid, uuid, uuid, boolean) from public;
grant execute on function postern.family_offer_find(uuid, uuid),
  postern.family_offer_prove(uuid, uuid, uuid, boolean) to :server_role;
