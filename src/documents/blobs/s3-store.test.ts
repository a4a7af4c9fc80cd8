/**
 * A bucket: who else may use it, what it costs to read, and what is left where something breaks on the way.
 */
import { execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Line, openLine } from '../../../test/support/external-database.ts';
import { S3_KEYS, type S3Server, startS3Server, tellSkipped } from '../../../test/support/s3-server.ts';
import type { S3Place } from '../../base/blob-setting.ts';
import { type BlobId, newId, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace } from './blob-store.ts';
import { PART_BYTES } from './s3-bucket.ts';
import { S3Store } from './s3-store.ts';
import { waysOpen } from './stranger.ts';

const never = new AbortController().signal;
const place = (): BlobPlace => ({ practiceId: newId<PracticeId>(), blobId: newId<BlobId>() });
const MIB = 1024 * 1024;

let found: S3Server | string;
let server: S3Server;
let at: S3Place;
let store: S3Store;
beforeAll(async () => {
  found = await startS3Server();
  if (typeof found === 'string') {
    tellSkipped('every test of the store that speaks S3', found);
    return;
  }
  server = found;
  at = await server.bucket('postern');
  store = new S3Store(at, S3_KEYS);
});
afterAll(async () => {
  if (typeof found !== 'string') await server.close();
});
beforeEach((context) => {
  if (typeof found === 'string') context.skip();
});

test('a bucket that answers strangers is refused, with what mends it, until it is closed', async () => {
  const bucket = await server.bucket('open');
  const opened = new S3Store(bucket, S3_KEYS);
  await opened.assertPrivate();
  await server.makePublic(bucket, true);
  await expect(opened.assertPrivate()).rejects.toMatchObject({
    code: 'not-configured',
    message: expect.stringMatching(/^The files: the bucket open\/files at 127\.0\.0\.1:\d+ gives what/),
  });
  const list = await fetch(`${bucket.endpoint}/open`);
  expect([list.status, await list.text()]).toEqual([204, '']);
  await server.makePublic(bucket, false);
  await opened.assertPrivate();
});

test('a bucket that says it is open is refused, though no stranger is answered here', async () => {
  const bucket = await server.bucket('listed', server.aclEndpoint);
  const opened = new S3Store(bucket, S3_KEYS);
  await opened.assertPrivate();
  await server.makePublic(bucket, true);
  await expect(opened.assertPrivate()).rejects.toMatchObject({
    code: 'not-configured',
    message: expect.stringContaining('says itself that others may use it'),
  });
});

