-- Each factor that a recovery takes away is named in the log of the installation, in the same transaction,
-- so that one that is put back by hand afterwards shows: `postern log verify` compares what stands with
-- what the lines say.
create index access_line_factor on postern.access_line (at)
where action in ('factor-add', 'factor-change', 'factor-remove');

-- As in 0032, with those lines.
create or replace function postern.recovery_finish(
  p_account uuid, p_recovery uuid, p_version integer, p_sealed bytea)
returns boolean
language plpgsql volatile security definer set search_path = postern, pg_temp
as $$
begin
  update recovery r
  set sealed = p_sealed, version = r.version + 1, state = 'done'
  where r.account_id = p_account
    and r.recovery_id = p_recovery
    and r.version = p_version
    and r.state = 'open';
  if not found then
    return false;
  end if;
  with gone as (
    delete from factor f
    where f.account_id = p_account
    returning f.factor_id, f.kind)
  insert into access_line (practice_id, id, purpose, action, outcome, entries)
  select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'recovery', 'factor-remove', 'ok',
    jsonb_agg(
      jsonb_build_array(
        null,
        case g.kind
          when 'passkey' then 'Passkey'
          when 'passphrase' then 'Passphrase'
          when 'totp' then 'CodeApp'
          else 'RecoveryCodes'
        end,
        g.factor_id, null) order by g.factor_id)
      || jsonb_build_array(jsonb_build_array(null, 'Account', p_account, null))
  from gone g
  having count(*) > 0;
  delete from device d where d.account_id = p_account;
  delete from signin_code c where c.account_id = p_account;
  with gone as (
    delete from staff_identity i
    where i.account_id = p_account
    returning i.practice_id)
  insert into access_line (practice_id, id, purpose, action, outcome, entries)
  select distinct on (g.practice_id) g.practice_id, gen_random_uuid(), 'recovery', 'factor-remove', 'ok',
    jsonb_build_array(
      jsonb_build_array(null, 'StaffIdentity', p_account, null),
      jsonb_build_array(null, 'Account', p_account, null))
  from gone g;
  perform sessions_end(p.practice_id, p_account, 'recovery')
  from (
    select distinct s.practice_id
    from session s
    where s.account_id = p_account
      and s.ended_at is null) p;
  return true;
end
$$;
