/**
 * Whether content is a sealed report: an age file (https://age-encryption.org/v1) to one X25519 recipient.
 * To whom cannot be seen from outside, which is age's intention; that it is no plain text can.
 */
import { PosternError } from '../../base/errors.ts';

/** Sealed; a report is text, and this is some sixty pages of it. */
export const REPORT_BYTES = 256 * 1024;

const VERSION = 'age-encryption.org/v1';
const X25519 = /^-> X25519 [A-Za-z0-9+/]{43}$/;
/** Implementations may add stanzas that mean nothing, so that readers get used to unknown ones. */
const GREASE = /^-> [!-~]*-grease( [!-~]+)*$/;
const BODY_LINE = /^[A-Za-z0-9+/]{0,64}$/;
const MAC = /^--- [A-Za-z0-9+/]{43}$/;
/** A nonce of 16 bytes, and a last chunk of a byte and its tag of 16 at least. */
const LEAST_PAYLOAD = 16 + 1 + 16;
const LONGEST_HEADER = 4096;

/** Throws `not-processable`, with what is wrong and how to seal it. */
export function assertSealed(content: Buffer): void {
  const { lines, end } = headerOf(content);
  if (lines[0] !== VERSION) throw refused('it does not begin as one does (binary, not armored)');
  let sealedFor = 0;
  let at = 1;
  while (at < lines.length - 1) {
    const stanza = lines[at]!;
    const isRecipient = X25519.test(stanza);
    if (!isRecipient && !GREASE.test(stanza)) throw refused('it is sealed to another kind of recipient');
    if (isRecipient) sealedFor += 1;
    at = afterBody(lines, at + 1);
  }
  if (sealedFor !== 1) throw refused(`it is sealed to ${sealedFor} recipients and not to one`);
  if (content.length - end < LEAST_PAYLOAD) throw refused('nothing stands in it');
}

/** The lines up to the one with the MAC, and where the payload begins. */
function headerOf(content: Buffer): { lines: string[]; end: number } {
  const lines: string[] = [];
  for (let at = 0; at < LONGEST_HEADER; ) {
    const newline = content.indexOf(10, at);
    if (newline < 0 || newline > LONGEST_HEADER) break;
    const line = content.toString('latin1', at, newline);
    lines.push(line);
    at = newline + 1;
    if (MAC.test(line)) return { lines, end: at };
    if (lines.length === 1 && line !== VERSION) break;
  }
  if (lines[0] !== VERSION) throw refused('it does not begin as one does (binary, not armored)');
  throw refused('its header does not end as it should');
}

/** A stanza's body ends with a line that is shorter than a full one. */
function afterBody(lines: readonly string[], from: number): number {
  for (let at = from; at < lines.length - 1; at += 1) {
    const line = lines[at]!;
    if (!BODY_LINE.test(line)) break;
    if (line.length < 64) return at + 1;
  }
  throw refused('its header is not as it should be');
}

function refused(what: string): PosternError {
  return new PosternError(
    'not-processable',
    `The content must be an age file, sealed to the one recipient in /security/recipient.txt: ${what}.`,
  );
}
