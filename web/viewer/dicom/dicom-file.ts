/**
 * What a DICOM file says of itself and of its picture (PS3.5, PS3.3 C.7.6.3). Hostile files are expected:
 * what does not fit together is refused before anything is made room for. Pure.
 */
import dicomParser, { type DataSet } from 'dicom-parser';
import { type DicomText, dicomText } from './dicom-text.ts';
import { type Packing, packingOf } from './transfer-syntax.ts';

export type Photometric =
  | 'MONOCHROME1'
  | 'MONOCHROME2'
  | 'RGB'
  | 'YBR_FULL'
  | 'YBR_FULL_422'
  | 'PALETTE COLOR';

export interface Window {
  readonly center: number;
  readonly width: number;
}

export interface Spacing {
  /** Millimetres from one row to the next, and from one column to the next. */
  readonly rows: number;
  readonly columns: number;
  /** Projections are often measured at the detector, where a thing is larger than in the body. */
  readonly at: 'body' | 'detector';
}

export interface DicomImage {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly isPlanar: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  readonly photometric: Photometric;
  readonly slope: number;
  readonly intercept: number;
  readonly window: Window | null;
  readonly spacing: Spacing | null;
  /** A value that stands for nothing. */
  readonly padding: number | null;
  readonly packing: Packing;
  /** The file, from which frames are taken; see `frameBytes`. */
  readonly data: DataSet;
}

export interface DicomFile {
  readonly text: DicomText;
  /** UID of the transfer syntax. */
  readonly syntax: string;
  readonly rows: number | null;
  readonly columns: number | null;
  /** Null where there is none, or none that is known to be put together rightly. */
  readonly image: DicomImage | null;
}

/** So many pixels in a frame, and no more: it is a picture to look at. */
const MOST_PIXELS = 64_000_000;
const KNOWN: readonly string[] = [
  'MONOCHROME1',
  'MONOCHROME2',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'PALETTE COLOR',
];

/** Null for what is no DICOM file, or one that cannot be read. */
export function readDicom(bytes: Uint8Array): DicomFile | null {
  let data: DataSet;
  try {
    data = dicomParser.parseDicom(bytes);
  } catch {
    // It throws strings, errors of ranges, and objects: whatever it was, this is none.
    return null;
  }
  const syntax = data.string('x00020010') ?? '';
  const [rows, columns] = [data.uint16('x00280010') ?? null, data.uint16('x00280011') ?? null];
  return { text: dicomText(data), syntax, rows, columns, image: imageOf(data, syntax) };
}

function imageOf(data: DataSet, syntax: string): DicomImage | null {
  const [rows, columns] = [data.uint16('x00280010') ?? 0, data.uint16('x00280011') ?? 0];
  const samples = data.uint16('x00280002') ?? 1;
  const bitsAllocated = data.uint16('x00280100') ?? 0;
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated;
  const photometric = photometricOf(data.string('x00280004'));
  const isWhole = data.elements.x7fe00010 !== undefined && rows > 0 && columns > 0;
  if (!isWhole || rows * columns > MOST_PIXELS || photometric === null) return null;
  if (samples !== 1 && samples !== 3) return null;
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) return null;
  if (bitsStored < 1 || bitsStored > bitsAllocated) return null;
  return {
    rows,
    columns,
    frames: Math.max(1, Math.trunc(data.intString('x00280008') ?? 1)),
    samples,
    isPlanar: data.uint16('x00280006') === 1,
    bitsAllocated,
    bitsStored,
    isSigned: data.uint16('x00280103') === 1,
    photometric,
    slope: finite(data.floatString('x00281053')) || 1,
    intercept: finite(data.floatString('x00281052')),
    window: windowOf(data),
    spacing: spacingOf(data),
    padding: paddingOf(data),
    packing: packingOf(syntax),
    data,
  };
}

function photometricOf(said: string | undefined): Photometric | null {
  return KNOWN.includes(said ?? '') ? (said as Photometric) : null;
}

function windowOf(data: DataSet): Window | null {
  const center = data.floatString('x00281050');
  const width = data.floatString('x00281051');
  if (center === undefined || width === undefined || !(width >= 1) || !Number.isFinite(center)) return null;
  return Number.isFinite(width) ? { center, width } : null;
}

/** PS3.3 10.7.1.1: pixel spacing where it is calibrated, else that at the detector. */
function spacingOf(data: DataSet): Spacing | null {
  for (const [tag, at] of [
    ['x00280030', 'body'],
    ['x00181164', 'detector'],
    ['x00182010', 'detector'],
  ] as const) {
    const [rows, columns] = [finite(data.floatString(tag, 0)), finite(data.floatString(tag, 1))];
    if (rows > 0 && columns > 0) return { rows, columns, at };
  }
  return null;
}

function paddingOf(data: DataSet): number | null {
  const isSigned = data.uint16('x00280103') === 1;
  return (isSigned ? data.int16('x00280120') : data.uint16('x00280120')) ?? null;
}

function finite(number: number | undefined): number {
  return number !== undefined && Number.isFinite(number) ? number : 0;
}
