-- Which sessions an identity provider vouched for, by keyed digests of its subject and of its own session, so
-- that it can end them (OpenID Connect Back-Channel Logout 1.0). Owner-only. A row says nothing that opens
-- anything: at most it ends a session.
create table postern.provider_session (
  practice_id uuid not null,
  session_hash bytea not null check (octet_length(session_hash) = 32),
  subject bytea not null check (octet_length(subject) = 32),
  provider_session bytea check (octet_length(provider_session) = 32),
  expires_at timestamptz not null,
  primary key (practice_id, session_hash)
);
create index provider_session_subject on postern.provider_session (practice_id, subject);
create index provider_session_name on postern.provider_session (practice_id, provider_session);
alter table postern.provider_session enable row level security;
alter table postern.provider_session force row level security;
create policy owner_only on postern.provider_session to current_user using (true) with check (true);

create function postern.provider_session_put(
  p_practice uuid, p_session bytea, p_subject bytea, p_name bytea, p_expires timestamptz) returns void
language sql volatile security definer set search_path = postern, pg_temp
as $$
  delete from provider_session s
  where s.practice_id = p_practice
    and s.expires_at < clock_timestamp();
  insert into provider_session (practice_id, session_hash, subject, provider_session, expires_at)
  values (p_practice, p_session, p_subject, p_name, p_expires);
$$;

-- Ends those of a subject, of a session of the provider, or of both together; answers what notices call them.
create function postern.provider_sessions_end(p_practice uuid, p_subject bytea, p_name bytea)
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
    return next session_name(found_session);
  end loop;
end
$$;

revoke all on function postern.provider_session_put(uuid, bytea, bytea, bytea, timestamptz),
  postern.provider_sessions_end(uuid, bytea, bytea) from public;
grant execute on function postern.provider_session_put(uuid, bytea, bytea, bytea, timestamptz),
  postern.provider_sessions_end(uuid, bytea, bytea) to :server_role;
