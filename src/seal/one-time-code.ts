/**
 * Codes of an authenticator app (TOTP, RFC 6238, over HOTP, RFC 4226): HMAC-SHA-1, six digits, thirty
 * seconds, which is what every app does.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { macEquals } from './mac.ts';

const STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226 section 4, R6: 160 bits. */
const SECRET_BYTES = 20;
/** Clocks of phones are off, and typing takes time (RFC 6238 section 5.2): one step to either side. */
const STEPS_ASIDE = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function newCodeSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The step of a time, in whole seconds since 1970. */
export function stepAt(seconds: number): number {
  return Math.floor(seconds / STEP_SECONDS);
}

/** The code of a step; RFC 4226 section 5.3. */
export function codeOfStep(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest.at(-1)! & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The step whose code this is, of the one now and its neighbours; null where it is none of theirs, or of a
 * step not after `used`: a code works once, and so does every earlier one (RFC 6238 section 5.2).
 */
export function stepOfCode(secret: Uint8Array, code: string, seconds: number, used: number): number | null {
  const given = Buffer.from(code);
  let found: number | null = null;
  for (let step = stepAt(seconds) - STEPS_ASIDE; step <= stepAt(seconds) + STEPS_ASIDE; step += 1) {
    // All are compared, whichever fits.
    const fits = macEquals(Buffer.from(codeOfStep(secret, step)), given);
    if (fits && step > used) found ??= step;
  }
  return found;
}

/** As authenticator apps take a secret: Base32 (RFC 4648 section 6) without padding. */
export function base32(bytes: Uint8Array): string {
  let [bits, value, text] = [0, 0, ''];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31]!;
    }
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31]!;
}
