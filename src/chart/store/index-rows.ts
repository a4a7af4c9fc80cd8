/** Rows of the blind index for one resource: its terms, each turned into a token under the right key. */
import { invariant, PosternError } from '../../base/errors.ts';
import type { Section } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import { blindToken } from '../../seal/index.ts';
import type { IndexTerms } from '../search/index-terms.ts';
import { DamagedRecord } from './damage.ts';
import type { WrappedKey } from './wrapped-keys.ts';

export interface IndexTokens {
  /** Tokens under the key of the chart and section. */
  readonly chart: readonly string[];
  /** Tokens under the practice's key. */
  readonly practice: readonly string[];
}

/** Sections whose content is never found through a key that spans charts. */
const NEVER_WIDE: ReadonlySet<Section> = new Set(['sensitive', 'psychotherapy', 'canary']);

/**
 * Tokens of a resource: practice-wide for what the practice itself owns and for the few parameters that are
 * searched across charts, under the chart's own key for everything else. As decimal text, which is what a
 * PostgreSQL `bigint[]` takes.
 */
export function indexTokens(
  visit: Visit,
  type: string,
  key: WrappedKey,
  terms: IndexTerms,
  indexVersion: number,
): IndexTokens {
  const chart = new Set<string>();
  const practice = new Set<string>();
  for (const { param, value, wide } of terms.tokens) {
    const spans = key.chartId === null || (wide && !NEVER_WIDE.has(key.section));
    if (spans) practice.add(practiceToken(visit, type, param, value, indexVersion));
    else chart.add(chartToken(visit, type, key, param, value, indexVersion));
  }
  return { chart: [...chart], practice: [...practice] };
}

export function practiceToken(
  visit: Visit,
  type: string,
  param: string,
  value: string,
  indexVersion: number,
): string {
  const key = visit.scope.keys.practiceIndexKey(indexVersion);
  invariant(key !== null, 'a live session has the practice index key');
  return blindToken(key, type, param, value).toString();
}

/**
 * Whether there are tokens to be made with that key, of a chart and section that the visit reaches. Throws
 * `damaged` where the key is not what was wrapped.
 */
export function opensIndex(visit: Visit, key: WrappedKey, indexVersion: number): boolean {
  const { chartId, section, author, wrapped, practiceKeyVersion } = key;
  try {
    return (
      visit.scope.keys.indexKey(chartId, section, author, wrapped, practiceKeyVersion, indexVersion) !== null
    );
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
    throw new DamagedRecord(chartId, error);
  }
}

/** The token, for a chart and section that the visit reaches. */
export function chartToken(
  visit: Visit,
  type: string,
  key: WrappedKey,
  param: string,
  value: string,
  indexVersion: number,
): string {
  const indexKey = visit.scope.keys.indexKey(
    key.chartId,
    key.section,
    key.author,
    key.wrapped,
    key.practiceKeyVersion,
    indexVersion,
  );
  invariant(indexKey !== null, 'tokens are made only where the visit reaches');
  return blindToken(indexKey, type, param, value).toString();
}
