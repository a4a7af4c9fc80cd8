/** How much of the answer is asked: `_count`, `_total`, `_summary` and `_elements`. */
import { PosternError } from '../../base/errors.ts';
import type { SearchPlan } from './plan-shape.ts';
import { parseSubset } from './subset.ts';

export const DEFAULT_COUNT = 20;
export const MAX_COUNT = 500;

type PageForm = Pick<SearchPlan, 'count' | 'total' | 'countOnly' | 'subset'>;

const TOTALS: ReadonlySet<string> = new Set<SearchPlan['total']>(['none', 'estimate', 'accurate']);

/** Throws `invalid` for a value that a parameter does not take. */
export function parsePageForm(query: URLSearchParams): PageForm {
  const count = countOf(query.get('_count'));
  const total = query.get('_total') || 'none';
  if (!TOTALS.has(total)) throw new PosternError('invalid', '_total takes none, estimate or accurate.');
  const summary = query.get('_summary') || 'false';
  const including = [...query].some(([name, value]) => name.startsWith('_include') && value !== '');
  if (summary === 'text' && including) {
    throw new PosternError('invalid', '_summary=text and _include do not go together.');
  }
  return {
    count,
    total: total as SearchPlan['total'],
    countOnly: summary === 'count' || count === 0,
    subset: parseSubset(summary, query.get('_elements')),
  };
}

function countOf(text: string | null): number {
  if (text === null || text === '') return DEFAULT_COUNT;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', '_count takes a whole number.');
  return Math.min(Number(text), MAX_COUNT);
}
