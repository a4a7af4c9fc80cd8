/** Session tokens, and the MACs that keep rows written by hand from opening anything. */
import type { AccountId, ChartId, GrantId, PracticeId, SessionHash } from '../base/ids.ts';
import { mac, newSecretToken, type PracticeKeys, secretTokenHash } from '../seal/index.ts';

const TOKEN = /^pst_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[\w-]{43}$/;

/** A fresh token for a session in that practice: the practice's id and 256 random bits. */
export function newToken(practiceId: PracticeId): string {
  return `pst_${practiceId.replaceAll('-', '')}_${newSecretToken()}`;
}

/** Practice and session hash of a token; null for a text that is none. */
export function readToken(token: string): { practiceId: PracticeId; sessionHash: SessionHash } | null {
  const match = TOKEN.exec(token);
  if (match === null) return null;
  const practiceId = match.slice(1, 6).join('-') as PracticeId;
  return { practiceId, sessionHash: secretTokenHash(token) as SessionHash };
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
}

export function sessionMac(keys: PracticeKeys, claim: SessionClaim): Buffer {
  return mac(
    keys.macKey(),
    'postern/session/v1',
    claim.practiceId,
    claim.sessionHash,
    claim.accountId,
    claim.systemRole ?? '',
    claim.purpose,
    claim.client ?? '',
    String(claim.expires),
  );
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
}

export function grantMac(keys: PracticeKeys, claim: GrantClaim): Buffer {
  return mac(
    keys.macKey(),
    'postern/grant/v1',
    claim.practiceId,
    claim.grantId,
    claim.accountId,
    claim.role,
    claim.chartId ?? '',
    String(claim.sections),
    String(claim.starts),
    claim.ends === null ? '' : String(claim.ends),
  );
}
