/**
 * Where a record belongs, as the bytes its envelope is bound to. An envelope that is moved to another row, or
 * whose row is relabelled, does not open.
 */
import { invariant } from '../base/errors.ts';
import {
  type AccountId,
  type ChartId,
  isUuid,
  NIL_UUID,
  type PracticeId,
  type ResourceId,
} from '../base/ids.ts';
import { SECTIONS, type Section } from '../base/section.ts';
import { encodeTuple, type Part } from './tuple.ts';

export interface RecordPlace {
  readonly practiceId: PracticeId;
  /** `null` for what belongs to the practice itself. */
  readonly chartId: ChartId | null;
  readonly section: Section;
  /** Bound in section `psychotherapy` only: elsewhere another clinician may carry a record on. */
  readonly author: AccountId | null;
  /** FHIR resource type, or the name of another kind of record. */
  readonly type: string;
  readonly id: ResourceId;
  /** From 1. */
  readonly version: number;
}

const LABEL = Buffer.from('postern/record/v1\0', 'latin1');
const UUID_BYTES = 36;
const FIXED_BYTES = LABEL.length + 1 + 4 * UUID_BYTES + 4;

/**
 * The context of a record: label, section code (1 byte), practice, chart, author and id (36 bytes of text
 * each, the nil UUID for none), version (32 bits) and then the type. Only the last part has no fixed length,
 * so no two places share a context. `docs/spec/envelope.md` keeps the layout.
 */
export function recordContext(place: RecordPlace): Buffer {
  const { type, version } = place;
  invariant(Number.isInteger(version) && version > 0 && version < 2 ** 32, 'a version is a positive integer');
  const context = Buffer.allocUnsafe(FIXED_BYTES + Buffer.byteLength(type, 'utf8'));
  context.set(LABEL, 0);
  let offset = context.writeUInt8(SECTIONS[place.section], LABEL.length);
  offset = writeUuid(context, offset, place.practiceId);
  offset = writeUuid(context, offset, place.chartId ?? NIL_UUID);
  offset = writeUuid(context, offset, boundAuthor(place.section, place.author) ?? NIL_UUID);
  offset = writeUuid(context, offset, place.id);
  offset = context.writeUInt32BE(version, offset);
  context.write(type, offset, 'utf8');
  return context;
}

/** The author as far as keys and envelopes know one: only psychotherapy notes are kept by their author. */
export function boundAuthor(section: Section, author: AccountId | null): AccountId | null {
  return section === 'psychotherapy' ? author : null;
}

/** The context of what is sealed but is no record (a credential, a reason); the label names the kind. */
export function labelledContext(label: string, ...parts: readonly Part[]): Buffer {
  return encodeTuple([label, ...parts]);
}

function writeUuid(target: Buffer, offset: number, uuid: string): number {
  invariant(isUuid(uuid), 'an id is a lower-case UUID');
  return offset + target.write(uuid, offset, 'latin1');
}
