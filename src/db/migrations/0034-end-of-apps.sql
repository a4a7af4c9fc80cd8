-- An app that somebody let in lasts no longer than what they hold themselves. Here, so that no way to end a
-- grant, a stay in a practice or an old way to sign in can forget it, and in one transaction with it.

-- What was issued under a consent ends with it, whoever ends it: refresh tokens, codes, and access tokens,
-- which are sessions. Its jobs: 0026.
create function postern.artifacts_after_consent() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_grant bytea := sha256(convert_to(new.practice_id || '.' || new.consent_id, 'UTF8'));
begin
  perform session_end(a.practice_id, a.session_hash)
  from app_artifact a
  where a.grant_hash = v_grant
    and a.session_hash is not null;
  delete from app_artifact a where a.grant_hash = v_grant;
  return null;
end
$$;
create trigger artifacts_after_consent after update of ended_at on postern.app_consent
for each row when (old.ended_at is null and new.ended_at is not null)
execute function postern.artifacts_after_consent();

-- Ends a consent by a rule, and says so in the log: nobody did it.
create function postern.app_consent_lapse(p_practice uuid, p_consent uuid) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  with over as (
    update app_consent c
    set ended_at = clock_timestamp()
    where c.practice_id = p_practice
      and c.consent_id = p_consent
      and c.ended_at is null
    returning c.chart_id, c.client_id)
  insert into access_line (practice_id, id, behalf_of, purpose, action, outcome, client, entries)
  select p_practice, gen_random_uuid(), o.chart_id, 'app', 'app-end', 'ok', o.client_id,
    jsonb_build_array(jsonb_build_array(o.chart_id, 'Consent', p_consent, null))
  from over o;
$$;

-- Whether the account still holds anything in the practice, and for the patient where it is about one.
create function postern.app_consent_holds(p_practice uuid, p_account uuid, p_chart uuid) returns boolean
language sql stable security definer set search_path = postern, pg_temp
as $$
  select exists (
    select from access_grant g
    where g.practice_id = p_practice
      and g.account_id = p_account
      and g.ended_at is null
      and (g.ends_at is null or g.ends_at > clock_timestamp())
      and (g.chart_id is null or p_chart is null or g.chart_id = p_chart))
$$;

-- At the end of the transaction, so that a grant that is given in place of another keeps what hung on that.
create function postern.consents_after_grant() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform app_consent_lapse(c.practice_id, c.consent_id)
  from app_consent c
  where c.practice_id = new.practice_id
    and c.account_id = new.account_id
    and c.ended_at is null
    and not app_consent_holds(c.practice_id, c.account_id, c.chart_id);
  return null;
end
$$;
create constraint trigger consents_after_grant after update of ended_at on postern.access_grant
deferrable initially deferred
for each row when (old.ended_at is null and new.ended_at is not null)
execute function postern.consents_after_grant();

-- Who leaves a practice takes no app along but those about a record that stays theirs. For who keeps the
-- grants.
create function postern.app_consents_leave(p_account uuid) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  select app_consent_lapse(c.practice_id, c.consent_id)
  from app_consent c
  where c.practice_id = reach_practice()
    and reach_keys() && array['g/' || reach_practice()::text]
    and c.account_id = p_account
    and c.chart_id is null
    and c.ended_at is null
$$;

-- Whoever had the account before its recovery may have let apps in.
create function postern.consents_after_recovery() returns trigger
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  perform app_consent_lapse(c.practice_id, c.consent_id)
  from app_consent c
  where c.account_id = new.account_id
    and c.ended_at is null;
  return null;
end
$$;
create trigger consents_after_recovery after update of state on postern.recovery
for each row when (old.state = 'open' and new.state = 'done')
execute function postern.consents_after_recovery();

-- As before, and only while the person holds what it hangs on: a grant may end by its time, unseen.
create or replace function postern.app_consent_read(p_practice uuid, p_consent uuid)
returns table (account_id uuid, client_id text, chart_id uuid, key_version integer, sealed bytea)
language sql stable security definer set search_path = postern, pg_temp
as $$
  select c.account_id, c.client_id, c.chart_id, c.key_version, c.sealed
  from app_consent c
    join app_client a on a.client_id = c.client_id
  where c.practice_id = p_practice
    and c.consent_id = p_consent
    and c.ended_at is null
    and c.ends_at > clock_timestamp()
    and a.ended_at is null
    and app_consent_holds(c.practice_id, c.account_id, c.chart_id)
$$;

revoke all on function postern.artifacts_after_consent(), postern.app_consent_lapse(uuid, uuid),
  postern.app_consent_holds(uuid, uuid, uuid), postern.consents_after_grant(),
  postern.app_consents_leave(uuid), postern.consents_after_recovery() from public;
grant execute on function postern.app_consents_leave(uuid) to :server_role;
