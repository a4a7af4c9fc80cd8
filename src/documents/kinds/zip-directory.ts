/**
 * The directory at the end of a ZIP (PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16), read without
 * unpacking anything. It tells what the parts are called and what they claim to be unpacked; nothing here
 * relies on those claims, since nothing here unpacks.
 */
import type { Sample } from './sample.ts';

export interface ZipEntry {
  readonly name: string;
  readonly packedBytes: number;
  readonly bytes: number;
}

const END_BYTES = 22;
const ENTRY_BYTES = 46;
const END_SIGNATURE = 0x06054b50;
const END_MARK = Buffer.from('PK\x05\x06', 'latin1');
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const names = new TextDecoder('latin1');

/** Whether it begins as a ZIP does, with a first part or with the end of an empty one. */
export function beginsAsZip({ head }: Sample): boolean {
  if (head.length < 4) return false;
  const signature = viewOf(head).getUint32(0, true);
  return signature === LOCAL_SIGNATURE || signature === END_SIGNATURE;
}

/** Whether a reader of ZIPs, who begins at the end, would find one: true of files that hide an archive. */
export function endsAsZip({ tail }: Sample): boolean {
  return placeOfEnd(tail) !== null;
}

/**
 * The entries of a plain ZIP: first part at the first byte, directory right before the end, no comment, no
 * second disk, no 64-bit sizes. Null where it is not so or where the directory is larger than the sample:
 * office programs write plain ones.
 */
export function readZipDirectory(sample: Sample): ZipEntry[] | null {
  const { tail, bytes } = sample;
  const at = placeOfEnd(tail);
  if (at === null || at + END_BYTES !== tail.length || !beginsAsZip(sample)) return null;
  const view = viewOf(tail);
  const count = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 12, true);
  const offset = view.getUint32(at + 16, true);
  const isWhole = view.getUint32(at + 4, true) === 0 && view.getUint16(at + 8, true) === count;
  const start = at - size;
  if (!isWhole || start < 0 || offset !== bytes - tail.length + start) return null;
  return readEntries(tail.subarray(start, at), count);
}

function readEntries(directory: Uint8Array, count: number): ZipEntry[] | null {
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + ENTRY_BYTES > directory.length || view.getUint32(at, true) !== ENTRY_SIGNATURE) return null;
    const end = at + ENTRY_BYTES + view.getUint16(at + 28, true);
    entries.push({
      name: names.decode(directory.subarray(at + ENTRY_BYTES, end)),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
    });
    at = end + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return at === directory.length ? entries : null;
}

/** The last end record whose comment does not run beyond the file, with a directory before it or none. */
function placeOfEnd(tail: Uint8Array): number | null {
  const last = tail.length - END_BYTES;
  if (last < 0) return null;
  const first = Math.max(0, last - 0xffff);
  const bytes = Buffer.from(tail.buffer, tail.byteOffset + first, tail.length - first);
  for (let at = bytes.lastIndexOf(END_MARK, last - first); at >= 0; ) {
    if (at + END_BYTES + bytes.readUInt16LE(at + 20) <= bytes.length) return first + at;
    // A negative place would be counted from the end.
    at = at === 0 ? -1 : bytes.lastIndexOf(END_MARK, at - 1);
  }
  return null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
