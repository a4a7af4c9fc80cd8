/** Charts one after the other, to be gone through page by page: one more than a page looks into. */
import type { ChartId, PracticeId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';

/** Of those charts, from that one on. */
export function inOrderFrom(charts: Iterable<ChartId>, from: ChartId, page: number): ChartId[] {
  return [...charts]
    .filter((chart) => chart >= from)
    .sort()
    .slice(0, page + 1);
}

/** Of every chart whose patient the session sees; those that were deleted too, where asked. */
export async function patientsFrom(
  asking: Transaction,
  practiceId: PracticeId,
  from: ChartId,
  page: number,
  withDeleted = false,
): Promise<ChartId[]> {
  const { rows } = await asking.query<{ id: ChartId }>({
    name: 'charts-in-order',
    text: `
      select r.id
      from postern.resource r
      where r.practice_id = $1
        and r.type = 'Patient'
        and r.id >= $2
        and (not r.deleted or $3)
      order by r.id
      limit $4`,
    values: [practiceId, from, withDeleted, page + 1],
  });
  return rows.map(({ id }) => id);
}
