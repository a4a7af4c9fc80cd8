/** The checkpoints that were signed: in the database, in the file beside it, and kept by somebody else. */
import { PosternError } from '../base/errors.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { type Finding, finding } from './finding.ts';
import type { DatabaseLog } from './log-source.ts';
import type { NoteKey } from './note.ts';

export interface SignedHeads {
  /** In the order of size, each size and root once. */
  all: Checkpoint[];
  /** Size of the largest in the database; 0 where there is none. */
  inDatabase: number;
  /** Size of the largest in the checkpoint file; 0 where there is none. */
  inFile: number;
  findings: Finding[];
}

function largest(heads: readonly Checkpoint[]): number {
  return heads.reduce((size, head) => Math.max(size, head.size), 0);
}

/**
 * Reads every checkpoint there is. A note that the log's key did not sign is a finding, and vouches for
 * nothing.
 */
export function gatherHeads(
  database: DatabaseLog,
  file: readonly string[],
  earlier: readonly Checkpoint[],
  origin: string,
  keys: readonly NoteKey[],
): SignedHeads {
  const findings: Finding[] = [];
  const read = new Map<string, Checkpoint | null>();
  const open = (note: string, where: string): Checkpoint | null => {
    const known = read.get(note);
    if (known !== undefined) return known;
    const opened = tryOpen(note, origin, keys);
    read.set(note, opened);
    if (opened === null) {
      const size = parseCheckpoint(note)?.size;
      const message = `A checkpoint in the ${where} is not signed by the key of this log.`;
      findings.push(finding('bad-signature', message, size ? { seq: size - 1 } : {}));
    }
    return opened;
  };
  const inDatabase: Checkpoint[] = [];
  for (const row of database.checkpoints) {
    const opened = open(row.note, 'database');
    if (opened === null) continue;
    inDatabase.push(opened);
    if (opened.size !== row.size || !opened.root.equals(row.root)) {
      const message = 'A checkpoint in the database is filed under another size or head than was signed.';
      findings.push(finding('bad-signature', message, { seq: opened.size - 1 }));
    }
  }
  const inFile = file.map((note) => open(note, 'checkpoint file')).filter((opened) => opened !== null);
  return {
    all: sortedHeads([...inDatabase, ...inFile, ...earlier]),
    inDatabase: largest(inDatabase),
    inFile: largest(inFile),
    findings,
  };
}

function tryOpen(note: string, origin: string, keys: readonly NoteKey[]): Checkpoint | null {
  try {
    return openCheckpoint(note, origin, keys);
  } catch (error) {
    if (error instanceof PosternError) return null;
    throw error;
  }
}

function sortedHeads(heads: readonly Checkpoint[]): Checkpoint[] {
  const distinct = new Map(heads.map((head) => [`${head.size} ${head.root.toString('hex')}`, head]));
  return [...distinct.values()].sort((a, b) => a.size - b.size);
}
