import { createSecretKey, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkNonce, plaintextSize, sealedSize } from './cobblestone.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { openedLength, openRange } from './envelope-range.ts';
import { openStream, sealStream } from './envelope-stream.ts';

const RUNS = process.env.SLOW === '1' ? 2000 : 100;
const CHUNK = 16_384;
const key = createSecretKey(randomBytes(32));
const context = Buffer.from('a place');
const DAMAGED = expect.objectContaining({ code: 'damaged' });

/** Lengths that matter: nothing, little, and both sides of every chunk border. */
const length = fc.oneof(
  fc.nat(300),
  fc
    .tuple(fc.nat(3), fc.integer({ min: -2, max: 2 }))
    .map(([chunks, off]) => Math.max(chunks * CHUNK + off, 0)),
);
const message = length.map((bytes) => randomBytes(bytes));

const sourceOf = (bytes: Buffer) => ({
  size: bytes.length,
  read: async (offset: number, count: number) => bytes.subarray(offset, offset + count),
});

async function rejectedEverywhere(place: Buffer, envelope: Buffer): Promise<void> {
  expect(() => openBytes(key, place, envelope)).toThrow(DAMAGED);
  const streamed = Readable.from([envelope], { objectMode: false }).compose(openStream(key, place));
  await expect(buffer(streamed)).rejects.toEqual(DAMAGED);
  const claimed = plaintextSize(envelope.length) ?? 0;
  const ranged = buffer(openRange(key, place, sourceOf(envelope), 0, claimed));
  await expect(ranged).rejects.toEqual(DAMAGED);
}

describe('an envelope', () => {
  test('gives back what was sealed, whole, streamed and by range', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.nat(), fc.nat(), async (plaintext, a, b) => {
        const envelope = sealBytes(key, context, plaintext);
        expect(envelope.length).toBe(sealedSize(plaintext.length));
        expect(plaintextSize(envelope.length)).toBe(plaintext.length);
        expect(openBytes(key, context, envelope).equals(plaintext)).toBe(true);
        const opened = Readable.from([envelope], { objectMode: false }).compose(openStream(key, context));
        expect((await buffer(opened)).equals(plaintext)).toBe(true);
        const [start, end] = [a, b].map((n) => n % (plaintext.length + 1)).sort((x, y) => x - y);
        const part = await buffer(openRange(key, context, sourceOf(envelope), start!, end!));
        expect(part.equals(plaintext.subarray(start, end))).toBe(true);
        expect(await openedLength(key, context, sourceOf(envelope))).toBe(plaintext.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('does not open with any single bit flipped', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.nat(), fc.nat(7), async (plaintext, at, bit) => {
        const envelope = sealBytes(key, context, plaintext);
        envelope[at % envelope.length]! ^= 1 << bit;
        await rejectedEverywhere(context, envelope);
      }),
      { numRuns: RUNS },
    );
  });

  test('does not open with any byte of its header changed', () => {
    const envelope = sealBytes(key, context, Buffer.from('short'));
    for (let at = 0; at < 56; at += 1) {
      const bent = Buffer.from(envelope);
      bent[at]! ^= 1;
      expect(() => openBytes(key, context, bent)).toThrow(DAMAGED);
    }
  });

  test('does not open cut off, or with anything behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        message,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (plaintext, n, more) => {
          const envelope = sealBytes(key, context, plaintext);
          await rejectedEverywhere(context, envelope.subarray(0, n % envelope.length));
          await rejectedEverywhere(context, Buffer.concat([envelope, more]));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('cut off at a chunk border does not open', async () => {
    const envelope = sealBytes(key, context, randomBytes(3 * CHUNK));
    for (const chunks of [0, 1, 2, 3]) {
      await rejectedEverywhere(context, envelope.subarray(0, 56 + chunks * (CHUNK + 16)));
    }
  });

  test('does not open in another context or under another key', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.uint8Array({ maxLength: 64 }), async (plaintext, other) => {
        fc.pre(!context.equals(other));
        const envelope = sealBytes(key, context, plaintext);
        await rejectedEverywhere(Buffer.from(other), envelope);
        const otherKey = createSecretKey(randomBytes(32));
        expect(() => openBytes(otherKey, context, envelope)).toThrow(DAMAGED);
      }),
      { numRuns: RUNS },
    );
  });

  test('is another one each time the same thing is sealed', () => {
    const plaintext = Buffer.from('the same');
    const envelopes = Array.from({ length: 600 }, () => sealBytes(key, context, plaintext).toString('hex'));
    expect(new Set(envelopes).size).toBe(600);
    expect(new Set(envelopes.map((envelope) => envelope.slice(0, 48))).size).toBe(600);
  });

  test('opens under contexts far longer than usual', () => {
    const long = randomBytes(5000);
    expect(openBytes(key, long, sealBytes(key, long, Buffer.from('x'))).toString()).toBe('x');
    expect(openBytes(key, context, sealBytes(key, context, Buffer.from('y'))).toString()).toBe('y');
  });

  test('refuses a key that has not 32 bytes', () => {
    const short = createSecretKey(randomBytes(16));
    expect(() => sealBytes(short, context, Buffer.from('x'))).toThrow(/32 bytes/);
  });
});

