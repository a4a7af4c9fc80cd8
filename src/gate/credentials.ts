/** Session tokens, and the MACs that keep rows written by hand from opening anything or signing anyone in. */
import type { AccountId, ChartId, GrantId, PracticeId, SessionHash } from '../base/ids.ts';
import { mac, macEquals, newSecretToken, type PracticeKeys, secretTokenHash } from '../seal/index.ts';

const TOKEN =
  /^(pst_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[\w-]{43})(?:\.([\w-]{43}))?$/;

export interface ReadToken {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
  /** Digest of what it ends in since it was turned, in hex; null for one that never was. */
  readonly turn: string | null;
}

/** A fresh token for a session in that practice: the practice's id and 256 random bits. */
export function newToken(practiceId: PracticeId): string {
  return `pst_${practiceId.replaceAll('-', '')}_${newSecretToken()}`;
}

/** What a token says; null for a text that is none. */
export function readToken(token: string): ReadToken | null {
  const match = TOKEN.exec(token);
  if (match === null) return null;
  const [, named = '', a, b, c, d, e, end] = match;
  return {
    practiceId: [a, b, c, d, e].join('-') as PracticeId,
    sessionHash: secretTokenHash(named) as SessionHash,
    turn: end === undefined ? null : secretTokenHash(end),
  };
}

/** A token of the same session with another end. */
export function turnedToken(token: string): string {
  return `${token.split('.', 1)[0]}.${newSecretToken()}`;
}

export interface SessionClaim {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
  readonly accountId: AccountId;
  readonly systemRole: string | null;
  readonly purpose: string;
  readonly client: string | null;
  /** Whole seconds since 1970. */
  readonly expires: number;
  /** As `writeTerms` writes them. */
  readonly terms: string;
}

/** Under the newest key of the practice, unless an older version is asked for. */
export function sessionMac(keys: PracticeKeys, claim: SessionClaim, version?: number): Buffer {
  return mac(
    keys.macKey(version),
    'postern/session/v2',
    claim.practiceId,
    claim.sessionHash,
    claim.accountId,
    claim.systemRole ?? '',
    claim.purpose,
    claim.client === null ? '' : `app ${claim.client}`,
    String(claim.expires),
    claim.terms,
  );
}

/** A session as PostgreSQL takes it (0007-gate-functions.sql), signed with `session/` before it. */
export function sessionPayload(claim: SessionClaim, sessionMac: Buffer): string {
  return JSON.stringify({
    practice: claim.practiceId,
    session: claim.sessionHash,
    account: claim.accountId,
    system: claim.systemRole,
    purpose: claim.purpose,
    client: claim.client,
    expires: claim.expires,
    terms: claim.terms,
    mac: sessionMac.toString('hex'),
  });
}

export function isGenuineSession(keys: PracticeKeys, claim: SessionClaim, stored: Uint8Array): boolean {
  return madeByUs(keys, stored, (version) => sessionMac(keys, claim, version));
}

/** That the person was there, in that session, at that second since 1970. */
export interface FreshClaim {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
  readonly at: number;
}

export function freshMac(
  keys: PracticeKeys,
  { practiceId, sessionHash, at }: FreshClaim,
  version?: number,
): Buffer {
  return mac(keys.macKey(version), 'postern/fresh/v1', practiceId, sessionHash, String(at));
}

/** As PostgreSQL takes it (0072-token-turns.sql), signed with `fresh/` before it. */
export function freshPayload(claim: FreshClaim, made: Buffer, turn: string | null): string {
  const { practiceId, sessionHash, at } = claim;
  return JSON.stringify({ practice: practiceId, session: sessionHash, at, mac: made.toString('hex'), turn });
}

export function isGenuineFresh(keys: PracticeKeys, claim: FreshClaim, stored: Uint8Array): boolean {
  return madeByUs(keys, stored, (version) => freshMac(keys, claim, version));
}

export interface SigninClaim {
  /** SHA-256 of the code, in hex. */
  readonly codeHash: string;
  readonly accountId: AccountId;
  /** Whole seconds since 1970. */
  readonly expires: number;
  /** Terms of the session that it opens, as `writeTerms` writes them. */
  readonly terms: string;
}

/** As `sessionMac`, but under the key of the installation, whose accounts are. */
export function signinMac(
  installation: PracticeKeys,
  { codeHash, accountId, expires, terms }: SigninClaim,
  version?: number,
): Buffer {
  const key = installation.macKey(version);
  return mac(key, 'postern/sign-in/v2', codeHash, accountId, String(expires), terms);
}

export function isGenuineSignin(installation: PracticeKeys, claim: SigninClaim, stored: Uint8Array): boolean {
  return madeByUs(installation, stored, (version) => signinMac(installation, claim, version));
}

export interface GrantClaim {
  readonly practiceId: PracticeId;
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly role: string;
  readonly chartId: ChartId | null;
  readonly sections: number;
  /** Whole seconds since 1970; null for a grant without an end. */
  readonly starts: number;
  readonly ends: number | null;
  /** The giver's own grants with which it ends. */
  readonly givenUnder: readonly GrantId[];
}

export function grantMac(keys: PracticeKeys, claim: GrantClaim, version?: number): Buffer {
  return mac(
    keys.macKey(version),
    'postern/grant/v1',
    claim.practiceId,
    claim.grantId,
    claim.accountId,
    claim.role,
    claim.chartId ?? '',
    String(claim.sections),
    String(claim.starts),
    claim.ends === null ? '' : String(claim.ends),
    claim.givenUnder.join(' '),
  );
}

export function isGenuineGrant(keys: PracticeKeys, claim: GrantClaim, stored: Uint8Array): boolean {
  return madeByUs(keys, stored, (version) => grantMac(keys, claim, version));
}

/** A row keeps the MAC it was written with when the key is rotated. */
function madeByUs(keys: PracticeKeys, stored: Uint8Array, make: (version: number) => Buffer): boolean {
  return keys.versions('mac').some((version) => macEquals(make(version), stored));
}
