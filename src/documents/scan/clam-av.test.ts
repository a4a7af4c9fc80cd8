/** Scanning by the real clamd, and what is said where there is none or it falters. */
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateFor } from '../../../test/support/certificate.ts';
import { type Clamd, clamdProgram, EICAR, MOST_BYTES, startClamd } from '../../../test/support/clamd.ts';
import { zipOf } from '../../../test/support/made-zip.ts';
import { ClamAv } from './clam-av.ts';
import { scanWhole } from './scanner.ts';
import { assertClean } from './verdict.ts';

const program = clamdProgram();
const never = new AbortController().signal;
const servers: Server[] = [];
let clamd: Clamd;

beforeAll(async () => {
  if (program !== null) clamd = await startClamd(program);
});
afterAll(async () => {
  for (const server of servers) server.close();
  if (program !== null) await clamd.stop();
});

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const scan = (scanner: ClamAv, content: Buffer | string, size = 16_384) =>
  scanWhole(scanner, inPieces(Buffer.from(content as string), size), never);
const bySocket = () => new ClamAv({ kind: 'unix', path: clamd.path });
const byPort = () => new ClamAv({ kind: 'tcp', host: '127.0.0.1', port: clamd.port });
const found = { state: 'infected', name: 'Postern.Test.Eicar.UNOFFICIAL' };
const unavailable = { state: 'unscanned', why: 'unavailable' };

/** Something that listens and is no scanner. */
async function listener(onConnection: (socket: Socket) => void): Promise<ClamAv> {
  const server = createServer(onConnection);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  const limits = { stallSeconds: 1, answerSeconds: 1 };
  return new ClamAv({ kind: 'tcp', host: '127.0.0.1', port: address.port }, limits);
}

test.skipIf(program === null)('what is clean is clean, and EICAR is found wherever it stands', async () => {
  for (const scanner of [bySocket(), byPort()]) {
    expect(await scanner.version()).toMatch(/^ClamAV \d/);
    expect(await scan(scanner, 'a letter')).toEqual({ state: 'clean' });
    expect(await scan(scanner, randomBytes(2_000_000))).toEqual({ state: 'clean' });
    expect(await scan(scanner, Buffer.alloc(0))).toEqual({ state: 'clean' });
    expect(await scan(scanner, EICAR)).toEqual(found);
    expect(await scan(scanner, EICAR, 1)).toEqual(found);
    expect(await scan(scanner, zipOf({ 'letter.txt': `x${EICAR}` }))).toEqual(found);
  }
});

test.skipIf(program === null)('many files at once each get the answer of their own', async () => {
  const scanner = bySocket();
  const verdicts = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      scan(scanner, Buffer.concat([randomBytes(100_000), Buffer.from(index % 3 === 0 ? EICAR : '')])),
    ),
  );
  expect(verdicts.map(({ state }) => state === 'infected')).toEqual(
    verdicts.map((_, index) => index % 3 === 0),
  );
});

test.skipIf(program === null)('what is larger than the daemon takes is not called clean', async () => {
  const tooLarge = { state: 'unscanned', why: 'too-large' };
  expect(await scan(bySocket(), Buffer.alloc(MOST_BYTES * 4), 300_000)).toEqual(tooLarge);
  expect(await scan(byPort(), Buffer.alloc(MOST_BYTES + 1))).toEqual(tooLarge);
  // The whole is small enough and a part is not: it would be passed over.
  expect(await scan(bySocket(), zipOf({ 'a.bin': Buffer.alloc(MOST_BYTES * 3) }))).toEqual(tooLarge);
});

test.skipIf(program === null)('a daemon that dies in the middle leaves the file unscanned', async () => {
  const other = await startClamd(program!);
  const scanning = new ClamAv({ kind: 'unix', path: other.path }).begin();
  await scanning.write(randomBytes(200_000));
  await other.stop();
  for (let piece = 0; piece < 20; piece += 1) await scanning.write(randomBytes(200_000));
  expect(await scanning.finish()).toEqual(unavailable);
});

