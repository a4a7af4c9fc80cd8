/** What an invitation promises, as its row holds it: sealed under the practice's key for that row alone. */
import type { AccountId, ChartId, GrantId, PracticeId } from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import { labelledContext, mac, macEquals, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';
import type { RoleName } from './roles.ts';

export type InvitationWay = 'mail' | 'letter';

/** What one is made of. */
export interface InvitationContent {
  readonly role: RoleName;
  readonly chartId: ChartId | null;
  /** The grants that it gives: their sections, and when each ends (ISO instant). */
  readonly given: readonly { readonly sections: SectionMask; readonly ends: string | null }[];
  readonly way: InvitationWay;
  readonly name: string;
  /** Null where the practice knows none. */
  readonly email: string | null;
  /** Of the patient, as `YYYY-MM-DD`: what is asked for. Null for staff. */
  readonly birthDate: string | null;
  readonly language: string | null;
  /** What the desk was shown, for whoever is to act for the patient; each grant that it gives has it then. */
  readonly reason?: string | null;
  readonly invitedBy: AccountId;
  /** Whether an owner, or the operator, invited: who works here is let into a chart by them alone. */
  readonly byOwner: boolean;
  readonly under: readonly GrantId[];
  /** ISO instant, whole seconds. */
  readonly expires: string;
  /** The code of a letter, so that it can be printed again; null of a mail, and of one that is closed. */
  readonly code: string | null;
  /** Whether it is closed: whoever opens the row again by hand opens nothing. */
  readonly over: boolean;
}

export function sealInvitation(keys: PracticeKeys, invitationId: string, content: InvitationContent): Buffer {
  return sealBytes(keys.logSealingKey(), contextOf(keys, invitationId), Buffer.from(JSON.stringify(content)));
}

/** Throws `damaged` for what was not sealed here for that row. */
export function openInvitation(keys: PracticeKeys, invitationId: string, sealed: Buffer): InvitationContent {
  let failure: unknown;
  for (const version of keys.versions('log').reverse()) {
    try {
      const bytes = openBytes(keys.logSealingKey(version), contextOf(keys, invitationId), sealed);
      return JSON.parse(bytes.toString()) as InvitationContent;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function contextOf({ practiceId }: PracticeKeys, invitationId: string): Buffer {
  return labelledContext('postern/invitation/v1', practiceId, invitationId);
}

/** By which a code is found. `code` as `readSpokenCode` answers it. */
export function codeMac(installation: PracticeKeys, code: string, version?: number): Buffer {
  return mac(installation.macKey(version), 'postern/invitation-code/v1', code);
}

export interface CodeClaim {
  readonly codeMac: Buffer;
  readonly practiceId: PracticeId;
  readonly invitationId: string;
  readonly mailed: boolean;
  readonly expires: Date;
}

/** What a code is for. */
export function claimMac(installation: PracticeKeys, claim: CodeClaim, version?: number): Buffer {
  return mac(
    installation.macKey(version),
    'postern/invitation-claim/v1',
    claim.codeMac,
    claim.practiceId,
    claim.invitationId,
    String(claim.mailed),
    String(claim.expires.getTime()),
  );
}

export function isGenuineClaim(installation: PracticeKeys, claim: CodeClaim, stored: Uint8Array): boolean {
  return installation
    .versions('mac')
    .some((version) => macEquals(claimMac(installation, claim, version), stored));
}