test('a stranger is told of every way that is open, and of none where that cannot be known', async () => {
  const answers = new Map<string, number>();
  const bucket = createServer((request, response) => {
    const what = request.url!.includes('max-keys') ? 'list' : request.method!;
    response.writeHead(answers.get(what) ?? 403, { location: 'https://elsewhere.example/' }).end('text');
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/files`;
  const ask = () => waysOpen(address, { prefix: 'a/', read: 'a/probe', write: 'a/taken' });
  try {
    expect(await ask()).toEqual([]);
    answers.set('PUT', 200).set('list', 200);
    expect(await ask()).toEqual(['list', 'write']);
    answers.clear();
    answers.set('GET', 206);
    expect(await ask()).toEqual(['read']);
    answers.set('GET', 301);
    expect(await ask()).toEqual(['elsewhere']);
    answers.set('GET', 503);
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
  } finally {
    bucket.close();
    bucket.closeAllConnections();
  }
  await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
});

test('wrong keys, a bucket that is not there and a store that is not there are told apart', async () => {
  const refused = async (where: S3Place, keys = S3_KEYS) => {
    const error = await new S3Store(where, keys).assertPrivate().then(
      () => null,
      (thrown: unknown) => thrown as { code: string; message: string },
    );
    return [error?.code, error?.message.includes(keys.secretKey)];
  };
  const wrong = { ...S3_KEYS, secretKey: 'another-secret-of-some-length' };
  expect(await refused(at, wrong)).toEqual(['not-configured', false]);
  expect(await refused({ ...at, bucket: 'nowhere' })).toEqual(['not-configured', false]);
  expect(await refused({ ...at, endpoint: 'http://127.0.0.1:1' })).toEqual(['unavailable', false]);
});

test('a file is read in few requests, and a part of one in fewer', async () => {
  const where = place();
  const content = Buffer.alloc(12 * MIB, 'envelope ');
  await store.put(where, Readable.from([content]), never);
  let requests = 0;
  const note = () => {
    requests += 1;
  };
  subscribe('http.client.request.start', note);
  try {
    const whole = (await store.open(where))!;
    await whole.source.read(content.length - 16_400, 16_400);
    for (let offset = 0; offset < content.length; offset += 131_200)
      await whole.source.read(offset, Math.min(131_200, content.length - offset));
    await whole.close();
    expect(requests).toBeLessThanOrEqual(6);
    requests = 0;
    const part = (await store.open(where))!;
    await part.source.read(content.length - 16_400, 16_400);
    await part.source.read(6 * MIB, 131_200);
    await part.close();
    expect(requests).toBe(3);
  } finally {
    unsubscribe('http.client.request.start', note);
  }
});

test('reading goes on where a connection was lost, and says so where it cannot', async () => {
  const line = await openLine(portOf(at));
  const over = new S3Store({ ...at, endpoint: `http://127.0.0.1:${line.port}` }, S3_KEYS);
  const where = place();
  const content = Buffer.alloc(8 * MIB, 'an envelope of some length ');
  await over.put(where, Readable.from([content]), never);
  const open = (await over.open(where))!;
  const read = async (offset: number, length: number) =>
    (await open.source.read(offset, length)).equals(content.subarray(offset, offset + length));
  expect(await read(300_000, 100_000)).toBe(true);
  await line.cut();
  await line.mend();
  expect(await read(400_000, 4 * MIB)).toBe(true);
  await line.cut();
  await expect(open.source.read(5 * MIB, MIB)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(over.open(where)).rejects.toMatchObject({ code: 'unavailable' });
  await line.mend();
  expect(await read(5 * MIB, MIB)).toBe(true);
  await open.close();
  await line.cut();
});

test('a store that goes away while something is put keeps nothing but what is swept', async () => {
  const line = await openLine(portOf(at));
  const over = new S3Store({ ...at, prefix: 'away', endpoint: `http://127.0.0.1:${line.port}` }, S3_KEYS);
  for (const after of [1000, PART_BYTES + 1000, 3 * PART_BYTES]) {
    const putting = over.put(place(), Readable.from(cutAfter(line, after)), never);
    await expect(putting).rejects.toMatchObject({ code: 'unavailable' });
    await line.mend();
    expect(await namesOf(over)).toEqual([]);
    await over.sweep(new Date(Date.now() + 60_000));
    expect(await server.lying({ ...at, prefix: 'away' })).toEqual([]);
  }
  await line.cut();
});

test('an answer that is lost on its way is no failure, and nothing is put twice', async () => {
  const forgetful = await openForgetful(at.endpoint!);
  const over = new S3Store({ ...at, prefix: 'lost', endpoint: forgetful.endpoint }, S3_KEYS);
  for (const [length, ending] of [
    [1000, /^PUT /],
    [PART_BYTES + 1000, /^POST .*uploadId=/],
  ] as const) {
    const where = place();
    const content = Buffer.alloc(length, 'envelope ');
    forgetful.forget(ending);
    expect(await over.put(where, Readable.from([content]), never)).toBe(length);
    expect(forgetful.forgotten()).toBeGreaterThanOrEqual(3);
    const open = (await over.open(where))!;
    expect((await open.source.read(0, length)).equals(content)).toBe(true);
    await open.close();
    // What another has put there is not taken for one's own.
    forgetful.forget(ending);
    const again = over.put(where, Readable.from([content]), never);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
  }
  expect(await over.sweep(new Date(Date.now() + 60_000))).toBe(0);
  await forgetful.close();
});

test('a process that is killed at any point leaves the whole blob or what is swept', async () => {
  const before = await server.files();
  const outcomes = new Set<string>();
  const alone = { ...at, prefix: 'killed' };
  const swept = new S3Store(alone, S3_KEYS);
  for (let step = 1; ; step += 1) {
    const where = place();
    const killed = await putAndDie(alone, where, step);
    expect(await swept.sweep(new Date(0))).toBe(0);
    // The server may still be at what was asked of it last.
    const left = async () => {
      await swept.sweep(new Date(Date.now() + 60_000));
      return (await server.lying(alone)).filter((name) => !name.endsWith(where.blobId));
    };
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
    const blob = await swept.open(where);
    outcomes.add(blob === null ? 'nothing' : 'whole');
    if (blob !== null) expect(blob.source.size).toBe(LENGTH);
    await blob?.close();
    await swept.remove(where);
    if (!killed) break;
    expect(step).toBeLessThan(20);
    // Of what never got its name, no part is left on the server's disk.
    if (!outcomes.has('whole')) await expect.poll(() => server.files()).toBe(before);
  }
  expect(outcomes).toEqual(new Set(['nothing', 'whole']));
});

const LENGTH = 2 * PART_BYTES + 1000;
const STORE = new URL('./s3-store.ts', import.meta.url).href;

/** Puts a blob in a process that kills itself when it sends its n-th request; whether it came to that. */
function putAndDie(bucket: S3Place, where: BlobPlace, step: number): Promise<boolean> {
  const script = `
    import { subscribe } from 'node:diagnostics_channel';
    import { Readable } from 'node:stream';
    let requests = 0;
    subscribe('http.client.request.created', () => {
      requests += 1;
      if (requests === ${step}) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5);
    });
    const { S3Store } = await import(${JSON.stringify(STORE)});
    const all = Buffer.alloc(${LENGTH}, 'envelope ');
    const store = new S3Store(${JSON.stringify(bucket)}, ${JSON.stringify(S3_KEYS)});
    await store.put(${JSON.stringify(where)}, Readable.from([all]), AbortSignal.timeout(60_000));
    process.exit(0);
  `;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error, _out, err) => {
      if (error === null) resolve(false);
      else if (error.signal === 'SIGKILL') resolve(true);
      else reject(new Error(err));
    });
  });
}