test('where nobody listens, nothing is clean', async () => {
  const nobody = new ClamAv({ kind: 'unix', path: '/nowhere/clamd.ctl' });
  expect(await scan(nobody, 'a letter')).toEqual(unavailable);
  expect(await nobody.version()).toBeNull();
  const closed = await listener((socket) => socket.destroy());
  expect(await scan(closed, randomBytes(3_000_000))).toEqual(unavailable);
});

test('one that takes nothing, or never answers, is given up in time', async () => {
  const started = performance.now();
  const deaf = await listener((socket) => socket.pause());
  expect(await scan(deaf, Buffer.alloc(30_000_000))).toEqual(unavailable);
  const silent = await listener((socket) => socket.resume());
  expect(await scan(silent, 'a letter')).toEqual(unavailable);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test.skipIf(program === null)(
  'over TLS it is asked where its certificate is vouched for, and else not',
  async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const certificate = certificateFor({ name: 'localhost', from: days(-1), until: days(1) });
    const front = createTlsServer(certificate, (socket) => {
      const behind = connect({ path: clamd.path });
      for (const [one, other] of [
        [socket, behind],
        [behind, socket],
      ] as const) {
        one.on('error', () => other.destroy());
        one.pipe(other);
      }
    });
    servers.push(front);
    await new Promise<void>((resolve) => front.listen(0, resolve));
    const { port } = front.address() as { port: number };
    const scanner = new ClamAv({ kind: 'tls', host: 'localhost', port });
    expect(await scan(scanner, 'a letter')).toEqual(unavailable);
    const usual = getCACertificates('default');
    setDefaultCACertificates([...usual, certificate.cert]);
    try {
      expect(await scan(scanner, 'a letter')).toEqual({ state: 'clean' });
      expect(await scan(scanner, EICAR)).toEqual(found);
    } finally {
      setDefaultCACertificates(usual);
    }
  },
);

test('only the words of the daemon for a clean file make it clean', async () => {
  const answers = ['stream: OK extra', 'OK', 'stream: ', 'stream: x ERROR', 'a'.repeat(10_000), ''];
  for (const answer of answers) {
    const liar = await listener((socket) => {
      socket.resume();
      socket.on('error', () => undefined);
      socket.end(`${answer}\0`);
    });
    expect(await scan(liar, 'a letter'), answer).toEqual(unavailable);
  }
  const cut = await listener((socket) => {
    socket.resume();
    socket.end('stream: OK');
  });
  expect(await scan(cut, 'a letter')).toEqual(unavailable);
});

test('stopping ends the scan and the connection at once', async () => {
  const ended = Promise.withResolvers<void>();
  const deaf = await listener((socket) => {
    socket.on('close', () => ended.resolve());
    socket.on('error', () => undefined);
    socket.resume();
  });
  const stopping = new AbortController();
  async function* endless() {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      yield Buffer.alloc(1000);
    }
  }
  setTimeout(() => stopping.abort(new Error('enough')), 50);
  await expect(scanWhole(deaf, endless(), stopping.signal)).rejects.toThrow('enough');
  await ended.promise;
});

test('what is infected and what could not be scanned is taken from nobody, each with its own words', () => {
  expect(() => assertClean({ state: 'clean' })).not.toThrow();
  const codeOf = (verdict: Parameters<typeof assertClean>[0]) => {
    try {
      assertClean(verdict);
    } catch (error) {
      return (error as { code: string }).code;
    }
    return null;
  };
  expect(codeOf({ state: 'infected', name: 'X' })).toBe('not-processable');
  expect(codeOf({ state: 'unscanned', why: 'too-large' })).toBe('too-large');
  expect(codeOf({ state: 'unscanned', why: 'unavailable' })).toBe('unavailable');
});
