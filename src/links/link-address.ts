/**
 * Addresses of links: the practice, which is no secret, and 256 random bits, of which the database holds a
 * digest. And the link itself, as SMART Health Links has it
 * (https://docs.smarthealthit.org/smart-health-links/spec#construct-a-shlink-payload).
 */
import { type PracticeId, parseId } from '../base/ids.ts';
import { newSecretToken, secretTokenHash } from '../seal/index.ts';

export interface Address {
  readonly practiceId: PracticeId;
  readonly hash: Buffer;
}

const FORM = /^[\w-]{65}$/;
const PRACTICE_LETTERS = 22;

/** An address that is new and nowhere else. */
export function newAddress(practiceId: PracticeId): string {
  const practice = Buffer.from(practiceId.replaceAll('-', ''), 'hex').toString('base64url');
  return `${practice}${newSecretToken()}`;
}

/** Null for a text that is none. */
export function readAddress(text: string): Address | null {
  if (!FORM.test(text)) return null;
  const hex = Buffer.from(text.slice(0, PRACTICE_LETTERS), 'base64url').toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const practiceId = parseId<PracticeId>(uuid);
  return practiceId === null ? null : { practiceId, hash: Buffer.from(secretTokenHash(text), 'hex') };
}

export interface LinkTold {
  readonly publicUrl: string;
  readonly address: string;
  /** 43 letters of base64url. */
  readonly key: string;
  readonly expiresAt: Date;
  readonly label: string;
  readonly isGuarded: boolean;
}

/** The link behind the address of our own viewer, which never sends what stands behind the `#`. */
export function writeLink({ publicUrl, address, key, expiresAt, label, isGuarded }: LinkTold): string {
  const payload = {
    url: `${publicUrl}/shl/${address}`,
    exp: Math.floor(expiresAt.getTime() / 1000),
    ...(isGuarded ? { flag: 'P' } : {}),
    key,
    label,
    v: 1,
  };
  return `${publicUrl}/shl#shlink:/${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
}
