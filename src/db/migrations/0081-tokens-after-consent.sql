-- Whether a consent still stands is asked once more when a token that hangs on it is in its row. Whoever ends
-- or changes a consent takes what stands of it then, and may not have said so yet: who asks waits for them.
-- Either way one of the two sees the other, and no token outlives its consent.
create function postern.app_consent_settle(p_practice uuid, p_consent uuid) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  select
  from app_consent c
  where c.practice_id = p_practice
    and c.consent_id = p_consent
  for share
$$;

revoke all on function postern.app_consent_settle(uuid, uuid) from public;
grant execute on function postern.app_consent_settle(uuid, uuid) to :server_role;
