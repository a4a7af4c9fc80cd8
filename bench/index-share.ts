/** What finding costs in bytes: tables and B-trees of the blind index beside the sealed content. */
import type { Installation } from './installation.ts';
import type { Figure } from './rounds.ts';

const GOAL = 1.5;

export async function indexShare(installation: Installation, when: string): Promise<Figure> {
  const [sizes] = await installation.query<{ index: string; sealed: string }>(`
    select
      pg_total_relation_size('postern.chart_token') + pg_total_relation_size('postern.practice_token')
        + pg_total_relation_size('postern.date_range') as index,
      (select sum(octet_length(r.sealed)) from postern.resource r) as sealed`);
  const value = Number(sizes!.index) / Number(sizes!.sealed);
  return { name: `index bytes to sealed bytes, ${when}`, value, unit: '', goal: { below: GOAL } };
}
