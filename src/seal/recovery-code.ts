/**
 * Recovery codes: ten letters of Crockford's alphabet, which has no I, L, O and U, so that what is read from
 * paper is typed right: 50 bits. Kept as a keyed digest alone.
 */
import { type KeyObject, randomInt } from 'node:crypto';
import { mac } from './mac.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** As it is shown: XXXXX-XXXXX. */
export function newRecoveryCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** What was typed as its ten letters; null where it is no recovery code, however it is spelled. */
export function readRecoveryCode(typed: string): string | null {
  if (typed.length > 40) return null;
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return letters.length === LENGTH && [...letters].every((letter) => ALPHABET.includes(letter))
    ? letters
    : null;
}

/** The digest of a code of that account, in hex; `code` as `readRecoveryCode` answers it. */
export function recoveryCodeDigest(key: KeyObject, accountId: string, code: string): string {
  return mac(key, 'postern/recovery-code/v1', accountId, code).toString('hex');
}
