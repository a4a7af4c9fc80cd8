/**
 * Checkpoints (C2SP tlog-checkpoint): a tree's origin, size and head as a signed note. The origin of a
 * practice's log is fixed by its id, so that a checkpoint of one practice never passes for another's.
 */
import { PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { HASH_BYTES } from './merkle.ts';
import type { TreeHead } from './merkle-proof.ts';
import { type NoteKey, type NoteSigner, openNote, parseNote, signNote } from './note.ts';

export interface Checkpoint extends TreeHead {
  origin: string;
  /** The whole signed note. */
  note: string;
}

/** The origin line of a practice's log, and the name of the keys that sign it. */
export function logOrigin(practiceId: PracticeId): string {
  return `postern/log/${practiceId}`;
}

export function checkpointText(origin: string, head: TreeHead): string {
  return `${origin}\n${head.size}\n${head.root.toString('base64')}\n`;
}

/** Signs a tree head; the signer's name is the origin. */
export function signCheckpoint(head: TreeHead, signer: NoteSigner): Checkpoint {
  const note = signNote(checkpointText(signer.name, head), signer);
  return { origin: signer.name, size: head.size, root: head.root, note };
}

/** Reads a checkpoint without believing it; `null` where it is none. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const text = parseNote(note)?.text;
  const [origin, sizeLine, rootLine, ...rest] = text?.split('\n') ?? [];
  if (!origin || sizeLine === undefined || rootLine === undefined) return null;
  // What follows are extension lines, never empty, and what stands behind the last newline.
  if (rest.pop() !== '' || rest.some((extension) => extension === '')) return null;
  const size = Number(sizeLine);
  const root = Buffer.from(rootLine, 'base64');
  if (!Number.isSafeInteger(size) || String(size) !== sizeLine || size < 0) return null;
  if (root.length !== HASH_BYTES || root.toString('base64') !== rootLine) return null;
  return { origin, size, root, note };
}

/**
 * Reads a checkpoint of `origin` that one of the keys signed. Throws `damaged` where it is malformed, of
 * another log, or not signed by any of them.
 */
export function openCheckpoint(note: string, origin: string, keys: readonly NoteKey[]): Checkpoint {
  openNote(note, keys);
  const checkpoint = parseCheckpoint(note);
  if (checkpoint === null) throw new PosternError('damaged', 'The signed note is not a checkpoint.');
  if (checkpoint.origin !== origin) throw new PosternError('damaged', 'The checkpoint is of another log.');
  return checkpoint;
}
