/** A zip file taken apart by its central directory (APPNOTE 6.3.10), each part held against its CRC. */
import { crc32, inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Throws where it is no zip file, or a part is not what its CRC says. */
export function readZip(zip: Buffer): Map<string, ZipEntry> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || zip.readUInt32LE(end) !== END) throw new Error('There is no end of a central directory');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries = new Map<string, ZipEntry>();
  for (let left = count; left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error('The central directory is broken');
    const [method, crc] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16)];
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const bytes = unpacked(zip, zip.readUInt32LE(at + 42), packed, method);
    if (bytes.length !== size || crc32(bytes) !== crc) throw new Error(`${name} is not what it was`);
    if (entries.has(name)) throw new Error(`${name} is there twice`);
    entries.set(name, { name, bytes, compressed: method === 8 });
    at += 46 + nameBytes + extra + comment;
  }
  return entries;
}

function unpacked(zip: Buffer, at: number, packed: number, method: number): Buffer {
  if (zip.readUInt32LE(at) !== LOCAL) throw new Error('A local header is broken');
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const bytes = zip.subarray(start, start + packed);
  return method === 8 ? inflateRawSync(bytes) : Buffer.from(bytes);
}
