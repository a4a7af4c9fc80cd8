/** The stored values of one frame of a DICOM file (PS3.5, sections 8 and annex A), in the order of pixels. */
import { createRequire } from 'node:module';
import type { DataSet, Element } from 'dicom-parser';
import { unpackLossless, unpackRuns } from '../../frames/index.ts';
import type { Codec } from './dicom-codecs.ts';
import { MOST_PIXELS, NotDrawn } from './drawing.ts';

type Parser = typeof import('dicom-parser');

const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const LOSSLESS_JPEG: ReadonlySet<string> = new Set(['1.2.840.10008.1.2.4.57', '1.2.840.10008.1.2.4.70']);
const DRAWN: ReadonlySet<string> = new Set([
  IMPLICIT_LITTLE,
  EXPLICIT_LITTLE,
  EXPLICIT_BIG,
  RLE,
  JPEG_BASELINE,
  ...LOSSLESS_JPEG,
]);

export interface Frame {
  readonly dataSet: DataSet;
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly bits: 8 | 16;
  readonly isSigned: boolean;
  readonly isBigEndian: boolean;
  /** Colours of a pixel side by side, or a plane for each. */
  readonly isPlanar: boolean;
  readonly photometric: string;
  readonly frames: number;
  /** The frame's own bytes, or a whole JPEG. */
  readonly bytes: Uint8Array;
  readonly isJpeg: boolean;
}

/** How a file is packed; empty where it does not say. Throws whatever the parser throws. */
export function syntaxOf(content: Buffer): string {
  const parser = createRequire(import.meta.url)('dicom-parser') as Parser;
  return parser.readPart10Header(content).string('x00020010')?.trim() ?? '';
}

/**
 * Frame `page` of the file, from 1; `codec` unpacks it where that takes one. Throws `NotDrawn`, and whatever
 * the parser throws at what is damaged.
 */
export function readFrame(content: Buffer, page: number, codec: Codec | null = null): Frame {
  const parser = createRequire(import.meta.url)('dicom-parser') as Parser;
  // Deflated files are told from their header, before the parser would unpack one.
  const syntax = syntaxOf(content);
  if (codec === null && !DRAWN.has(syntax)) throw new NotDrawn('not-drawn');
  const dataSet = parser.parseDicom(content);
  const pixels = dataSet.elements.x7fe00010;
  const frames = Math.max(1, Number(dataSet.intString('x00280008') ?? 1));
  const shape = readShape(dataSet);
  if (pixels === undefined) throw new NotDrawn('not-drawn');
  if (page > frames) throw new NotDrawn('no-such-page');
  const facts = { ...shape, dataSet, frames, isBigEndian: syntax === EXPLICIT_BIG };
  if (pixels.encapsulatedPixelData !== true) {
    return { ...facts, bytes: plainFrame(content, pixels, shape, page), isJpeg: false };
  }
  const packed = packedFrame(parser, dataSet, pixels, page, frames);
  if (syntax === JPEG_BASELINE) return { ...facts, bytes: packed, isJpeg: true };
  if (codec !== null) return { ...facts, ...coded(packed, codec, shape), isBigEndian: false, isJpeg: false };
  const bytes = unpacked(packed, syntax, shape);
  if (bytes === null) throw new NotDrawn('damaged');
  // Runs go plane by plane, samples of a scan lie side by side, whatever the header says.
  return { ...facts, isPlanar: syntax === RLE, isBigEndian: false, bytes, isJpeg: false };
}

function coded(packed: Uint8Array, codec: Codec, shape: Shape) {
  const frame = codec(packed, shape);
  if (frame === null) throw new NotDrawn('damaged');
  // What JPEG 2000 packs as another kind of colours comes out as red, green and blue (PS3.5, 8.2.4).
  const isTurned = /^YBR_(RCT|ICT)$/.test(shape.photometric);
  return { ...frame, photometric: isTurned ? 'RGB' : shape.photometric };
}

function unpacked(packed: Uint8Array, syntax: string, shape: Shape): Uint8Array | null {
  const { rows, columns, samples, bits } = shape;
  if (syntax === RLE) return unpackRuns(packed, rows * columns, samples, bits / 8);
  if (!LOSSLESS_JPEG.has(syntax)) return null;
  return unpackLossless(packed, { rows, columns, samples, bytesEach: bits === 8 ? 1 : 2 });
}

type Shape = Pick<Frame, 'rows' | 'columns' | 'samples' | 'bits' | 'isSigned' | 'isPlanar' | 'photometric'>;

function readShape(dataSet: DataSet): Shape {
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const samples = dataSet.uint16('x00280002') ?? 1;
  const bits = dataSet.uint16('x00280100') ?? 0;
  if (rows < 1 || columns < 1) throw new NotDrawn('not-drawn');
  if (rows * columns > MOST_PIXELS) throw new NotDrawn('too-large');
  if ((samples !== 1 && samples !== 3) || (bits !== 8 && bits !== 16)) throw new NotDrawn('not-drawn');
  return {
    rows,
    columns,
    samples,
    bits,
    isSigned: dataSet.uint16('x00280103') === 1,
    isPlanar: dataSet.uint16('x00280006') === 1,
    photometric: dataSet.string('x00280004')?.trim() ?? 'MONOCHROME2',
  };
}

function plainFrame(content: Buffer, pixels: Element, shape: Shape, page: number): Uint8Array {
  // In YBR_FULL_422 two pixels share their colours (PS3.3, C.7.6.3.1.2).
  const samples = shape.photometric === 'YBR_FULL_422' ? 2 : shape.samples;
  const bytes = shape.rows * shape.columns * samples * (shape.bits / 8);
  const start = pixels.dataOffset + (page - 1) * bytes;
  if (start + bytes > Math.min(content.length, pixels.dataOffset + pixels.length))
    throw new NotDrawn('damaged');
  return content.subarray(start, start + bytes);
}

function packedFrame(
  parser: Parser,
  dataSet: DataSet,
  pixels: Element,
  page: number,
  frames: number,
): Uint8Array {
  const fragments = pixels.fragments ?? [];
  if (fragments.length === frames) {
    return parser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, page - 1, 1);
  }
  if (frames === 1) {
    return parser.readEncapsulatedPixelDataFromFragments(dataSet, pixels, 0, fragments.length);
  }
  if ((pixels.basicOffsetTable ?? []).length !== frames) throw new NotDrawn('not-drawn');
  return parser.readEncapsulatedImageFrame(dataSet, pixels, page - 1);
}
