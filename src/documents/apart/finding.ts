/** What a scanner said of a file, sealed for those who look after what is kept apart. */
import type { ResourceId } from '../../base/ids.ts';
import type { PracticeKeys } from '../../seal/index.ts';
import { sealWords } from '../rules/sealed-words.ts';

/** For somebody who is away for a week to come back to it, and to fetch newer signatures meanwhile. */
const KEPT_MS = 14 * 24 * 3_600_000;

export interface Apart {
  readonly at: Date;
  readonly expiresAt: Date;
  readonly finding: Buffer;
}

export function keptApart(keys: PracticeKeys, id: ResourceId, finding: string, at: Date): Apart {
  const sealed = sealWords(keys, 'finding', id, finding.slice(0, 200));
  return { at, expiresAt: new Date(at.getTime() + KEPT_MS), finding: sealed };
}
