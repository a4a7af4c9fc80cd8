-- What an app was let in to without being allowed to stay (`offline_access`) ends when the identity
-- provider says that whoever let it in signed out there (ADR 0116), though the session in which they agreed
-- may be over since.
alter table postern.app_consent add column began_in bytea;
create index app_consent_began on postern.app_consent (practice_id, began_in)
where ended_at is null and began_in is not null;

drop function postern.app_consent_put(
  uuid, uuid, uuid, text, uuid, integer, bytea, integer, bytea, timestamptz, bytea);
create function postern.app_consent_put(
  p_practice uuid, p_consent uuid, p_account uuid, p_client text, p_chart uuid, p_key_version integer,
  p_sealed bytea, p_scope_key_version integer, p_scope_sealed bytea, p_ends timestamptz, p_session bytea,
  p_began_in bytea)
returns void
language sql security definer set search_path = postern, pg_temp
as $$
  insert into app_consent (
    practice_id, consent_id, account_id, client_id, chart_id, key_version, sealed, scope_key_version,
    scope_sealed, ends_at, session_hash, began_in)
  values (
    p_practice, p_consent, p_account, p_client, p_chart, p_key_version, p_sealed, p_scope_key_version,
    p_scope_sealed, p_ends, p_session, p_began_in)
$$;

-- As before, with the apps that were let in meanwhile.
create or replace function postern.provider_sessions_end(p_practice uuid, p_subject bytea, p_name bytea)
returns setof text
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  found_session bytea;
begin
  if p_subject is null and p_name is null then
    return;
  end if;
  for found_session in
    delete from provider_session s
    where s.practice_id = p_practice
      and (p_subject is null or s.subject = p_subject)
      and (p_name is null or s.provider_session = p_name)
    returning s.session_hash
  loop
    perform session_end(p_practice, found_session, 'provider');
    perform app_consent_lapse(c.practice_id, c.consent_id)
    from app_consent c
    where c.practice_id = p_practice
      and c.began_in = found_session
      and c.ended_at is null;
    return next session_name(found_session);
  end loop;
end
$$;

revoke all on function postern.app_consent_put(
  uuid, uuid, uuid, text, uuid, integer, bytea, integer, bytea, timestamptz, bytea, bytea) from public;
grant execute on function postern.app_consent_put(
  uuid, uuid, uuid, text, uuid, integer, bytea, integer, bytea, timestamptz, bytea, bytea) to :server_role;
