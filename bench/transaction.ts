/** Transactions of a hundred new resources: placed, sealed and indexed together, with durable lines. */
import { CODES, makeObservation } from './made-charts.ts';
import { type Figure, inTurn, median } from './rounds.ts';
import type { Stand } from './stand.ts';

const SECONDS = 3;
const ENTRIES = 100;
const RESOURCES_PER_SECOND = 1000;

export async function transaction({ installation, load }: Stand): Promise<Figure[]> {
  const charts = await installation.charts(20);
  const headers = {
    ...(await installation.headers()),
    'content-type': 'application/fhir+json',
    prefer: 'return=minimal',
  };
  const requests = charts.map((chart) => {
    const entry = Array.from({ length: ENTRIES }, (_, at) => ({
      fullUrl: `urn:uuid:${crypto.randomUUID()}`,
      request: { method: 'POST', url: 'Observation' },
      resource: makeObservation(
        `Patient/${chart}`,
        CODES[at % CODES.length]!,
        '2026-01-05T09:30:00Z',
        60 + at,
      ),
    }));
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
    return { method: 'POST', path: '/fhir', headers, body };
  });
  const [results] = await inTurn([
    () => load.run({ port: installation.port, connections: 2, seconds: SECONDS, requests }),
  ]);
  const resources = median(results!.map(({ perSecond }) => perSecond)) * ENTRIES;
  const name = `resources in transactions of ${ENTRIES}, 2 connections`;
  return [{ name, value: resources, unit: 'a second', goal: { atLeast: RESOURCES_PER_SECOND } }];
}
