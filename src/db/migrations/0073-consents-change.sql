-- What an app may do becomes less, and never more: the tokens that were issued for more end with the change,
-- and what the app refreshes with stays. False for a consent that is over.
create function postern.app_consent_change(
  p_practice uuid, p_consent uuid, p_key_version integer, p_sealed bytea, p_scope_key_version integer,
  p_scope_sealed bytea, p_grant bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update app_consent c
  set key_version = p_key_version,
    sealed = p_sealed,
    scope_key_version = p_scope_key_version,
    scope_sealed = p_scope_sealed
  where c.practice_id = p_practice
    and c.consent_id = p_consent
    and c.ended_at is null
    and c.ends_at > clock_timestamp();
  if not found then
    return false;
  end if;
  perform app_grant_artifacts_end('AccessToken', p_grant);
  return true;
end
$$;

revoke all on function
  postern.app_consent_change(uuid, uuid, integer, bytea, integer, bytea, bytea) from public;
grant execute on function
  postern.app_consent_change(uuid, uuid, integer, bytea, integer, bytea, bytea) to :server_role;
