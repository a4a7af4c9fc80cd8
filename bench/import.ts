/** The whole import command: start, two passes over the files, checks, sealing, indexing, lines. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { indexShare } from './index-share.ts';
import { type Figure, inTurn, median } from './rounds.ts';
import type { Stand } from './stand.ts';

const RESOURCES_PER_SECOND = 1500;

/** Real generations of a well-known generator where they are at hand; else the made charts. */
function sources(folder: string): { what: string; paths: string[] } {
  const shared = process.env.POSTERN_SHARED_DATA ?? join(import.meta.dirname, '../../shared/data');
  const synthea = join(shared, 'synthea');
  if (existsSync(synthea)) return { what: 'the shared patients', paths: [synthea] };
  process.stderr.write('The shared data is not there; import is measured on made charts.\n');
  return { what: 'made charts', paths: [join(folder, 'charts')] };
}

export async function importing({ installation }: Stand): Promise<Figure[]> {
  const { what, paths } = sources(installation.folder);
  let round = 0;
  const [results] = await inTurn([() => installation.import(`round-${round++}`, paths)]);
  const rates = results!.map(({ seconds, created }) => created / seconds);
  return [
    {
      name: `import of ${what}, the whole command`,
      value: median(rates),
      unit: 'a second',
      goal: { atLeast: RESOURCES_PER_SECOND },
    },
    await indexShare(installation, `after importing ${what}`),
  ];
}
