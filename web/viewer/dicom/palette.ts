/** Colours by numbers in a table of the file (PS3.3 C.7.6.3.1.5). Pure; null where the table is not whole. */
import type { DicomImage } from './dicom-file.ts';

type Colour = readonly [red: number, green: number, blue: number];

export function paletteOf({ data, packing }: DicomImage): ((value: number) => Colour) | null {
  const little = packing !== 'big-endian';
  const tables = (['x00281201', 'x00281202', 'x00281203'] as const).map((tag, at) => {
    const descriptor = (['x00281101', 'x00281102', 'x00281103'] as const)[at]!;
    const element = data.elements[tag];
    const entries = data.uint16(descriptor, 0);
    const first = data.uint16(descriptor, 1);
    const bits = data.uint16(descriptor, 2);
    if (element === undefined || entries === undefined || first === undefined) return null;
    const count = entries === 0 ? 65_536 : entries;
    const { buffer, byteOffset } = data.byteArray as Uint8Array;
    if (element.dataOffset + element.length > data.byteArray.length) return null;
    const view = new DataView(buffer, byteOffset + element.dataOffset, element.length);
    const isWide = element.length >= count * 2;
    if (!isWide && element.length < count) return null;
    const entry = (index: number) => {
      if (!isWide) return view.getUint8(index);
      const value = view.getUint16(index * 2, little);
      return bits === 8 ? value & 0xff : value >> 8;
    };
    return (value: number) => entry(Math.min(count - 1, Math.max(0, value - first)));
  });
  const [red, green, blue] = tables;
  if (!red || !green || !blue) return null;
  return (value) => [red(value), green(value), blue(value)];
}
