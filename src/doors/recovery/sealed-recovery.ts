/** How far a recovery has come, as its row holds it: sealed for that account, row and version alone. */
import type { AccountId, ChartId, PracticeId } from '../../base/ids.ts';
import {
  labelledContext,
  mac,
  macEquals,
  openBytes,
  type PracticeKeys,
  sealBytes,
} from '../../seal/index.ts';

export interface RecoveryContent {
  /** Where somebody of the practice saw the person and knew them; null until then. */
  readonly seen: {
    readonly practiceId: PracticeId;
    readonly by: AccountId;
    /** For which record the account comes; null for who works in the practice. */
    readonly chart: ChartId | null;
    /** What they were known by, in the words of who saw them. */
    readonly checked: string;
    /** Whole seconds since 1970. */
    readonly at: number;
    /** Keyed digest of the code that was handed over, in hex. */
    readonly codeDigest: string;
  } | null;
  /** When the mailbox was shown to be theirs; null until then. */
  readonly mailedAt: number | null;
}

export interface RecoveryPlace {
  readonly accountId: AccountId;
  readonly recoveryId: string;
  readonly version: number;
}

export function sealRecovery(keys: PracticeKeys, place: RecoveryPlace, content: RecoveryContent): Buffer {
  return sealBytes(keys.logSealingKey(1), contextOf(place), Buffer.from(JSON.stringify(content)));
}

/** Throws `damaged` for what was not sealed here for that row and version. */
export function openRecovery(keys: PracticeKeys, place: RecoveryPlace, sealed: Buffer): RecoveryContent {
  return JSON.parse(openBytes(keys.logSealingKey(1), contextOf(place), sealed).toString()) as RecoveryContent;
}

function contextOf({ accountId, recoveryId, version }: RecoveryPlace): Buffer {
  return labelledContext('postern/recovery/v1', accountId, recoveryId, String(version));
}

/** `code` as `readSpokenCode` answers it. */
export function codeDigest(keys: PracticeKeys, recoveryId: string, code: string): string {
  return mac(keys.indexKey(1), 'postern/recovery-desk-code/v1', recoveryId, code).toString('hex');
}

export function isCodeOf(keys: PracticeKeys, recoveryId: string, code: string, digest: string): boolean {
  return macEquals(Buffer.from(codeDigest(keys, recoveryId, code), 'hex'), Buffer.from(digest, 'hex'));
}
