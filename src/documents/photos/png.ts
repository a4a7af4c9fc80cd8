/** PNG (third edition, section 5): chunks. What is not the picture becomes a chunk of zeros. */
import { crc32 } from 'node:zlib';
import { type PieceReader, unsound, zeros } from './piece-reader.ts';
import { orientationOf, uprightBlock } from './upright.ts';

const SIGNATURE = '\x89PNG\r\n\x1a\n';
const KEPT: ReadonlySet<string> = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI pHYs sBIT bKGD hIST acTL fcTL fdAT'.split(' '),
);
/** Not critical, private, safe to copy: nobody reads it. */
const NOBODYS = 'zeRo';
const MOST_EXIF_BYTES = 1024 * 1024;

export async function* blankPng(reader: PieceReader): AsyncGenerator<Uint8Array, void, void> {
  const signature = await reader.exactly(8);
  if (signature.toString('latin1') !== SIGNATURE) throw unsound();
  yield signature;
  for (let type = ''; type !== 'IEND'; ) {
    const head = await reader.exactly(8);
    const length = head.readUInt32BE();
    type = head.toString('latin1', 4);
    if (length > 0x7fffffff || !/^[A-Za-z]{4}$/.test(type)) throw unsound();
    if (KEPT.has(type)) {
      yield head;
      yield* whole(reader, length + 4);
    } else if (type === 'eXIf' && length <= MOST_EXIF_BYTES) {
      const orientation = orientationOf(await reader.exactly(length)) ?? 1;
      yield* chunk('eXIf', [uprightBlock(orientation, length)], length);
      await reader.exactly(4);
    } else {
      await dropped(reader, length + 4);
      yield* chunk(NOBODYS, zeros(length), length);
    }
  }
  yield* reader.blank(Number.POSITIVE_INFINITY);
}

async function* whole(reader: PieceReader, length: number): AsyncGenerator<Uint8Array, void, void> {
  const start = reader.position;
  yield* reader.pass(length);
  if (reader.position - start < length) throw unsound();
}

async function dropped(reader: PieceReader, length: number): Promise<void> {
  const start = reader.position;
  for await (const part of reader.pass(length)) void part;
  if (reader.position - start < length) throw unsound();
}

function* chunk(
  type: string,
  content: Iterable<Uint8Array>,
  length: number,
): Generator<Uint8Array, void, void> {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length);
  head.write(type, 4, 'latin1');
  yield head;
  let check = crc32(head.subarray(4));
  for (const part of content) {
    check = crc32(part, check);
    yield part;
  }
  const end = Buffer.alloc(4);
  end.writeUInt32BE(check);
  yield end;
}
