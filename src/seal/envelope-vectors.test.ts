/** Every published vector of the envelope, through every way there is to open or seal one. */
import { createHash } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type EnvelopeVector, envelopeVectors } from '../../test/vectors/wycheproof.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { type EnvelopeSource, openedLength, openRange } from './envelope-range.ts';
import { openStream, sealStream } from './envelope-stream.ts';

const vectors = envelopeVectors();
const SALT_BYTES = 24;

interface Outcome {
  message: Buffer;
  error: unknown;
}

async function collect(start: () => AsyncIterable<Buffer>): Promise<Outcome> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of start()) pieces.push(piece);
  } catch (error) {
    return { message: Buffer.concat(pieces), error };
  }
  return { message: Buffer.concat(pieces), error: null };
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

function through(transform: () => Transform, bytes: Buffer, size: number): Promise<Outcome> {
  return collect(() => Readable.from(pieces(bytes, size), { objectMode: false }).compose(transform()));
}

function sourceOf(bytes: Buffer): EnvelopeSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

function sha512(bytes: Buffer): string {
  return createHash('sha512').update(bytes).digest('hex');
}

/** The vector's message for a valid one; an error and at most the true prefix for an invalid one. */
function expectOutcome(vector: EnvelopeVector, { message, error }: Outcome): void {
  if (vector.valid) {
    expect(error).toBeNull();
    expect(message.length).toBe(vector.messageBytes);
    expect(sha512(message)).toBe(vector.messageSha512);
    return;
  }
  expect(error).not.toBeNull();
  expect(message.length).toBeLessThanOrEqual(vector.messageBytes);
  if (message.length > 0) {
    expect(message.length).toBe(vector.messageBytes);
    expect(sha512(message)).toBe(vector.messageSha512);
  }
}

test('all 35 vectors are here, and some of each result', () => {
  expect(vectors).toHaveLength(35);
  expect(vectors.filter((vector) => vector.valid)).toHaveLength(10);
});

describe.each(vectors)('vector $name', (vector) => {
  const { key, context, envelope } = vector;

  test('opens whole, or not at all', async () => {
    const outcome = await collect(async function* () {
      yield openBytes(key, context, envelope);
    });
    expectOutcome(vector, outcome);
    if (!vector.valid) expect(outcome.message).toHaveLength(0);
  });

  test('opens as a stream', async () => {
    expectOutcome(vector, await through(() => openStream(key, context), envelope, 65_536));
  });

  test('opens byte by byte', async () => {
    expectOutcome(vector, await through(() => openStream(key, context), envelope, 1));
  });

  test('opens by random access, whole and in odd ranges', async () => {
    const source = sourceOf(envelope);
    const whole = await collect(() => openRange(key, context, source, 0, vector.messageBytes));
    if (vector.valid) expectOutcome(vector, whole);
    else {
      // What the sizes say the message would be is what a careless reader would ask for.
      const claimed = await collect(() => openRange(key, context, source, 0, claimedLength(envelope)));
      expect(claimed.error).not.toBeNull();
      return;
    }
    const [start, end] = [Math.floor(vector.messageBytes / 3), Math.ceil((2 * vector.messageBytes) / 3)];
    const part = await collect(() => openRange(key, context, source, start, end));
    expect(part.error).toBeNull();
    expect(part.message.equals(whole.message.subarray(start, end))).toBe(true);
  });

  test('proves its length by its last chunk', async () => {
    const length = openedLength(key, context, sourceOf(envelope));
    if (vector.valid) expect(await length).toBe(vector.messageBytes);
    else if (!vector.flags.includes('ValidFinalChunk')) await expect(length).rejects.toThrow();
    else await length;
  });
});

describe.each(vectors.filter((vector) => vector.valid))('sealing vector $name again', (vector) => {
  const { key, context, envelope } = vector;
  const salt = envelope.subarray(0, SALT_BYTES);

  test('whole gives the very same envelope', () => {
    const message = openBytes(key, context, envelope);
    expect(sealBytes(key, context, message, salt).equals(envelope)).toBe(true);
  });

  test.each([1, 16_384, 100_003])(
    'as a stream in pieces of %i gives the very same envelope',
    async (size) => {
      const message = openBytes(key, context, envelope);
      const sealed = await through(() => sealStream(key, context, salt), message, size);
      expect(sealed.error).toBeNull();
      expect(sealed.message.equals(envelope)).toBe(true);
    },
  );
});

test('a stream that failed stays failed', async () => {
  const vector = vectors.find(({ flags }) => flags.includes('PartialPlaintext'))!;
  const stream = openStream(vector.key, vector.context);
  const failed = new Promise((resolve) => stream.once('error', resolve));
  stream.resume();
  stream.end(vector.envelope);
  await failed;
  const again = await collect(() => stream);
  expect(again.message).toHaveLength(0);
  expect(again.error).toMatchObject({ code: 'damaged' });
});

/** Plaintext bytes by the envelope's size alone, and something to ask for where there can be none. */
function claimedLength(envelope: Buffer): number {
  const body = Math.max(envelope.length - 56, 0);
  const lastChunk = body % 16_400;
  return Math.floor(body / 16_400) * 16_384 + Math.max(lastChunk - 16, 0);
}
