/**
 * What a condition of a write finds (https://hl7.org/fhir/R4/http.html#ccreate): the ordinary search, within
 * the writing transaction and the visit's reach. What somebody else has is as absent here as anywhere.
 */
import { PosternError } from '../../base/errors.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { parseSearch } from '../search/search-plan.ts';
import { collect } from './collect-hits.ts';
import type { StoreContext } from './store-context.ts';
import type { ResourceRow, Stored } from './stored.ts';

export interface Match {
  readonly row: Pick<ResourceRow, 'id' | 'chart_id' | 'version'>;
  readonly stored: Stored;
}

/** Parameters that shape a page of results and say nothing of what is sought. */
const OF_THE_PAGE = /^_(?:count|cursor|sort|format|pretty|summary|elements|total|include|revinclude)(?::|$)/;

/** A condition as it is compared: its criteria in a fixed order, without what only shapes a page. */
export function criteriaOf(query: URLSearchParams): URLSearchParams {
  const criteria = [...query].filter(([name, value]) => !OF_THE_PAGE.test(name) && value !== '');
  const sorted = new URLSearchParams(criteria);
  sorted.sort();
  return sorted;
}

/** A condition by which others know it, so that two of the same wait for each other. */
export function conditionName(type: string, query: URLSearchParams): string {
  return `${type}?${criteriaOf(query)}`;
}

/**
 * The one match, or null. Throws `invalid` for a condition that is none or that this server cannot test (to
 * leave a part of it out would be to write to what nobody meant), and `several-matches` for more than one.
 * `seen` is told what was found, for the access log.
 */
export async function findMatch(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  type: string,
  query: URLSearchParams,
  seen: (entry: LineEntry) => void,
): Promise<Match | null> {
  const criteria = criteriaOf(query);
  if (criteria.size === 0) throw new PosternError('invalid', 'The condition names nothing to look for.');
  criteria.set('_count', '1');
  const plan = parseSearch(type, criteria, { now: context.clock.now(), ownBases: context.ownBases });
  if (plan.ignored.length > 0) {
    throw new PosternError('invalid', 'The condition has a parameter that this server does not offer.');
  }
  if (plan.links.length > 0) {
    throw new PosternError('invalid', 'A condition asks of the resource itself, without chains and _has.');
  }
  const hits = await collect(context, tx, visit, plan);
  for (const { row } of hits) seen([row.chart_id, type, row.id, row.version]);
  if (hits.length > 1) {
    throw new PosternError('several-matches', 'The condition fits more than one resource. Say more of it.');
  }
  return hits[0] ?? null;
}

/**
 * Makes whoever has the same condition wait for this transaction to end: two who ask at once for what is not
 * there must not both make it.
 */
export async function awaitTurns(tx: Transaction, visit: Visit, conditions: Iterable<string>): Promise<void> {
  const names = [...new Set(conditions)];
  if (names.length === 0) return;
  await tx.query({
    name: 'await-turns',
    text: `
      select pg_advisory_xact_lock(l.key)
      from (
        select distinct hashtextextended($1 || c.name, 0) as key
        from unnest($2::text[]) c (name)
        order by key) l`,
    values: [`${visit.scope.practiceId}/`, names],
  });
}
