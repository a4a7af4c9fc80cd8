-- What somebody sends is theirs as long as they may write where it goes, or pass the chart on: who was sent
-- away sees nothing more of what they had begun, and adds nothing to it.
create policy within_reach on postern.upload as restrictive to :server_role
using (
  (select postern.reach_keys()) && (
    postern.keys_of('w', practice_id, chart_id, section, account_id) || array['g/' || chart_id::text]))
with check (
  (select postern.reach_keys()) && (
    postern.keys_of('w', practice_id, chart_id, section, account_id) || array['g/' || chart_id::text]));
