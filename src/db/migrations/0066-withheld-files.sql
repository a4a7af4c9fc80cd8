-- Files of documents that were withdrawn.
--
-- A document that was filed in error may show somebody else's findings: from then on its file opens for those
-- alone who may write there, whoever else opens that section. Its row stays where it is, and says so in the
-- clear, so that the policies need nothing else to tell.
alter table postern.resource add column withheld boolean not null default false;
alter table postern.resource_version add column withheld boolean not null default false;

do $$
declare
  tenant text;
begin
  foreach tenant in array array['resource', 'resource_version'] loop
    execute format($policy$
      alter policy reach_read on postern.%I
      using ((select postern.reach_keys()) && postern.keys_of(
        case when type <> 'Binary' then 'r' when withheld then 'w' else 'o' end,
        practice_id, chart_id, section, author))
      $policy$, tenant);
  end loop;
end
$$;
