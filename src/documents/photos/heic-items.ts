/** The items of a HEIC file and where their bytes lie (ISO/IEC 14496-12, sections 8.11.3 and 8.11.6). */
import { type Box, childBoxes, innerOf, Numbers } from './boxes.ts';
import { unsound } from './piece-reader.ts';

/** From a byte up to and without another. */
export type Place = readonly [start: number, end: number];

/** Pictures, parts of pictures, and how pictures are put together. */
const PICTURES: ReadonlySet<string> = new Set(['hvc1', 'av01', 'grid', 'iovl', 'iden', 'tmap', 'jpeg']);
const MOST_PLACES = 50_000;

/** Where the bytes of pictures lie, in the file and in the box `idat` of this one. */
export function placesOfPictures(meta: Buffer): { inFile: Place[]; inMeta: Place[] } {
  const boxes = innerOf(meta);
  const items = boxes.find(({ type }) => type === 'iinf');
  const places = boxes.find(({ type }) => type === 'iloc');
  if (items === undefined || places === undefined) throw unsound();
  return readPlaces(meta, places, picturesOf(meta, items));
}

function picturesOf(meta: Buffer, items: Box): Set<number> {
  const numbers = new Numbers(meta, items);
  const version = numbers.next(1);
  numbers.next(3);
  numbers.next(version === 0 ? 2 : 4);
  const pictures = new Set<number>();
  for (const entry of childBoxes(meta, numbers.at, items.end)) {
    if (entry.type !== 'infe') continue;
    const of = new Numbers(meta, entry);
    const kind = of.next(1);
    of.next(3);
    // Older entries have no type.
    if (kind < 2) continue;
    const id = of.next(kind === 2 ? 2 : 4);
    of.next(2);
    if (PICTURES.has(of.text(4))) pictures.add(id);
  }
  return pictures;
}

function readPlaces(meta: Buffer, box: Box, pictures: ReadonlySet<number>) {
  const numbers = new Numbers(meta, box);
  const version = numbers.next(1);
  numbers.next(3);
  const [sizes, more] = [numbers.next(1), numbers.next(1)];
  const width = {
    offset: sizes >> 4,
    length: sizes & 15,
    base: more >> 4,
    index: version > 0 ? more & 15 : 0,
  };
  const count = numbers.next(version < 2 ? 2 : 4);
  const found: { inFile: Place[]; inMeta: Place[] } = { inFile: [], inMeta: [] };
  let places = 0;
  for (let item = 0; item < count; item += 1) {
    const id = numbers.next(version < 2 ? 2 : 4);
    const method = version > 0 ? numbers.next(2) & 15 : 0;
    const isElsewhere = numbers.next(2) !== 0;
    const base = numbers.next(width.base);
    const extents = numbers.next(2);
    places += extents + 1;
    if (places > MOST_PLACES) throw unsound();
    for (let extent = 0; extent < extents; extent += 1) {
      numbers.next(width.index);
      const start = base + numbers.next(width.offset);
      const length = numbers.next(width.length);
      if (!pictures.has(id)) continue;
      if (isElsewhere || method > 1 || length === 0) throw unsound();
      (method === 0 ? found.inFile : found.inMeta).push([start, start + length]);
    }
  }
  return found;
}
