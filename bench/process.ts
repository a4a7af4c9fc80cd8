/** The server process itself: how soon it answers, and what memory it takes, idle and under load. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CODES } from './made-charts.ts';
import { type Figure, inTurn, median } from './rounds.ts';
import { searchPath } from './search.ts';
import type { Stand } from './stand.ts';

const IDLE_SECONDS = 3;
const LOAD_SECONDS = 15;

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

export async function serverProcess({ installation, load }: Stand): Promise<Figure[]> {
  const headers = await installation.headers();
  const [row] = await installation.observations(1);
  const [starts] = await inTurn([
    async () => {
      await installation.stop();
      const started = performance.now();
      await installation.start();
      const answer = await fetch(`http://127.0.0.1:${installation.port}/fhir/Observation/${row!.id}`, {
        headers,
      });
      if (answer.status !== 200) throw new Error(`The first answer is ${answer.status}.`);
      await answer.arrayBuffer();
      const seconds = (performance.now() - started) / 1000;
      await sleep(IDLE_SECONDS * 1000);
      return { seconds, idle: residentMegabytes(installation.serverPid) };
    },
  ]);
  const charts = await installation.charts(60);
  const rows = await installation.observations(240);
  const requests = charts.flatMap((chart, at) => [
    ...CODES.map((code) => ({ method: 'GET', path: searchPath(chart, code), headers })),
    ...rows.slice(at * 4, at * 4 + 4).map(({ id }) => ({
      method: 'GET',
      path: `/fhir/Observation/${id}`,
      headers,
    })),
  ]);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, residentMegabytes(installation.serverPid));
  }, 250);
  await load.run({ port: installation.port, connections: 32, seconds: LOAD_SECONDS, requests });
  clearInterval(watch);
  const idle = median(starts!.map((one) => one.idle));
  const seconds = median(starts!.map((one) => one.seconds));
  return [
    { name: 'start to first read, warm data', value: seconds, unit: 's', goal: { below: 3 } },
    { name: 'resident, idle, definitions loaded', value: idle, unit: 'MB', goal: { below: 250 } },
    { name: 'resident, most under reads and searches', value: most, unit: 'MB', goal: { below: 500 } },
  ];
}
