/** JPEG (ITU-T T.81, annex B): segments, the picture, and whatever cameras put behind it. */
import { type PieceReader, unsound } from './piece-reader.ts';
import { orientationOf, uprightBlock } from './upright.ts';

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const APP = 0xe0;
const EXIF = 'Exif\0\0';
/** Of a JFIF header; what follows it is a small picture. */
const JFIF_BYTES = 14;

export async function* blankJpeg(reader: PieceReader): AsyncGenerator<Uint8Array, void, void> {
  const start = await reader.exactly(2);
  if (start.readUInt16BE() !== (0xff00 | START_OF_IMAGE)) throw unsound();
  yield start;
  for (let marker = yield* nextMarker(reader); marker !== END_OF_IMAGE; ) {
    yield Buffer.from([0xff, marker]);
    yield* segment(reader, marker);
    marker = marker === START_OF_SCAN ? yield* behindScan(reader) : yield* nextMarker(reader);
  }
  yield Buffer.from([0xff, END_OF_IMAGE]);
  // Films, other sizes and notes of the maker.
  yield* reader.blank(Number.POSITIVE_INFINITY);
}

async function* behindScan(reader: PieceReader): AsyncGenerator<Uint8Array, number, void> {
  const marker = yield* reader.passToMarker();
  if (marker === null) throw unsound();
  return marker;
}

/** The code of the next marker; bytes that fill are handed on. */
async function* nextMarker(reader: PieceReader): AsyncGenerator<Uint8Array, number, void> {
  const [mark, code] = await reader.exactly(2);
  if (mark !== 0xff) throw unsound();
  for (let next = code!; ; next = (await reader.exactly(1))[0]!) {
    if (next !== 0xff) return next;
    yield Buffer.from([0xff]);
  }
}

async function* segment(reader: PieceReader, marker: number): AsyncGenerator<Uint8Array, void, void> {
  // Marks without a segment do not stand here.
  if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) throw unsound();
  const length = await reader.exactly(2);
  if (length.readUInt16BE() < 2) throw unsound();
  yield length;
  const content = await reader.exactly(length.readUInt16BE() - 2);
  yield marker >= APP && (marker < 0xf0 || marker === COMMENT) ? kept(marker, content) : content;
}

/** What is left of a segment that belongs to no decoder: the density, the colours, and which way is up. */
function kept(marker: number, content: Buffer): Buffer {
  const name = content.toString('latin1', 0, 12);
  const blank = Buffer.alloc(content.length);
  if (marker === APP && name.startsWith('JFIF\0')) return filled(blank, content.subarray(0, JFIF_BYTES));
  if (marker === APP + 2 && name.startsWith('ICC_PROFILE\0')) return content;
  if (marker === APP + 14 && name.startsWith('Adobe')) return content;
  if (marker !== APP + 1 || !name.startsWith(EXIF)) return blank;
  const orientation = orientationOf(content.subarray(EXIF.length)) ?? 1;
  const block = uprightBlock(orientation, content.length - EXIF.length);
  return filled(blank, Buffer.concat([Buffer.from(EXIF, 'latin1'), block]));
}

function filled(blank: Buffer, start: Buffer): Buffer {
  start.copy(blank);
  return blank;
}
