/** Creating one resource at a time: validated, classified, sealed, indexed and with a durable line. */
import { CODES, makeObservation } from './made-charts.ts';
import { type Figure, inTurn, median, ROUNDS, UNTIL_WARM } from './rounds.ts';
import type { Stand } from './stand.ts';

const SECONDS = 3;
/** Twice the nearest open-source peer. */
const CREATES_PER_SECOND = 720;

export async function create({ installation, load }: Stand): Promise<Figure[]> {
  const charts = await installation.charts(60);
  const headers = { ...(await installation.headers()), 'content-type': 'application/fhir+json' };
  const requests = charts.flatMap((chart) =>
    CODES.map((code, at) => {
      const made = makeObservation(`Patient/${chart}`, code, '2026-01-05T09:30:00Z', 70 + at);
      return { method: 'POST', path: '/fhir/Observation', headers, body: JSON.stringify(made) };
    }),
  );
  const [results] = await inTurn(
    [() => load.run({ port: installation.port, connections: 8, seconds: SECONDS, requests })],
    ROUNDS,
    UNTIL_WARM,
  );
  const creates = median(results!.map(({ perSecond }) => perSecond));
  const name = 'creates at 8 connections';
  return [{ name, value: creates, unit: 'a second', goal: { atLeast: CREATES_PER_SECOND } }];
}
