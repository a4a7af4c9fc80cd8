-- What an app was let in to while its person is signed in (`online_access`) ends with the very session in
-- which they agreed, however that ends: by signing out, from another device, by being idle or revoked.
alter table postern.app_consent add column session_hash bytea;
create index app_consent_session on postern.app_consent (practice_id, session_hash)
where ended_at is null and session_hash is not null;

drop function postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz);
create function postern.app_consent_put(
  p_practice uuid, p_consent uuid, p_account uuid, p_client text, p_chart uuid, p_key_version integer,
  p_sealed bytea, p_ends timestamptz, p_session bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into app_consent (
    practice_id, consent_id, account_id, client_id, chart_id, key_version, sealed, ends_at, session_hash)
  values (
    p_practice, p_consent, p_account, p_client, p_chart, p_key_version, p_sealed, p_ends, p_session)
$$;

create function postern.consents_after_session() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform app_consent_lapse(c.practice_id, c.consent_id)
  from app_consent c
  where c.practice_id = new.practice_id
    and c.session_hash = new.session_hash
    and c.ended_at is null;
  return null;
end
$$;
create trigger consents_after_session after update of ended_at on postern.session
for each row when (old.ended_at is null and new.ended_at is not null)
execute function postern.consents_after_session();

revoke all on function
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz, bytea),
  postern.consents_after_session() from public;
grant execute on function
  postern.app_consent_put(uuid, uuid, uuid, text, uuid, integer, bytea, timestamptz, bytea) to :server_role;
