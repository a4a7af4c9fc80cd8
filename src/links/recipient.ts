/** Who opens a link, as they say: sealed in the line of the access log, for those who may see the line. */
import { PosternError } from '../base/errors.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';

export function sealRecipient(keys: PracticeKeys, lineId: string, recipient: string): Buffer {
  return sealBytes(keys.logSealingKey(), contextOf(keys, lineId), Buffer.from(recipient));
}

/** Null where it does not open: the line was changed by hand. */
export function openRecipient(keys: PracticeKeys, lineId: string, sealed: Buffer): string | null {
  for (const version of keys.versions('log')) {
    try {
      return openBytes(keys.logSealingKey(version), contextOf(keys, lineId), sealed).toString();
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
    }
  }
  return null;
}

function contextOf(keys: PracticeKeys, lineId: string): Buffer {
  return labelledContext('postern/link-recipient/v1', keys.practiceId, lineId);
}