/** Passes everything on, and drops the answers to what looks like that, on every try. */
async function openForgetful(endpoint: string) {
  let [pattern, dropped] = [/^nothing/, 0];
  const front = createServer((request, response) => {
    const { method, url } = request;
    const { expect: _waits, connection: _stays, ...headers } = request.headers;
    const options = { method, headers, agent: false };
    const passed = ask(new URL(url ?? '/', endpoint), options, (answer) => {
      if (pattern.test(`${method} ${url}`)) {
        dropped += 1;
        answer.resume();
        answer.once('end', () => response.destroy());
        return;
      }
      const { 'transfer-encoding': _how, ...told } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, told);
      // Swift goes on after the end of an answer to HEAD, which Node calls an error.
      if (method === 'HEAD') response.end();
      else answer.pipe(response);
    });
    passed.on('error', () => response.headersSent || response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    forget: (next: RegExp) => {
      [pattern, dropped] = [next, 0];
    },
    forgotten: () => dropped,
    close: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

async function namesOf(of: S3Store): Promise<string[]> {
  const names: string[] = [];
  for await (const { blobId } of of.list()) names.push(blobId);
  return names;
}

async function* cutAfter(line: Line, bytes: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < bytes; sent += 65_536) yield Buffer.alloc(65_536, 'envelope ');
  await line.cut();
  yield Buffer.alloc(1);
}

function portOf({ endpoint }: S3Place): number {
  return Number(new URL(endpoint!).port);
}
