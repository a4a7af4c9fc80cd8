-- For the practice's own upkeep: every file that a card has marked, also those that were taken off it since,
-- so that none is left behind when the photo of a card is destroyed.
create function postern.card_files(p_document uuid) returns setof uuid
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.file_id
  from card c
  where c.practice_id = reach_practice()
    and reach_keys() && array['s/' || c.practice_id::text]
    and c.document_id = p_document
    and c.file_id <> c.document_id
  order by c.file_id
$$;
revoke all on function postern.card_files(uuid) from public;
grant execute on function postern.card_files(uuid) to :server_role;
