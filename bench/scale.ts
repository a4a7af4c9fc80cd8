/**
 * A practice a hundred times as large: what one chart feels of it, what a search through the whole practice
 * takes, and how large the index grows. Hours on a small machine at full size; `SCALE=100000` shortens it.
 */
import { join } from 'node:path';
import { indexShare } from './index-share.ts';
import { Installation } from './installation.ts';
import { Load } from './load.ts';
import { birthDateOf, CODES, FROM, familyOf, LOINC, writeCharts } from './made-charts.ts';
import { type Figure, inTurn, median, percentile } from './rounds.ts';
import { searchPath } from './search.ts';

const SMALL = 10_000;
const LARGE = Number(process.env.SCALE ?? 1_000_000);
const SECONDS = 3;

async function filled(resources: number): Promise<Installation> {
  const installation = await Installation.make();
  const folder = join(installation.folder, 'charts');
  const written = await writeCharts(folder, resources);
  const { created, seconds } = await installation.import('first', [folder]);
  process.stderr.write(`${created} of ${written} resources imported in ${Math.round(seconds)} s\n`);
  await installation.query('vacuum analyze');
  return installation;
}

export async function scale(): Promise<Figure[]> {
  const load = new Load();
  const small = await filled(SMALL);
  const large = await filled(LARGE);
  try {
    const side = async (installation: Installation, paths: readonly string[], connections: number) => {
      const headers = await installation.headers();
      const requests = paths.map((path) => ({ method: 'GET', path, headers }));
      const job = { port: installation.port, connections, seconds: SECONDS, requests };
      return async () => percentile((await load.run(job)).milliseconds, 0.95);
    };
    const searches = async (one: Installation) =>
      (await one.charts(60)).flatMap((chart) => CODES.map((code) => searchPath(chart, code)));
    const reads = async (one: Installation) =>
      (await one.observations(2000)).map(({ id }) => `/fhir/Observation/${id}`);
    const figures: Figure[] = [];
    for (const [name, paths] of [
      ['search', searches],
      ['read', reads],
    ] as const) {
      const [few, many] = await inTurn([
        await side(small, await paths(small), 4),
        await side(large, await paths(large), 4),
      ]);
      const ratio = median(many!.map((p95, round) => p95 / few![round]!));
      const what = `a chart's ${name}, p95`;
      figures.push(
        { name: `${what}, ${LARGE} to ${SMALL} resources`, value: ratio, unit: '', goal: { below: 1.3 } },
        { name: `${what}, ${LARGE} resources`, value: median(many!), unit: 'ms' },
      );
    }
    const charts = Array.from({ length: 50 }, (_, at) => at * 2);
    const patients = charts.map((chart) => {
      const query = new URLSearchParams({ family: familyOf(chart), birthdate: birthDateOf(chart) });
      return `/fhir/Patient?${query}`;
    });
    const code = new URLSearchParams({ code: `${LOINC}|${CODES[0]}`, date: `ge${FROM}`, _count: '20' });
    for (const [name, paths] of [
      ['patients by family name and birth date', patients],
      ['observations by code and date', [`/fhir/Observation?${code}`]],
    ] as const) {
      const [p95s] = await inTurn([await side(large, paths, 1)]);
      const value = median(p95s!);
      figures.push({ name: `practice-wide: ${name}, p95`, value, unit: 'ms', goal: { below: 200 } });
    }
    figures.push(await indexShare(large, `${LARGE} resources`));
    return figures;
  } finally {
    load.close();
    await small.close();
    await large.close();
  }
}
