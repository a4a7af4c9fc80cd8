/**
 * The leaf of an access line: the bytes that are hashed into the tree and kept in its entry bundles. The
 * format is in docs/spec/access-log.md; it is canonical (one line, one leaf), unambiguous (every part carries
 * a tag and a length) and total (whatever the table can hold has a leaf), and stays below the 65,536 bytes
 * that C2SP tlog-tiles allow.
 *
 * The transaction number of a line is not in its leaf: it orders the lines of a living cluster and changes at
 * a restore. The sealed detail is in it by its hash only.
 */
import { isUuid, type PracticeId } from '../base/ids.ts';
import { sha256 } from './merkle.ts';

/** A line as the database holds it, in the shapes that lose nothing. */
export interface StoredLine {
  practiceId: PracticeId;
  id: string;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  atMicros: bigint;
  sessionHash: Buffer | null;
  accountId: string | null;
  behalfOf: string | null;
  purpose: string;
  action: string;
  outcome: string;
  client: string | null;
  address: string | null;
  /** The `entries` column in the text form of PostgreSQL. */
  entriesText: string;
  detail: Buffer | null;
  bytes: bigint | null;
  closes: string | null;
}

export const LEAF_VERSION = 1;
/** Longer texts are in the leaf by their hash. */
export const MAX_INLINE_TEXT_BYTES = 1024;
/** Longer entry lists are in the leaf by their hash. */
export const MAX_INLINE_ENTRIES_BYTES = 56 * 1024;

const ABSENT = 0;
const INLINE = 1;
const HASHED = 2;
/** Entries that are not a list of [chart, type, id, version]: hashed as the text they are. */
const RAW = 3;

class LeafWriter {
  #parts: Buffer[] = [];

  tag(value: number): this {
    this.#parts.push(Buffer.of(value));
    return this;
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  uint16(value: number): this {
    const bytes = Buffer.allocUnsafe(2);
    bytes.writeUInt16BE(value);
    return this.raw(bytes);
  }

  uint32(value: number): this {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    return this.raw(bytes);
  }

  int64(value: bigint): this {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(value);
    return this.raw(bytes);
  }

  uuid(text: string | null): this {
    if (text === null) return this.tag(ABSENT);
    return this.tag(INLINE).raw(Buffer.from(text.replaceAll('-', ''), 'hex'));
  }

  /** A text or byte string of any length, or none. */
  text(value: string | Buffer | null): this {
    if (value === null) return this.tag(ABSENT);
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    if (bytes.length > MAX_INLINE_TEXT_BYTES) return this.tag(HASHED).raw(sha256(bytes));
    return this.tag(INLINE).uint16(bytes.length).raw(bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

type Entry = readonly [chart: string | null, type: string, id: string, version: number | null];

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [chart, type, id, version] = value as unknown[];
  return (
    (chart === null || (typeof chart === 'string' && isUuid(chart))) &&
    typeof type === 'string' &&
    typeof id === 'string' &&
    (version === null || Number.isSafeInteger(version))
  );
}

function writeEntries(leaf: LeafWriter, entriesText: string): void {
  const entries: unknown = JSON.parse(entriesText);
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    leaf.tag(RAW).raw(sha256(Buffer.from(entriesText)));
    return;
  }
  const list = new LeafWriter();
  for (const [chart, type, id, version] of entries) {
    list.uuid(chart).text(type).text(id);
    if (version === null) list.tag(ABSENT);
    else list.tag(INLINE).int64(BigInt(version));
  }
  const bytes = list.bytes();
  const inline = bytes.length <= MAX_INLINE_ENTRIES_BYTES;
  leaf.tag(inline ? INLINE : HASHED).uint32(entries.length);
  leaf.raw(inline ? bytes : sha256(bytes));
}

/** The leaf of a line: at most 65,535 bytes. */
export function leafOf(line: StoredLine): Buffer {
  const leaf = new LeafWriter();
  leaf.tag(LEAF_VERSION).uuid(line.practiceId).uuid(line.id).int64(line.atMicros);
  leaf.text(line.sessionHash).uuid(line.accountId).uuid(line.behalfOf);
  leaf.text(line.purpose).text(line.action).text(line.outcome).text(line.client).text(line.address);
  writeEntries(leaf, line.entriesText);
  if (line.detail === null) leaf.tag(ABSENT);
  else leaf.tag(HASHED).raw(sha256(line.detail));
  if (line.bytes === null) leaf.tag(ABSENT);
  else leaf.tag(INLINE).int64(line.bytes);
  return leaf.uuid(line.closes).bytes();
}

/** The id of the line that a leaf is of, or `null` where the bytes are no leaf of this version. */
export function lineIdOfLeaf(leaf: Buffer): string | null {
  const start = 1 + 17 + 1;
  if (leaf[0] !== LEAF_VERSION || leaf.length < start + 16) return null;
  const hex = leaf.toString('hex', start, start + 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
