/**
 * HEIC (ISO/IEC 23008-12 over 14496-12): what is in a photo is told by a list of items, each with the places
 * of its bytes. The bytes of pictures are kept where they are, all others become zeros. Which way is up is a
 * property of the picture, and stays.
 */
import { childBoxes, innerOf } from './boxes.ts';
import { type Place, placesOfPictures } from './heic-items.ts';
import { type PieceReader, unsound } from './piece-reader.ts';

const MOST_META_BYTES = 4 * 1024 * 1024;
/** Properties that tell when, and in words what. */
const TELLING: ReadonlySet<string> = new Set(['udes', 'altt', 'crtt', 'mdft', 'uuid', 'prft']);

export async function* blankHeic(reader: PieceReader): AsyncGenerator<Uint8Array, void, void> {
  let places: readonly Place[] | null = null;
  for (;;) {
    const head = await reader.upTo(8);
    if (head.length === 0) break;
    if (head.length < 8) throw unsound();
    const type = head.toString('latin1', 4);
    const long = head.readUInt32BE() === 1 ? await reader.exactly(8) : Buffer.alloc(0);
    const size = long.length === 8 ? Number(long.readBigUInt64BE()) : head.readUInt32BE();
    const length = size === 0 ? Number.POSITIVE_INFINITY : size - 8 - long.length;
    if (length < 0 || type === 'moov') throw unsound();
    yield Buffer.concat([head, long]);
    if (type === 'ftyp') yield* reader.pass(length);
    else if (type === 'meta' && places === null) {
      if (length > MOST_META_BYTES) throw unsound();
      const meta = await reader.exactly(length);
      places = blankMeta(meta);
      yield meta;
    } else if (type === 'mdat') yield* onlyPlaces(reader, length, places);
    else yield* reader.blank(length);
  }
  if (places === null) throw unsound();
}

/** Takes out of the list what is no picture, in place; answers where in the file the pictures lie. */
function blankMeta(meta: Buffer): Place[] {
  const { inFile, inMeta } = placesOfPictures(meta);
  for (const { type, start, end } of innerOf(meta)) {
    if (type === 'idat')
      keepOnly(
        meta,
        start,
        end,
        inMeta.map(([from, to]) => [from + start, to + start]),
      );
    if (['free', 'skip', 'uuid', 'udta', 'xml ', 'bxml'].includes(type)) meta.fill(0, start, end);
    if (type === 'iprp') blankProperties(meta, start, end);
  }
  return inFile;
}

function blankProperties(meta: Buffer, start: number, end: number): void {
  for (const box of childBoxes(meta, start, end)) {
    if (box.type !== 'ipco') continue;
    for (const property of childBoxes(meta, box.start, box.end)) {
      if (TELLING.has(property.type)) meta.fill(0, property.start, property.end);
    }
  }
}

function keepOnly(bytes: Buffer, start: number, end: number, places: readonly Place[]): void {
  let at = start;
  for (const [from, to] of merged(places)) {
    bytes.fill(0, Math.min(at, end), Math.max(start, Math.min(from, end)));
    at = Math.max(at, to);
  }
  if (at < end) bytes.fill(0, at, end);
}

/** The list has to come before what it is a list of: cameras write it so. */
async function* onlyPlaces(
  reader: PieceReader,
  length: number,
  places: readonly Place[] | null,
): AsyncGenerator<Uint8Array, void, void> {
  if (places === null) throw unsound();
  const end = reader.position + length;
  for (const [from, to] of merged(places)) {
    if (from >= end) break;
    if (to <= reader.position) continue;
    yield* reader.blank(from - reader.position);
    yield* reader.pass(Math.min(to, end) - reader.position);
  }
  yield* reader.blank(end - reader.position);
}

function merged(places: readonly Place[]): Place[] {
  return [...places].sort(([one], [other]) => one - other);
}
