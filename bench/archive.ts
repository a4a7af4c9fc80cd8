/**
 * `node bench/archive.ts`: a chart with so many MiB of files (`MIB`, 1024 where nothing is said) made into
 * one zip and downloaded, over HTTP from a server of its own: how fast, and what memory it has at most.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Installation } from './installation.ts';

const MIB = 1024 * 1024;
const FILES = 4;
const LOOK_MS = 100;
const piece = randomBytes(MIB);
const mib = Number(process.env.MIB ?? 1024);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const installation = await Installation.make();
try {
  const origin = `http://127.0.0.1:${installation.port}`;
  const { authorization } = await installation.headers();
  const headers = { authorization: authorization! };
  const [{ id: chart }] = (await installation.query<{ id: string }>(
    `select r.id from postern.resource r join postern.practices() p using (practice_id)
     where p.slug = 'lakeside-family' and r.type = 'Patient' and r.section = 1 order by r.id limit 1`,
  )) as [{ id: string }];
  for (let file = 0; file < FILES; file += 1) await send(origin, headers, chart);
  tell('made', await watched(() => make(origin, headers, chart)));
  tell('downloaded', await watched(() => download(origin, headers)));
} finally {
  await installation.close();
}
process.exit(0);

type Headers = Readonly<Record<string, string>>;

async function send(origin: string, headers: Headers, chart: string): Promise<void> {
  const body = new ReadableStream({
    type: 'bytes',
    start(controller) {
      for (let at = 0; at < mib / FILES; at += 1) controller.enqueue(new Uint8Array(piece));
      controller.close();
    },
  });
  const sent = { 'content-type': 'application/octet-stream', 'x-security-context': `Patient/${chart}` };
  const asked = { method: 'POST', headers: { ...headers, ...sent }, body, duplex: 'half' };
  const answer = await fetch(`${origin}/fhir/Binary`, asked);
  if (answer.status !== 201) throw new Error(`A file was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Bytes of the zip, once it is there. */
async function make(origin: string, headers: Headers, chart: string): Promise<number> {
  const begun = await fetch(`${origin}/archives`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ chart }),
  });
  if (begun.status !== 202) throw new Error(`The beginning was answered ${begun.status}`);
  const { id } = (await begun.json()) as { id: string };
  for (;;) {
    await delay(LOOK_MS);
    const answer = await fetch(`${origin}/archives/${id}`, { headers });
    // 503: on a busy machine the server has too much to do for a moment.
    if (answer.status === 503) continue;
    const said = await answer.text();
    if (answer.status !== 200) throw new Error(`The look was answered ${answer.status}: ${said}`);
    const { state, size } = JSON.parse(said) as { state: string; size: number };
    if (state === 'ready') return size;
    if (state === 'failed') throw new Error(`It failed: ${said}`);
  }
}

async function download(origin: string, headers: Headers): Promise<number> {
  const listed = (await (await fetch(`${origin}/archives`, { headers })).json()) as {
    archives: { id: string }[];
  };
  const answer = await fetch(`${origin}/archives/${listed.archives[0]!.id}/record.zip`, { headers });
  let bytes = 0;
  for await (const chunk of answer.body!) bytes += chunk.length;
  return bytes;
}

interface Watched {
  readonly bytes: number;
  readonly seconds: number;
  /** Resident megabytes of the server: before, and at most. */
  readonly before: number;
  readonly most: number;
}

async function watched(work: () => Promise<number>): Promise<Watched> {
  const before = residentMegabytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentMegabytes());
  }, LOOK_MS);
  const started = performance.now();
  try {
    const bytes = await work();
    return { bytes, seconds: (performance.now() - started) / 1000, before, most };
  } finally {
    clearInterval(timer);
  }
}

function residentMegabytes(): number {
  const said = execFileSync('ps', ['-o', 'rss=', '-p', String(installation.serverPid)], { encoding: 'utf8' });
  return Number(said) / 1024;
}

function tell(what: string, { bytes, seconds, before, most }: Watched): void {
  const [size, speed] = [bytes / MIB, bytes / 1e6 / seconds].map((value) => value.toFixed(0));
  const memory = `${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`;
  process.stdout.write(`${what}: ${size} MiB, ${speed} MB/s; resident ${memory}\n`);
}
