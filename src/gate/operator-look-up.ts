/** What the operator's commands look up to name what they act on. Authority: the operator's, as the owner. */
import type { Pool } from 'pg';
import type { ChartId, GrantId, PracticeId } from '../base/ids.ts';

/** The practice in which a grant was given; null where there is no such grant. */
export async function practiceOfGrant(owner: Pool, grantId: GrantId): Promise<PracticeId | null> {
  const { rows } = await owner.query<{ practice_id: PracticeId }>(
    `select g.practice_id
     from postern.access_grant g
     where g.grant_id = $1`,
    [grantId],
  );
  return rows[0]?.practice_id ?? null;
}

/** Whether the chart is that of a patient who stands in the practice, unshredded. Nothing of it is opened. */
export async function holdsPatient(owner: Pool, practiceId: PracticeId, chartId: ChartId): Promise<boolean> {
  const { rows } = await owner.query<{ stands: boolean }>(
    `select exists (
       select from postern.resource r
       where r.practice_id = $1
         and r.id = $2
         and r.chart_id = $2
         and r.type = 'Patient'
         and not r.deleted
         and not exists (
           select from postern.shred s
           where s.practice_id = r.practice_id
             and s.chart_id = r.chart_id)) as stands`,
    [practiceId, chartId],
  );
  return rows[0]!.stands;
}
