/** The bytes of one frame of a DICOM picture, as they are packed. Pure; null where the file lacks them. */
import dicomParser from 'dicom-parser';
import type { DicomImage } from './dicom-file.ts';

/** `frame` from 0. */
export function frameBytes(image: DicomImage, frame: number): Uint8Array | null {
  const element = image.data.elements.x7fe00010;
  if (element === undefined || frame < 0 || frame >= image.frames) return null;
  if (element.encapsulatedPixelData !== true) {
    const length = plainLength(image);
    const start = frame * length;
    if (start + length > element.length) return null;
    const { byteArray } = image.data;
    return byteArray.subarray(element.dataOffset + start, element.dataOffset + start + length) as Uint8Array;
  }
  try {
    return encapsulated(image, element, frame);
  } catch {
    return null;
  }
}

type Element = DicomImage['data']['elements'][string];

function encapsulated({ data, frames }: DicomImage, element: Element, frame: number): Uint8Array {
  const { fragments = [], basicOffsetTable = [] } = element;
  if (basicOffsetTable.length >= frames) {
    return dicomParser.readEncapsulatedImageFrame(data, element, frame) as Uint8Array;
  }
  if (frames === 1) {
    return dicomParser.readEncapsulatedPixelDataFromFragments(
      data,
      element,
      0,
      fragments.length,
    ) as Uint8Array;
  }
  if (fragments.length === frames) {
    return dicomParser.readEncapsulatedPixelDataFromFragments(data, element, frame) as Uint8Array;
  }
  const table = dicomParser.createJPEGBasicOffsetTable(data, element);
  return dicomParser.readEncapsulatedImageFrame(data, element, frame, table) as Uint8Array;
}

/** Bytes of a frame that is not packed. */
export function plainLength({ rows, columns, samples, bitsAllocated, photometric }: DicomImage): number {
  const pixels = rows * columns;
  if (photometric === 'YBR_FULL_422') return pixels * 2;
  return Math.ceil((pixels * samples * bitsAllocated) / 8);
}
