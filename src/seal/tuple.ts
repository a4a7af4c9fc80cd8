/**
 * An unambiguous encoding of a list of texts and byte strings: each part is preceded by its length in bytes
 * (32 bits, big-endian), so no two different lists encode alike. Everything that is bound to a key, a MAC or
 * a wrapping is written this way, with a label of its own as the first part.
 */
export type Part = string | Uint8Array;

const LENGTH_BYTES = 4;
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
const UTF8_BYTES_PER_UNIT = 3;

/** Encodings are short-lived and made by the hundred thousand, so they are written into one buffer. */
let scratch = Buffer.alloc(4096);

export function encodeTuple(parts: readonly Part[]): Buffer {
  return Buffer.from(viewTuple(parts));
}

/** Like `encodeTuple`, without a copy: the bytes are valid until the next call of either. */
export function viewTuple(parts: readonly Part[]): Buffer {
  let offset = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index]!;
    reserve(offset + LENGTH_BYTES + part.length * UTF8_BYTES_PER_UNIT);
    const start = offset + LENGTH_BYTES;
    const length = typeof part === 'string' ? scratch.write(part, start, 'utf8') : copyAt(part, start);
    scratch.writeUInt32BE(length, offset);
    offset = start + length;
  }
  return scratch.subarray(0, offset);
}

function copyAt(part: Uint8Array, start: number): number {
  scratch.set(part, start);
  return part.length;
}

function reserve(bytes: number): void {
  if (bytes <= scratch.length) return;
  const larger = Buffer.alloc(2 * bytes);
  larger.set(scratch, 0);
  scratch = larger;
}
