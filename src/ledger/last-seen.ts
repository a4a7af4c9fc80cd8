/** When somebody last did something, by the access log. Nothing of a line but its time comes out. */
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import type { Queryable } from './line.ts';

/** An account, anywhere in the practice or, where a chart is named, with that chart. */
export interface Watched {
  readonly accountId: AccountId;
  readonly chartId: ChartId | null;
}

/**
 * In the order of what is asked; null for never. Works inside the caller's scoped transaction: the row
 * policies show what that scope may see, so for who does not see the practice's lines it is always never.
 */
export async function lastSeen(
  tx: Queryable,
  practiceId: PracticeId,
  watched: readonly Watched[],
): Promise<(Date | null)[]> {
  const { rows } = await tx.query(
    `select case when w.chart is null then (
         select l.at
         from postern.access_line l
         where l.practice_id = $1
           and l.account_id = w.account
           and l.outcome = 'ok'
         order by l.at desc
         limit 1)
       else (
         select max(l.at)
         from postern.access_line_chart c
           join postern.access_line l on l.practice_id = c.practice_id and l.id = c.line_id
         where c.practice_id = $1
           and c.chart_id = w.chart
           and l.practice_id = $1
           and l.account_id = w.account
           and l.outcome = 'ok') end as at
     from unnest($2::uuid[], $3::uuid[]) with ordinality w (account, chart, place)
     order by w.place`,
    [practiceId, watched.map(({ accountId }) => accountId), watched.map(({ chartId }) => chartId)],
  );
  return (rows as { at: Date | null }[]).map(({ at }) => at);
}
