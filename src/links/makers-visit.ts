/**
 * A link is opened in a session of whoever made it: a short one, opened for this, with their grants as they
 * are at that moment. What they may not pass on any more is not given out, by either lock.
 */
import { PosternError } from '../base/errors.ts';
import type { ChartId, PracticeId, ResourceId } from '../base/ids.ts';
import { sectionOf } from '../base/section.ts';
import { inVisit, markedAmong } from '../chart/index.ts';
import type { Transaction } from '../db/index.ts';
import type { SessionTerms, Visit } from '../gate/index.ts';
import type { LinkParts } from './link-parts.ts';
import type { LinkFileRow, LinkRow } from './link-rows.ts';
import { boundScope, mayGoOut, type Source } from './link-source.ts';
import { type LinkFile, openFile } from './sealed-link.ts';

/** Longer than a slow line takes for the largest file; it is ended when the answer is. */
const SESSION_SECONDS = 3600;
/** The person let it be opened by whoever has the link, as they let an app in. */
const TERMS: SessionTerms = { methods: ['app'], device: null, narrowing: null };

/** A session of the maker; null where they can have none. Whoever calls ends it. */
export async function makersVisit(
  { gate }: LinkParts,
  practiceId: PracticeId,
  { account_id: accountId }: LinkRow,
): Promise<Visit | null> {
  try {
    const session = { practiceId, accountId, purpose: 'link', client: null, ttlSeconds: SESSION_SECONDS };
    return await gate.admit(await gate.openSession({ ...session, terms: TERMS }), null);
  } catch (error) {
    // The account is disabled.
    if (error instanceof PosternError && error.code === 'conflict') return null;
    throw error;
  }
}

/** Those of the files that the maker may still pass on, as they are filed by now. */
export async function standingFiles(
  { context }: LinkParts,
  visit: Visit,
  link: LinkRow,
  rows: readonly LinkFileRow[],
): Promise<LinkFile[]> {
  const opened = await Promise.all(rows.map((row) => openFile(context, visit, link.id, row)));
  const files = opened.filter((file) => file !== null);
  const standing = await standingSources(
    { context },
    visit,
    link,
    files.flatMap(({ facts }) => facts.sources),
  );
  return files.filter(({ facts }) => facts.sources.every(({ id }) => standing.has(id)));
}

/**
 * What of the record was deleted, withdrawn, closed or found to be a card since the link was made goes out no
 * more.
 */
async function standingSources(
  { context }: Pick<LinkParts, 'context'>,
  visit: Visit,
  { chart_id: chartId }: Pick<LinkRow, 'chart_id'>,
  sources: readonly Source[],
): Promise<ReadonlySet<ResourceId>> {
  return inVisit(context, visit, (tx, current) => standingNow(tx, current, chartId, sources));
}

/** Those of the sources that may go out as they are filed at this moment. */
export async function standingNow(
  tx: Transaction,
  { scope }: Visit,
  chartId: ChartId,
  sources: readonly Source[],
): Promise<ReadonlySet<ResourceId>> {
  const ids = sources.map(({ id }) => id);
  const { rows } = await tx.query<{ id: ResourceId; section: number }>({
    name: 'sources-of-link',
    text: `
      select r.id, r.section
      from postern.resource r
      where r.practice_id = $1
        and r.chart_id = $2
        and r.id = any($3::uuid[])
        and not r.deleted
        and not r.withheld
        and r.key_version > 0`,
    values: [scope.practiceId, chartId, ids],
  });
  const cards = await markedAmong(tx, ids);
  const bound = boundScope(scope);
  const open = rows.filter(
    ({ id, section }) => !cards.has(id) && mayGoOut(bound, sectionOf(section), chartId),
  );
  return new Set(open.map(({ id }) => id));
}
