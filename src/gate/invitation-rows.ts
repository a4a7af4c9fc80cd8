/** Invitations as PostgreSQL keeps them, as people see them, and their lines. */
import { PosternError } from '../base/errors.ts';
import {
  type AccountId,
  type ChartId,
  type GrantId,
  type LineId,
  newId,
  type PracticeId,
} from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import type { AccessLine, LineEntry } from '../ledger/index.ts';
import type { PracticeKeys } from '../seal/index.ts';
import { grantsLine } from './grant-rows.ts';
import type { RoleName } from './roles.ts';
import type { Visit } from './scope.ts';
import { type InvitationContent, type InvitationWay, openInvitation } from './sealed-invitation.ts';

export interface NewInvitation {
  readonly role: RoleName;
  /** Of a role that spans one chart. */
  readonly chartId: ChartId | null;
  /** What is given: one grant, or several that end one after another. Null sections: the role's own. */
  readonly given: readonly { readonly sections: SectionMask | null; readonly endsAt: Date | null }[];
  readonly way: InvitationWay;
  readonly name: string;
  readonly email: string | null;
  readonly birthDate: string | null;
  readonly language: string | null;
  /** Why, as it is kept with the grants. */
  readonly reason?: string | null;
}

export type InvitationState = 'open' | 'proved' | 'used' | 'ended' | 'expired';

/** An invitation as the practice sees it. */
export interface Invitation {
  readonly invitationId: string;
  readonly content: InvitationContent;
  readonly madeAt: Date;
  readonly expires: Date;
  readonly state: InvitationState;
  /** Who proved it, until it is used. */
  readonly accountId: AccountId | null;
}

/** An invitation as whoever brings its code sees it. */
export interface FoundInvitation {
  readonly practiceId: PracticeId;
  readonly invitationId: string;
  readonly content: InvitationContent;
  /** Whether the code went to an address by mail. */
  readonly mailed: boolean;
  readonly expires: Date;
  readonly triesLeft: number;
  /** Who proved it already, without having made a way to sign in. */
  readonly accountId: AccountId | null;
}

/** A code that was made, for whoever tells it. */
export interface MadeCode {
  readonly code: string;
  readonly expires: Date;
}

export interface FoundRow {
  practice_id: PracticeId;
  invitation_id: string;
  mailed: boolean;
  code_expires: Date;
  mac: Buffer;
  invited_by: AccountId;
  under: GrantId[];
  expires_at: Date;
  tries: number;
  account_id: AccountId | null;
  sealed: Buffer;
}

export interface ListedRow {
  invitation_id: string;
  stands: boolean;
  made_at: Date;
  expires_at: Date;
  tries: number;
  state: 'open' | 'used' | 'ended';
  account_id: AccountId | null;
  sealed: Buffer;
}

/** One sentence for every reason: what a code was is nobody's business who does not hold it. */
export function noMore(): PosternError {
  return new PosternError('invalid', 'This invitation does not work: it may have been used or have expired.');
}

/** Null for what nobody of us sealed. */
export function opened(keys: PracticeKeys, invitationId: string, sealed: Buffer): InvitationContent | null {
  try {
    return openInvitation(keys, invitationId, sealed);
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}

/** The content, where the columns say the same of who invited and until when. */
export function genuine(keys: PracticeKeys, row: FoundRow): InvitationContent | null {
  const content = opened(keys, row.invitation_id, row.sealed);
  const same =
    content !== null &&
    content.invitedBy === row.invited_by &&
    content.under.join(' ') === row.under.join(' ') &&
    content.expires === row.expires_at.toISOString();
  return same ? content : null;
}

export function lineOf(
  visit: Visit,
  action: string,
  chartId: ChartId | null,
  invitationId: string,
): AccessLine {
  return { ...grantsLine(visit, action, []), entries: [[chartId, 'Invitation', invitationId, null]] };
}

/** Of what somebody did who is not signed in. */
export function strangersLine(
  practiceId: PracticeId,
  action: string,
  outcome: 'ok' | 'refused',
  entries: readonly LineEntry[],
): AccessLine {
  return {
    practiceId,
    id: newId<LineId>(),
    sessionHash: null,
    accountId: null,
    behalfOf: null,
    purpose: 'invitation',
    action,
    outcome,
    client: null,
    address: null,
    entries,
    detail: null,
    bytes: null,
    closes: null,
  };
}
