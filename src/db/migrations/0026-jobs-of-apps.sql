-- A client's jobs run in sessions of their own, which no artifact of the authorization server names, since
-- they outlive its access tokens. So they end here, with everything they made, when the person disconnects
-- the app or the operator ends the client.
create function postern.jobs_of_app_end(p_practice uuid, p_account uuid, p_client text) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  select session_end(j.practice_id, j.session_hash)
  from job j
  where j.client = p_client
    and (p_practice is null or j.practice_id = p_practice)
    and (p_account is null or j.account_id = p_account)
    and j.state in ('waiting', 'running');
  update job j
  set state = 'ended', wrapped = null, payload = '', checkpoint = null
  where j.client = p_client
    and (p_practice is null or j.practice_id = p_practice)
    and (p_account is null or j.account_id = p_account)
    and j.state <> 'ended';
$$;

create function postern.jobs_after_consent() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform jobs_of_app_end(new.practice_id, new.account_id, new.client_id);
  return null;
end
$$;
create trigger jobs_after_consent after update of ended_at on postern.app_consent
for each row when (old.ended_at is null and new.ended_at is not null)
execute function postern.jobs_after_consent();

create function postern.jobs_after_client() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform jobs_of_app_end(null, null, new.client_id);
  return null;
end
$$;
create trigger jobs_after_client after update of ended_at on postern.app_client
for each row when (old.ended_at is null and new.ended_at is not null)
execute function postern.jobs_after_client();

revoke all on function postern.jobs_of_app_end(uuid, uuid, text), postern.jobs_after_consent(),
  postern.jobs_after_client() from public;
