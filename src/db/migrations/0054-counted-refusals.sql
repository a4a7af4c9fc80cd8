-- Refusals of a session within the last minutes, counted by all servers together: whoever asks for what is
-- not theirs by several of them gets no further than by one. Times alone; the lines say what it was.
create table postern.refusal_count (
  practice_id uuid not null,
  session_hash bytea not null check (octet_length(session_hash) = 32),
  times timestamptz[] not null,
  until timestamptz not null,
  primary key (practice_id, session_hash)
);
create index refusal_count_until on postern.refusal_count (until);
alter table postern.refusal_count enable row level security;
alter table postern.refusal_count force row level security;
create policy owner_only on postern.refusal_count to current_user using (true) with check (true);

-- Adds one, and answers when each of the last ones was, the oldest first; those before that time are
-- forgotten. The time is the process's own.
create function postern.refusal_note(
  p_practice uuid, p_session bytea, p_now timestamptz, p_since timestamptz) returns timestamptz[]
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
declare
  v_times timestamptz[];
begin
  delete from refusal_count r
  where (r.practice_id, r.session_hash) in (
    select o.practice_id, o.session_hash
    from refusal_count o
    where o.until < p_since
    order by o.until
    limit 20
    for update skip locked);
  insert into refusal_count as r (practice_id, session_hash, times, until)
  values (p_practice, p_session, array[p_now], p_now)
  on conflict (practice_id, session_hash) do update
  set times = (
      select array_agg(t.at order by t.at)
      from (
        select u.at
        from unnest(r.times || p_now) u (at)
        where u.at > p_since
        order by u.at desc
        limit 100) t),
    until = greatest(r.until, p_now)
  returning r.times into v_times;
  return v_times;
end
$$;

revoke all on function postern.refusal_note(uuid, bytea, timestamptz, timestamptz) from public;
grant execute on function postern.refusal_note(uuid, bytea, timestamptz, timestamptz) to :server_role;
