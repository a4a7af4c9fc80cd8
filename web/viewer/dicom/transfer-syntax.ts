/** How the picture of a DICOM file is packed (PS3.6 annex A), and which of it is unpacked here. Pure. */

/** `other` is said by its name and not shown. */
export type Packing = 'plain' | 'big-endian' | 'rle' | 'jpeg' | 'lossless-jpeg' | 'other';

const SYNTAXES: Readonly<Record<string, readonly [packing: Packing, name: string]>> = {
  '1.2.840.10008.1.2': ['plain', 'Implicit VR Little Endian'],
  '1.2.840.10008.1.2.1': ['plain', 'Explicit VR Little Endian'],
  '1.2.840.10008.1.2.1.99': ['other', 'Deflated Explicit VR Little Endian'],
  '1.2.840.10008.1.2.2': ['big-endian', 'Explicit VR Big Endian'],
  '1.2.840.10008.1.2.4.50': ['jpeg', 'JPEG Baseline'],
  // Eight bits of it are what browsers unpack; `jpeg-frame.ts` says of each whether it is.
  '1.2.840.10008.1.2.4.51': ['jpeg', 'JPEG Extended'],
  '1.2.840.10008.1.2.4.57': ['lossless-jpeg', 'JPEG Lossless'],
  '1.2.840.10008.1.2.4.70': ['lossless-jpeg', 'JPEG Lossless, First-Order Prediction'],
  '1.2.840.10008.1.2.4.80': ['other', 'JPEG-LS Lossless'],
  '1.2.840.10008.1.2.4.81': ['other', 'JPEG-LS Near-Lossless'],
  '1.2.840.10008.1.2.4.90': ['other', 'JPEG 2000 Lossless'],
  '1.2.840.10008.1.2.4.91': ['other', 'JPEG 2000'],
  '1.2.840.10008.1.2.4.100': ['other', 'MPEG2'],
  '1.2.840.10008.1.2.4.102': ['other', 'MPEG-4 AVC/H.264'],
  '1.2.840.10008.1.2.4.201': ['other', 'High-Throughput JPEG 2000 Lossless'],
  '1.2.840.10008.1.2.4.202': ['other', 'High-Throughput JPEG 2000 Lossless RPCL'],
  '1.2.840.10008.1.2.4.203': ['other', 'High-Throughput JPEG 2000'],
  '1.2.840.10008.1.2.5': ['rle', 'RLE Lossless'],
};

export function packingOf(syntax: string): Packing {
  // A file that says nothing is written as DICOM is by default.
  return syntax === '' ? 'plain' : (SYNTAXES[syntax]?.[0] ?? 'other');
}

/** As the standard calls it; its number where it is unknown here. */
export function syntaxName(syntax: string): string {
  return SYNTAXES[syntax]?.[1] ?? syntax;
}
