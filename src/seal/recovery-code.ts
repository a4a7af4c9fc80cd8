/**
 * Recovery codes: ten letters of Crockford's alphabet, which has no I, L, O and U, so that what is read from
 * paper is typed right: 50 bits. Kept as a keyed digest alone.
 */
import { type KeyObject, randomInt } from 'node:crypto';
import { SPOKEN_LETTERS, spokenLetters } from '../base/spoken-code.ts';
import { mac } from './mac.ts';

const LENGTH = 10;

/** As it is shown: two groups of five letters with a hyphen between. */
export function newRecoveryCode(): string {
  const letters = Array.from(
    { length: LENGTH },
    () => SPOKEN_LETTERS[randomInt(SPOKEN_LETTERS.length)]!,
  ).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** What was typed as its ten letters; null where it is no recovery code, however it is spelled. */
export function readRecoveryCode(typed: string): string | null {
  return typed.length > 40 ? null : spokenLetters(typed, LENGTH);
}

/** The digest of a code of that account, in hex; `code` as `readRecoveryCode` answers it. */
export function recoveryCodeDigest(key: KeyObject, accountId: string, code: string): string {
  return mac(key, 'postern/recovery-code/v1', accountId, code).toString('hex');
}
