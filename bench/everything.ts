/** A whole chart of a thousand resources in one answer. */
import { CODES, makeObservation } from './made-charts.ts';
import { type Figure, inTurn, median } from './rounds.ts';
import type { Stand } from './stand.ts';

const RESOURCES = 1000;
const MILLISECONDS = 150;
const SECONDS = 2;

export async function everything({ installation, load }: Stand): Promise<Figure[]> {
  const headers = await installation.headers();
  const chart = await makeChart(installation.port, headers);
  const path = `/fhir/Patient/${chart}/$everything?_count=${RESOURCES}`;
  const requests = [{ method: 'GET', path, headers }];
  const [results] = await inTurn([
    () => load.run({ port: installation.port, connections: 1, seconds: SECONDS, requests }),
  ]);
  const milliseconds = median(results!.flatMap((result) => result.milliseconds));
  const name = `$everything of ${RESOURCES} resources, 1 connection`;
  return [{ name, value: milliseconds, unit: 'ms', goal: { below: MILLISECONDS } }];
}

/** A patient with as many observations as make it that many resources; its id. */
async function makeChart(port: number, headers: Record<string, string>): Promise<string> {
  const post = async (path: string, body: object): Promise<{ readonly id: string }> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as { id: string };
  };
  const { id } = await post('/fhir/Patient', { resourceType: 'Patient', name: [{ family: 'Measured' }] });
  const entries = Array.from({ length: RESOURCES - 1 }, (_, at) => ({
    request: { method: 'POST', url: 'Observation' },
    resource: makeObservation(
      `Patient/${id}`,
      CODES[at % CODES.length]!,
      '2026-01-05T09:30:00Z',
      60 + (at % 40),
    ),
  }));
  for (let start = 0; start < entries.length; start += 500) {
    const entry = entries.slice(start, start + 500);
    await post('/fhir', { resourceType: 'Bundle', type: 'transaction', entry });
  }
  return id;
}
