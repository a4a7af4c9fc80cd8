/**
 * Reading by id, with session, both locks and a durable line, against a bare route that selects the bytes.
 */
import { type Figure, inTurn, median, ROUNDS, UNTIL_WARM } from './rounds.ts';
import type { Stand } from './stand.ts';

const SECONDS = 3;
const GOAL = 0.25;
/** Twice the nearest open-source peer. */
const READS_PER_SECOND = 2960;

export async function read({ installation, barePort, load }: Stand): Promise<Figure[]> {
  const rows = await installation.observations(4000);
  const headers = await installation.headers();
  const requests = rows.map(({ id }) => ({ method: 'GET', path: `/fhir/Observation/${id}`, headers }));
  const bare = rows.map(({ id }) => ({ method: 'GET', path: `/read/${id}`, headers: {} }));
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
    const reads = median(own!.map(({ perSecond }) => perSecond));
    const at = `at ${connections} connections`;
    figures.push(
      {
        name: `read by id, of a bare route, ${at}`,
        value: median(ratios),
        unit: '',
        goal: { atLeast: GOAL },
      },
      { name: `reads ${at}`, value: reads, unit: 'a second', goal: { atLeast: READS_PER_SECOND } },
      { name: `bare reads ${at}`, value: median(other!.map((one) => one.perSecond)), unit: 'a second' },
    );
  }
  return figures;
}
