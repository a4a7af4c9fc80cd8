/** A frame of a DICOM picture, unpacked: here where it is simple, by the browser where it is JPEG. */
import { unpackLossless, unpackRuns } from '../../../src/frames/index.ts';
import type { DicomImage } from './dicom-file.ts';
import { frameBytes } from './frame-bytes.ts';
import { jpegFrame } from './jpeg-frame.ts';
import { type Frame, grey, samplesOf } from './samples.ts';

/** Null where it cannot be unpacked: packed as something else, or damaged. */
export async function unpackFrame(image: DicomImage, frame: number): Promise<Frame | null> {
  const bytes = frameBytes(image, frame);
  if (bytes === null) return null;
  switch (image.packing) {
    case 'plain':
    case 'big-endian':
      return samplesOf(image, bytes);
    case 'rle':
      return unpackRle(image, bytes);
    case 'lossless-jpeg':
      return unpackJpegLossless(image, bytes);
    case 'jpeg':
      return unpackJpeg(image, bytes);
    default:
      return null;
  }
}

function unpackRle(image: DicomImage, bytes: Uint8Array): Frame | null {
  if (image.bitsAllocated === 1) return null;
  const pixels = image.rows * image.columns;
  const unpacked = unpackRuns(bytes, pixels, image.samples, image.bitsAllocated / 8);
  // Runs go plane by plane, whatever the header says.
  return unpacked === null ? null : samplesOf({ ...image, isPlanar: true }, unpacked);
}

function unpackJpegLossless(image: DicomImage, bytes: Uint8Array): Frame | null {
  const { rows, columns, samples, bitsAllocated } = image;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return null;
  const unpacked = unpackLossless(bytes, { rows, columns, samples, bytesEach: bitsAllocated === 8 ? 1 : 2 });
  // Samples of a scan lie side by side, whatever the header says.
  return unpacked === null ? null : samplesOf({ ...image, isPlanar: false }, unpacked);
}

async function unpackJpeg(image: DicomImage, bytes: Uint8Array): Promise<Frame | null> {
  const jpeg = jpegFrame(image, bytes);
  if (jpeg === null) return null;
  const { rows, columns, samples } = image;
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }), {
    colorSpaceConversion: 'none',
    imageOrientation: 'none' as 'from-image',
  }).catch(() => null);
  if (bitmap === null) return null;
  try {
    if (bitmap.width !== columns || bitmap.height !== rows) return null;
    const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
    if (context === null) return null;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, columns, rows);
    if (samples === 3) return { kind: 'colour', rgba: Uint8ClampedArray.from(data) };
    return grey(
      image,
      Uint8Array.from({ length: rows * columns }, (_, at) => data[at * 4]!),
    );
  } finally {
    bitmap.close();
  }
}
