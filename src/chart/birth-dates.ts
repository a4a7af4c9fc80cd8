/** When patients were born, by their records: searched as anybody would, so that each look is a line. */
import type { ChartId } from '../base/ids.ts';
import type { Visit } from '../gate/index.ts';
import type { ChartStore } from './chart-store.ts';

const AT_ONCE = 50;

export interface BirthDatesInCharts {
  /**
   * As their records say it, null where they do not; of those whose record was changed since then, where a
   * time is given. Charts that are not there, or not open to the visit, are left out.
   */
  of(
    visit: Visit,
    charts: readonly ChartId[],
    changedSince: Date | null,
  ): Promise<ReadonlyMap<ChartId, string | null>>;
}

export function birthDatesIn(store: Pick<ChartStore, 'search'>): BirthDatesInCharts {
  return {
    of: async (visit, charts, changedSince) => {
      const found = new Map<ChartId, string | null>();
      for (let start = 0; start < charts.length; start += AT_ONCE) {
        const some = charts.slice(start, start + AT_ONCE);
        const query = new URLSearchParams({ _id: some.join(','), _count: String(AT_ONCE) });
        if (changedSince !== null) query.set('_lastUpdated', `ge${changedSince.toISOString()}`);
        const { matches } = await store.search(visit, 'Patient', query);
        for (const { id, content } of matches) {
          const birthDate = content?.json<{ birthDate?: unknown }>().birthDate;
          found.set(id as string as ChartId, typeof birthDate === 'string' ? birthDate : null);
        }
      }
      return found;
    },
  };
}
