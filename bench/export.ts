/** A bulk export of every chart of the practice: until it is ready, and its files out through the door. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Figure, median } from './rounds.ts';
import type { Stand } from './stand.ts';

const ROUNDS = 3;

interface Manifest {
  readonly output: readonly { readonly url: string; readonly count: number }[];
}

export async function bulkExport({ installation }: Stand): Promise<Figure[]> {
  const headers = await installation.headers();
  const rounds: { readonly made: number; readonly sent: number }[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const result = await once(`http://127.0.0.1:${installation.port}`, headers);
    if (round >= 0) rounds.push(result);
  }
  return [
    {
      name: 'bulk export, from kick-off to the manifest',
      value: median(rounds.map(({ made }) => made)),
      unit: 'resources/s',
    },
    { name: 'its files, downloaded', value: median(rounds.map(({ sent }) => sent)), unit: 'MB/s' },
  ];
}

/** Resources a second until it is ready, and megabytes a second that its files then come out with. */
async function once(
  origin: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ made: number; sent: number }> {
  const started = performance.now();
  const begun = await fetch(`${origin}/fhir/Patient/$export`, {
    headers: { ...headers, prefer: 'respond-async' },
  });
  if (begun.status !== 202) throw new Error(`The kick-off was answered ${begun.status}`);
  const location = begun.headers.get('content-location')!;
  const { output } = await ready(location, headers);
  const seconds = (performance.now() - started) / 1000;
  const resources = output.reduce((sum, { count }) => sum + count, 0);
  const from = performance.now();
  let bytes = 0;
  for (const { url } of output) bytes += (await (await fetch(url, { headers })).arrayBuffer()).byteLength;
  const sent = bytes / 1e6 / ((performance.now() - from) / 1000);
  await fetch(location, { method: 'DELETE', headers });
  return { made: resources / seconds, sent };
}

async function ready(location: string, headers: Readonly<Record<string, string>>): Promise<Manifest> {
  for (;;) {
    const answer = await fetch(location, { headers });
    if (answer.status === 200) return (await answer.json()) as Manifest;
    // 503: on a busy machine the server has too much to do for a moment.
    if (answer.status !== 202 && answer.status !== 503)
      throw new Error(`The export was answered ${answer.status}`);
    await delay(100);
  }
}
