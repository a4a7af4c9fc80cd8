/** A PNG of one bit a point by hand, that may say more of its size than it holds. */
import { crc32, deflateSync } from 'node:zlib';

export function pngOf(width: number, height: number, rows: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])));
    return Buffer.concat([head, data, check]);
  };
  const facts = Buffer.alloc(13);
  facts.writeUInt32BE(width);
  facts.writeUInt32BE(height, 4);
  facts[8] = 1;
  const mark = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    mark,
    chunk('IHDR', facts),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
