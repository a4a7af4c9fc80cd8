/**
 * JPEG 2000 and JPEG-LS of DICOM, by OpenJPEG and CharLS in WebAssembly: memory of its own, and no way out of
 * it, and the end that the process has to memory and time. What comes out counts only where it is what the
 * DICOM file says.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What the DICOM file says of a frame. */
export interface CodedShape {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly bits: 8 | 16;
}

export interface UnpackedFrame {
  /** Little end first. */
  readonly bytes: Uint8Array;
  /** Colours of a pixel side by side, or a plane for each. */
  readonly isPlanar: boolean;
}

/** Null for what is not whole, or not what the file says. */
export type Codec = (packed: Uint8Array, shape: CodedShape) => UnpackedFrame | null;

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

interface Decoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** Of JPEG-LS alone: 0 for a plane for each colour. */
  getInterleaveMode?(): number;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

type DecoderModule = Readonly<Record<string, new () => Decoder>>;
type Made = (options: object) => Promise<DecoderModule>;

const JPEG_2000 = { library: '@cornerstonejs/codec-openjpeg', decoder: 'J2KDecoder' } as const;
const JPEG_LS = { library: '@cornerstonejs/codec-charls', decoder: 'JpegLSDecoder' } as const;
const CODED: Readonly<Record<string, typeof JPEG_2000 | typeof JPEG_LS>> = {
  '1.2.840.10008.1.2.4.80': JPEG_LS,
  '1.2.840.10008.1.2.4.81': JPEG_LS,
  '1.2.840.10008.1.2.4.90': JPEG_2000,
  '1.2.840.10008.1.2.4.91': JPEG_2000,
};

/** Null for a transfer syntax (PS3.6 annex A) that is neither. */
export async function codecOf(syntax: string): Promise<Codec | null> {
  const coded = CODED[syntax];
  if (coded === undefined) return null;
  const require = createRequire(import.meta.url);
  const make = require(`${coded.library}/decodewasmjs`) as Made;
  const wasmBinary = readFileSync(require.resolve(`${coded.library}/decodewasm`));
  const silent = { print: () => undefined, printErr: () => undefined };
  const module = await make({ wasmBinary, ...silent });
  const Kind = module[coded.decoder]!;
  return (packed, shape) => unpack(new Kind(), packed, shape);
}

function unpack(decoder: Decoder, packed: Uint8Array, shape: CodedShape): UnpackedFrame | null {
  try {
    decoder.getEncodedBuffer(packed.length).set(packed);
    decoder.decode();
    const info = decoder.getFrameInfo();
    if (!fits(info, shape)) return null;
    const values = Uint8Array.from(decoder.getDecodedBuffer());
    const count = shape.rows * shape.columns * shape.samples;
    const bytes = info.bitsPerSample > 8 || shape.bits === 8 ? values : widened(values);
    if (bytes.length !== count * (shape.bits / 8)) return null;
    return { bytes, isPlanar: shape.samples === 3 && decoder.getInterleaveMode?.() === 0 };
  } finally {
    decoder.delete();
  }
}

function fits(info: FrameInfo, { rows, columns, samples, bits }: CodedShape): boolean {
  const { width, height, bitsPerSample, componentCount } = info;
  return width === columns && height === rows && componentCount === samples && bitsPerSample <= bits;
}

/** Eight bits, in the sixteen that the file has room for. */
function widened(values: Uint8Array): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer);
}
