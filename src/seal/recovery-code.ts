/**
 * Recovery codes: ten letters of Crockford's alphabet, which has no I, L, O and U, so that what is read from
 * paper is typed right: 50 bits. Kept as Argon2id with a salt, and that as a keyed digest.
 */
import { type KeyObject, randomInt } from 'node:crypto';
import { SPOKEN_LETTERS, spokenLetters } from '../base/spoken-code.ts';
import { mac } from './mac.ts';
import { stretchedCode } from './passphrase-hash.ts';

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

/**
 * The digest of a code of that account, in hex; `code` as `readRecoveryCode` answers it, `salt` that of the
 * set it is in (`newSalt`).
 */
export async function recoveryCodeDigest(
  key: KeyObject,
  accountId: string,
  salt: string,
  code: string,
): Promise<string> {
  const stretched = (await stretchedCode(code, salt)).toString('hex');
  return mac(key, 'postern/recovery-code/v2', accountId, stretched).toString('hex');
}
