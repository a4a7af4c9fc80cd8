/** What stands in the practice already and a write depends on: owners, targets, what is cited. */
import type { AccountId, ChartId, PracticeId, ResourceId } from '../../base/ids.ts';
import { type Section, sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';

export interface Standing {
  readonly type: string;
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly version: number;
  readonly deleted: boolean;
  readonly author: AccountId | null;
}

interface StandingRow {
  id: ResourceId;
  type: string;
  chart_id: ChartId | null;
  section: number;
  version: number;
  deleted: boolean;
  author: AccountId;
}

/** The rows of those ids that the session may see, by id. */
export async function readStanding(
  tx: Transaction,
  practiceId: PracticeId,
  ids: Iterable<ResourceId>,
): Promise<Map<ResourceId, Standing>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { rows } = await tx.query<StandingRow>({
    name: 'standing',
    text: `
      select r.id, r.type, r.chart_id, r.section, r.version, r.deleted, r.author
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])`,
    values: [practiceId, wanted],
  });
  return new Map(rows.map((row) => [row.id, standingOf(row)]));
}

function standingOf(row: StandingRow): Standing {
  return {
    type: row.type,
    chartId: row.chart_id,
    section: sectionOf(row.section),
    version: row.version,
    deleted: row.deleted,
    author: row.author,
  };
}
