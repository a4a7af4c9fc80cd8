/** Codes that people read aloud, write down and type: receipts, offers. */
import { newId } from './ids.ts';

/** Crockford's base 32: nothing in it is taken for something else when read aloud or typed. */
export const SPOKEN_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = 12;

/** Sixty random bits, as `7K3M-Q9ZD-1XWP`. */
export function newSpokenCode(): string {
  // The digits of a UUID that are random throughout (RFC 9562 section 5.4).
  const digits = newId().replaceAll('-', '');
  let rest = BigInt(`0x${digits.slice(0, 12)}${digits.slice(20)}`);
  let text = '';
  for (let at = 0; at < LETTERS; at += 1) {
    text += SPOKEN_LETTERS[Number(rest % 32n)];
    rest /= 32n;
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

/** The code that somebody typed, however; null for what can be none. */
export function readSpokenCode(text: string): string | null {
  return spokenLetters(text, LETTERS)?.replace(/(.{4})(?=.)/g, '$1-') ?? null;
}

/** That many letters out of what somebody typed, however they spelled them; null for what is no such code. */
export function spokenLetters(text: string, count: number): string | null {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (letters.length !== count || [...letters].some((letter) => !SPOKEN_LETTERS.includes(letter)))
    return null;
  return letters;
}
