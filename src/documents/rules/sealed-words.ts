/** Words beside rows of this room (reasons, what a scanner said), sealed under the practice's own key. */
import { PosternError } from '../../base/errors.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../../seal/index.ts';

/** What the words are of; those of one kind do not open as those of another. */
export type WordsOf = 'finding' | 'reason' | 'hold' | 'due';

export function sealWords(keys: PracticeKeys, of: WordsOf, id: string, words: string): Buffer {
  return sealBytes(keys.logSealingKey(), contextOf(keys, of, id), Buffer.from(words));
}

/** Throws `damaged` for what was not sealed for that. */
export function openWords(keys: PracticeKeys, of: WordsOf, id: string, sealed: Buffer): string {
  let failure: unknown;
  for (const version of keys.versions('log').reverse()) {
    try {
      return openBytes(keys.logSealingKey(version), contextOf(keys, of, id), sealed).toString();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Null for what was not sealed for that: a row that somebody wrote by hand hides none of the others. */
export function wordsOrNull(keys: PracticeKeys, of: WordsOf, id: string, sealed: Buffer): string | null {
  try {
    return openWords(keys, of, id, sealed);
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}

function contextOf({ practiceId }: PracticeKeys, of: WordsOf, id: string): Buffer {
  return labelledContext('postern/words-of-files/v1', practiceId, of, id);
}
