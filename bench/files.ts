/**
 * `node bench/files.ts`: files through both locks, over HTTP, beside a bare server that streams the same
 * bytes from and to the same disk: up, down, small ones, and the first byte of a part far inside. And the
 * list of a chart with thousands of documents, beside one with a few.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Installation } from './installation.ts';
import { describe, type Figure, inTurn, median } from './rounds.ts';

const MIB = 1024 * 1024;
const ROUNDS = Number(process.env.ROUNDS ?? '3');
const LARGE_MIB = Number(process.env.LARGE_MIB ?? '1024');
const SMALL = { files: Number(process.env.SMALL_FILES ?? '400'), bytes: 100_000 };
/** All of them, or those that are named behind the command. */
const WANTED = process.argv.slice(2);

interface Side {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where a new file goes. */
  readonly to: (name: string) => string;
  /** Where it is then. */
  readonly at: (name: string, location: string) => string;
}

interface Asked {
  readonly firstMs: number;
  readonly ms: number;
  readonly bytes: number;
  readonly location: string;
}

const PIECE = randomBytes(MIB);

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
}

function ask(side: Side, method: string, path: string, sent = 0, more = {}): Promise<Asked> {
  const started = performance.now();
  const headers = { ...side.headers, ...(sent > 0 ? { 'content-length': sent } : {}), ...more };
  const { promise, resolve, reject } = Promise.withResolvers<Asked>();
  const asking = request({ host: '127.0.0.1', port: side.port, method, path, headers }, (answer) => {
    let [firstMs, bytes] = [0, 0];
    answer.on('data', (piece: Buffer) => {
      firstMs ||= performance.now() - started;
      bytes += piece.length;
    });
    answer.on('error', reject);
    answer.on('end', () => {
      if (answer.statusCode! >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode}`));
      else
        resolve({ firstMs, ms: performance.now() - started, bytes, location: answer.headers.location ?? '' });
    });
  });
  asking.on('error', reject);
  if (sent === 0) asking.end();
  else Readable.from(pieces(sent)).pipe(asking);
  return promise;
}

async function upload(side: Side, name: string, bytes: number): Promise<{ path: string; ms: number }> {
  const { ms, location } = await ask(side, 'POST', side.to(name), bytes);
  return { path: side.at(name, location), ms };
}

async function download(side: Side, path: string, bytes: number): Promise<number> {
  const got = await ask(side, 'GET', path);
  if (got.bytes !== bytes) throw new Error(`${path} has ${got.bytes} bytes.`);
  return got.ms;
}

async function whole(sides: readonly [Side, Side], mebibytes: number): Promise<Figure[]> {
  const bytes = mebibytes * MIB;
  const [up, upBare] = await inTurn(
    sides.map((side) => () => upload(side, `up${mebibytes}`, bytes)),
    ROUNDS,
  );
  const paths = [up!.at(-1)!.path, upBare!.at(-1)!.path];
  const [down, downBare] = await inTurn(
    sides.map((side, at) => () => download(side, paths[at]!, bytes)),
    ROUNDS,
  );
  const ofUp = (results: readonly { ms: number }[]) => median(results.map(({ ms }) => ms));
  const rate = (ms: number) => mebibytes / (ms / 1000);
  return [
    { name: `upload of ${mebibytes} MiB`, value: rate(ofUp(up!)), unit: 'MiB/s' },
    {
      name: `upload of ${mebibytes} MiB`,
      value: ofUp(upBare!) / ofUp(up!),
      unit: 'of unsealed',
      goal: { atLeast: 0.5 },
    },
    { name: `download of ${mebibytes} MiB`, value: rate(median(down!)), unit: 'MiB/s' },
    {
      name: `download of ${mebibytes} MiB`,
      value: median(downBare!) / median(down!),
      unit: 'of unsealed',
      goal: { atLeast: 0.6 },
    },
  ];
}

async function small(sides: readonly [Side, Side, Side], atOnce: number): Promise<Figure[]> {
  const put = (side: Side) => async () => {
    const started = performance.now();
    const work = Array.from({ length: atOnce }, async (_, worker) => {
      for (let at = worker; at < SMALL.files; at += atOnce) await upload(side, `small${at}`, SMALL.bytes);
    });
    await Promise.all(work);
    return SMALL.files / ((performance.now() - started) / 1000);
  };
  const rates = await inTurn(sides.map(put), ROUNDS, 2);
  const [up, stored, plain] = rates.map(median) as [number, number, number];
  const name = `files of 100 kB, ${atOnce} at once`;
  return [
    { name, value: up, unit: 'a second' },
    { name, value: up / stored, unit: 'of unsealed', goal: { atLeast: 0.5 } },
    { name, value: up / plain, unit: 'of a bare file' },
  ];
}

async function parts(side: Side): Promise<Figure[]> {
  const { path } = await upload(side, 'large', LARGE_MIB * MIB);
  const first = (start: number) => async () => {
    const range = `bytes=${start}-${start + MIB - 1}`;
    return (await ask(side, 'GET', path, 0, { range })).firstMs;
  };
  const [start, middle] = (await inTurn([first(0), first((LARGE_MIB / 2) * MIB + 77)], 15, 3)) as [
    number[],
    number[],
  ];
  const name = `first byte of a part in the middle of ${LARGE_MIB} MiB`;
  return [
    { name, value: median(middle), unit: 'ms' },
    { name, value: median(middle) / median(start), unit: 'of the start', goal: { below: 1.5 } },
  ];
}

/** The first page of the list, as pages ask for it. */
async function listing(
  side: Side,
  [chart, other]: readonly [string, string],
  fhir: (body: object) => Promise<void>,
): Promise<Figure[]> {
  for (const [patient, count] of [
    [other, 50],
    [chart, 5000],
  ] as const) {
    for (let from = 0; from < count; from += 100) {
      const documents = Array.from({ length: Math.min(100, count - from) }, (_, at) =>
        documentOf(patient, from + at),
      );
      await fhir(transactionOf(documents));
    }
  }
  const list = (patient: string) => async () => {
    const asked = `/fhir/DocumentReference?patient=Patient/${patient}&_sort=-date&_count=50`;
    return (await ask({ ...side, headers: { authorization: side.headers.authorization! } }, 'GET', asked)).ms;
  };
  const [few, many] = (await inTurn([list(other), list(chart)], 15, 3)) as [number[], number[]];
  const name = 'first page of the list, 5,000 documents';
  return [
    { name, value: median(many), unit: 'ms' },
    { name, value: median(many) / median(few), unit: 'of 50', goal: { below: 1.5 } },
  ];
}

function documentOf(patient: string, at: number): object {
  const day = new Date(Date.UTC(2010, 0, 1 + at)).toISOString();
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { coding: [{ system: 'http://loinc.org', code: '34109-9', display: 'Note' }] },
    subject: { reference: `Patient/${patient}` },
    date: day,
    description: `Note of the ${at}th day`,
    content: [{ attachment: { contentType: 'text/plain', title: `Note ${at}` } }],
  };
}

function transactionOf(resources: readonly object[]): object {
  const entry = resources.map((resource) => {
    return { resource, request: { method: 'POST', url: 'DocumentReference' } };
  });
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

const installation = await Installation.make();
const barePort = installation.port + 1;
const bare = fork(join(import.meta.dirname, 'bare-file-process.ts'), {
  env: { ...process.env, BENCH_PORT: String(barePort), BENCH_FOLDER: installation.folder },
});
try {
  await new Promise((listening) => bare.once('message', listening));
  const { authorization } = await installation.headers();
  const [chart, other] = await installation.query<{ chart_id: string }>(
    `select r.chart_id from postern.resource r
     join postern.practice p on p.practice_id = r.practice_id
     where r.type = 'Patient' and p.slug = 'lakeside-family' limit 2`,
  );
  const sealed: Side = {
    port: installation.port,
    headers: {
      authorization: authorization!,
      'content-type': 'application/octet-stream',
      'x-security-context': `Patient/${chart!.chart_id}`,
      prefer: 'return=minimal',
    },
    to: () => '/fhir/Binary',
    at: (_, location) => new URL(location).pathname.replace(/\/_history.*/, ''),
  };
  const plain: Side = {
    port: barePort,
    headers: { 'content-type': 'application/octet-stream' },
    to: (name) => `/file/${name}`,
    at: (name) => `/file/${name}`,
  };
  const stored: Side = { ...plain, to: () => '/blob', at: (_, location) => location };
  const write = async (bundle: object) => {
    const answer = await fetch(`http://127.0.0.1:${installation.port}/fhir`, {
      method: 'POST',
      headers: { authorization: authorization!, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(bundle),
    });
    if (!answer.ok) throw new Error(`The documents were not written: ${await answer.text()}`);
  };
  const works: readonly (readonly [string, () => Promise<Figure[]>])[] = [
    ['20', () => whole([sealed, plain], 20)],
    ['200', () => whole([sealed, plain], 200)],
    ['small', () => small([sealed, stored, plain], 8)],
    ['small', () => small([sealed, stored, plain], 32)],
    ['parts', () => parts(sealed)],
    ['list', () => listing(sealed, [chart!.chart_id, other!.chart_id], write)],
  ];
  for (const [name, work] of works) {
    if (WANTED.length > 0 && !WANTED.includes(name)) continue;
    for (const figure of await work()) process.stdout.write(`${describe(figure)}\n`);
  }
} finally {
  bare.disconnect();
  await installation.close();
}
process.exit(0);
