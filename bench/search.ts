/** A page of 20 by patient, code and date, against a bare route that selects 20 rows by B-tree. */
import { CODES, FROM, LOINC } from './made-charts.ts';
import { type Figure, inTurn, median, ROUNDS, UNTIL_WARM } from './rounds.ts';
import type { Stand } from './stand.ts';

const SECONDS = 3;
const GOAL = 0.2;
/** Twice the nearest open-source peer. */
const SEARCHES_PER_SECOND = 1300;

export function searchPath(chart: string, code: string): string {
  const query = new URLSearchParams({
    patient: chart,
    code: `${LOINC}|${code}`,
    date: `ge${FROM}`,
    _count: '20',
  });
  return `/fhir/Observation?${query}`;
}

export async function search({ installation, barePort, load }: Stand): Promise<Figure[]> {
  const charts = await installation.charts(60);
  const headers = await installation.headers();
  const requests = charts.flatMap((chart) =>
    CODES.map((code) => ({ method: 'GET', path: searchPath(chart, code), headers })),
  );
  const bare = charts.flatMap((chart) =>
    CODES.map((_, code) => ({
      method: 'GET',
      path: `/search?chart=${chart}&code=${code}&from=${FROM}`,
      headers: {},
    })),
  );
  const figures: Figure[] = [];
  for (const connections of [8, 32]) {
    const job = { connections, seconds: SECONDS };
    const [own, other] = await inTurn(
      [
        () => load.run({ ...job, port: installation.port, requests }),
        () => load.run({ ...job, port: barePort, requests: bare }),
      ],
      ROUNDS,
      UNTIL_WARM,
    );
    const ratios = own!.map(({ perSecond }, round) => perSecond / other![round]!.perSecond);
    const searches = median(own!.map(({ perSecond }) => perSecond));
    const at = `at ${connections} connections`;
    figures.push(
      {
        name: `search of 20, of a bare route, ${at}`,
        value: median(ratios),
        unit: '',
        goal: { atLeast: GOAL },
      },
      { name: `searches ${at}`, value: searches, unit: 'a second', goal: { atLeast: SEARCHES_PER_SECOND } },
      { name: `bare searches ${at}`, value: median(other!.map((one) => one.perSecond)), unit: 'a second' },
    );
  }
  return figures;
}
