import { afterEach, expect, test } from 'vitest';
import { type Asker, Pressure, type PressureLimits, USUAL_LIMITS } from './pressure.ts';

let pressure: Pressure;
afterEach(() => pressure.stop());

type Sent = AsyncIterable<Uint8Array>;
const session = (key: string): Asker => ({ room: 'sessions', key });
const stranger = (key: string): Asker => ({ room: 'others', key });

function limited(limits: Partial<PressureLimits>): void {
  pressure = new Pressure({ ...USUAL_LIMITS, ...limits });
}

function placesFor(places: Partial<PressureLimits['places']>): void {
  limited({ places: { ...USUAL_LIMITS.places, ...places } });
}

async function* content(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield Buffer.alloc(size);
}

const told = async <T>(asker: Asker, sent: Sent, work: (sent: Sent) => Promise<T>) =>
  (await pressure.carry(asker, sent, async (body) => ({ body: null, told: await work(body) }))).told;
const carry = <T>(asker: Asker, work: () => Promise<T>) => told(asker, content(), work);

async function read(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
}

test('what is one too many is refused at once, and welcome when another has ended', async () => {
  placesFor({ sessions: { all: 2, each: 2 } });
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const carried = [carry(session('a'), () => first.promise), carry(session('b'), () => second.promise)];
  await expect(carry(session('c'), async () => 'third')).rejects.toMatchObject({ code: 'unavailable' });
  first.resolve('first');
  expect(await carried[0]).toBe('first');
  expect(await carry(session('c'), async () => 'third')).toBe('third');
  second.reject(new Error('second'));
  await expect(carried[1]).rejects.toThrow('second');
  const two = [1, 2].map((count) => carry(session('a'), async () => count));
  expect(await Promise.all(two)).toEqual([1, 2]);
});

test('strangers take no place of the sessions, and nobody takes those of all others', async () => {
  placesFor({ sessions: { all: 3, each: 2 }, others: { all: 3, each: 2 } });
  const { promise, resolve } = Promise.withResolvers<string>();
  const waiting = ['a', 'a', 'b'].flatMap((key) => [
    carry(stranger(key), () => promise),
    carry(session(key), () => promise),
  ]);
  for (const asker of [session('c'), stranger('c')]) {
    await expect(carry(asker, async () => '')).rejects.toMatchObject({ code: 'unavailable' });
  }
  resolve('');
  await Promise.all(waiting);
  const { promise: again, resolve: end } = Promise.withResolvers<string>();
  const two = [carry(stranger('a'), () => again), carry(stranger('a'), () => again)];
  await expect(carry(stranger('a'), async () => '')).rejects.toMatchObject({ code: 'unavailable' });
  expect(await carry(stranger('b'), async () => 'another')).toBe('another');
  end('');
  await Promise.all(two);
});

test('an answer that goes out piece by piece keeps its place until it has ended, wanted or not', async () => {
  placesFor({ sessions: { all: 2, each: 1 } });
  const ask = () => pressure.carry(session('a'), content(), async () => ({ body: content(1, 2, 3) }));
  const ends = [
    async (pieces: AsyncIterator<Uint8Array>) => {
      while ((await pieces.next()).done !== true);
    },
    async (pieces: AsyncIterator<Uint8Array>) => void (await pieces.return!()),
    async (pieces: AsyncIterator<Uint8Array>) => {
      await pieces.next();
      await pieces.return!();
      await pieces.return!();
    },
  ];
  for (const end of ends) {
    const pieces = (await ask()).body[Symbol.asyncIterator]();
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    await end(pieces);
  }
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1);
    throw new Error('broken');
  };
  const { body } = await pressure.carry(session('a'), content(), async () => ({ body: broken() }));
  await expect(read(body)).rejects.toThrow('broken');
  await ask();
});

test('content counts while it is held, for its sender and for all', async () => {
  limited({ bytes: { all: 100, each: 60 } });
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = (key: string, ...sizes: number[]) =>
    told(session(key), content(...sizes), async (body) => {
      const length = await read(body);
      await promise;
      return length;
    });
  const held = [hold('a', 30, 30), hold('b', 30)];
  await new Promise((turn) => setImmediate(turn));
  await expect(hold('a', 1)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(hold('c', 5, 6)).rejects.toMatchObject({ code: 'unavailable' });
  resolve();
  expect(await Promise.all(held)).toEqual([60, 30]);
  expect(await hold('a', 60)).toBe(60);
});

test('content that comes too slowly is not waited for', async () => {
  limited({ contentMs: { session: 20, stranger: 20 } });
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1);
    await new Promise(() => undefined);
  }
  await expect(told(stranger('a'), stuck(), read)).rejects.toMatchObject({ code: 'invalid' });
});

test('a server that comes late to its own timer takes few at once until it is in time again', async () => {
  const places = { ...USUAL_LIMITS.places, sessions: { all: 40, each: 40 } };
  limited({ places, lateMs: 50, sampleMs: 100 });
  const { promise: held, resolve } = Promise.withResolvers<void>();
  const one = carry(session('a'), () => held);
  const refused = () =>
    Promise.all([carry(session('b'), async () => false), carry(session('c'), async () => false)]).then(
      () => false,
      (error: { code: string }) => error.code === 'unavailable',
    );
  expect(await refused()).toBe(false);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await expect.poll(refused, { interval: 5 }).toBe(true);
  await expect.poll(refused, { interval: 5 }).toBe(false);
  resolve();
  await one;
});

test('whoever asks alone is served however late the server is', async () => {
  limited({ lateMs: -1_000_000, sampleMs: 1 });
  await new Promise((turn) => setTimeout(turn, 30));
  expect(await carry(stranger('a'), async () => 'served')).toBe('served');
});
