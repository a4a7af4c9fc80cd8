/** Codes that people read aloud, write down and type: receipts, offers. */
import { newId } from './ids.ts';

/** Crockford's base 32: nothing in it is taken for something else when read aloud or typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = 12;

/** Sixty random bits, as `7K3M-Q9ZD-1XWP`. */
export function newSpokenCode(): string {
  // The digits of a UUID that are random throughout (RFC 9562 section 5.4).
  const digits = newId().replaceAll('-', '');
  let rest = BigInt(`0x${digits.slice(0, 12)}${digits.slice(20)}`);
  let text = '';
  for (let at = 0; at < LETTERS; at += 1) {
    text += ALPHABET[Number(rest % 32n)];
    rest /= 32n;
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

/** The code that somebody typed, however; null for what can be none. */
export function readSpokenCode(text: string): string | null {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (letters.length !== LETTERS || [...letters].some((letter) => !ALPHABET.includes(letter))) return null;
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}