describe('a range', () => {
  const envelope = sealBytes(key, context, randomBytes(2 * CHUNK + 5));

  test.each([
    [-1, 3],
    [3, 2],
    [0, 2 * CHUNK + 6],
    [0.5, 2],
    [Number.NaN, 2],
  ])('from %d to %d does not lie within the content and is refused', async (start, end) => {
    const opened = buffer(openRange(key, context, sourceOf(envelope), start, end));
    await expect(opened).rejects.toMatchObject({ code: 'invalid' });
  });

  test('fails on a shortened file even where the part itself is whole', async () => {
    const short = envelope.subarray(0, envelope.length - 3);
    await expect(buffer(openRange(key, context, sourceOf(short), 0, 10))).rejects.toEqual(DAMAGED);
  });

  test('fails where the source gives less than was asked', async () => {
    const lying = { size: envelope.length, read: async () => Buffer.alloc(3) };
    await expect(buffer(openRange(key, context, lying, 0, 10))).rejects.toEqual(DAMAGED);
  });

  test.each([
    ['into the memory that it is given', true],
    ['into memory of its own', false],
  ])('gives pieces that stay as they are while more is read, by a source that reads %s', async (_, lent) => {
    const plaintext = randomBytes(120 * CHUNK + 77);
    const large = sealBytes(key, context, plaintext);
    const given = new Set<Buffer>();
    const read = async (offset: number, count: number, into?: Buffer) => {
      const bytes = large.subarray(offset, offset + count);
      if (!lent || into === undefined) return bytes;
      given.add(into);
      into.set(bytes);
      return into.subarray(0, count);
    };
    const pieces: Buffer[] = [];
    for await (const piece of openRange(
      key,
      context,
      { size: large.length, read },
      9,
      plaintext.length - 3,
    )) {
      pieces.push(piece);
    }
    expect(Buffer.concat(pieces).equals(plaintext.subarray(9, -3))).toBe(true);
    expect(given.size).toBe(lent ? 2 : 0);
    expect(openBytes(key, context, large).equals(plaintext)).toBe(true);
  });

  test('reads no more than its own chunks, the header and the end', async () => {
    const large = sealBytes(key, context, randomBytes(40 * CHUNK));
    const read: number[] = [];
    const source = {
      size: large.length,
      read: async (offset: number, count: number) => {
        read.push(count);
        return large.subarray(offset, offset + count);
      },
    };
    await buffer(openRange(key, context, source, 20 * CHUNK + 5, 20 * CHUNK + 9));
    expect(read).toEqual([56, 16, CHUNK + 16]);
  });
});

describe('a stream', () => {
  test('lets nothing out before its chunk has authenticated', async () => {
    const envelope = sealBytes(key, context, randomBytes(2 * CHUNK));
    const stream = openStream(key, context);
    stream.write(envelope.subarray(0, 56 + CHUNK + 15));
    expect(stream.read()).toBeNull();
    stream.write(envelope.subarray(56 + CHUNK + 15, 56 + CHUNK + 16));
    expect(stream.read()).toHaveLength(CHUNK);
    stream.destroy();
  });

  test('takes in no more than a few chunks ahead of its reader, however long the file', async () => {
    let fed = 0;
    async function* long() {
      for (let count = 0; count < 2000; count += 1) {
        fed += CHUNK;
        yield Buffer.alloc(CHUNK);
      }
    }
    let read = 0;
    let mostAhead = 0;
    const sealed = Readable.from(long(), { objectMode: false }).compose(sealStream(key, context));
    for await (const chunk of sealed.compose(openStream(key, context))) {
      read += (chunk as Buffer).length;
      mostAhead = Math.max(mostAhead, fed - read);
    }
    expect(read).toBe(2000 * CHUNK);
    expect(mostAhead).toBeLessThan(64 * CHUNK);
  });

  test('ends with the error of its permit, and no further byte', async () => {
    const envelope = sealBytes(key, context, randomBytes(4 * CHUNK));
    let chunks = 0;
    const permit = () => {
      chunks += 1;
      if (chunks > 2) throw new Error('revoked');
    };
    let bytes = 0;
    const stream = openStream(key, context, permit);
    const opened = Readable.from([envelope], { objectMode: false }).compose(stream);
    const reading = (async () => {
      for await (const chunk of opened) bytes += (chunk as Buffer).length;
    })();
    await expect(reading).rejects.toThrow('revoked');
    expect(bytes).toBeLessThanOrEqual(2 * CHUNK);
  });
});

describe('the nonce of a chunk', () => {
  const base = Buffer.alloc(12, 0xff);

  test.each([
    [0, 'ffffffffffffffffffffffff'],
    [1, 'fffffffffffffffffffffffe'],
    [256, 'fffffffffffffffffffffeff'],
    [2 ** 31, 'ffffffffffffffff7fffffff'],
    [2 ** 32, 'fffffffffffffffeffffffff'],
    [2 ** 38 - 1, 'ffffffffffffffc000000000'],
  ])('of index %d is the base nonce XOR the index', (index, expected) => {
    expect(chunkNonce(base, index).toString('hex')).toBe(expected);
    expect(base.equals(Buffer.alloc(12, 0xff))).toBe(true);
  });

  test('does not exist from the limit of 2^38 chunks on', () => {
    expect(() => chunkNonce(base, 2 ** 38)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });
});
