/** Access lines of the doors: who came in, who did not, and what changed about how they do. */
import { type AccountId, type LineId, newId } from '../base/ids.ts';
import { INSTALLATION, type Visit } from '../gate/index.ts';
import type { AccessLine, LineWriter } from '../ledger/index.ts';

export type DoorAction =
  | 'sign-in-failed'
  | 'touch'
  | 'factor-add'
  | 'factor-remove'
  | 'factor-change'
  | 'address-add'
  | 'address-change'
  | 'address-remove'
  | 'recover-ask'
  | 'recover-start'
  | 'recover-end'
  | 'list-recoveries'
  | 'single-sign-on-set'
  | 'single-sign-on-end';

const NOTHING = { behalfOf: null, purpose: 'sign-in', client: null, detail: null, bytes: null, closes: null };

/**
 * A failed sign-in, in the log of the installation, since no practice is known of it. The account is an entry
 * where there is one: it did not do it, somebody tried to be it.
 */
export function failureLine(accountId: AccountId | null, how: string, address: string): AccessLine {
  return {
    ...NOTHING,
    practiceId: INSTALLATION,
    id: newId<LineId>(),
    sessionHash: null,
    accountId: null,
    action: 'sign-in-failed',
    outcome: 'refused',
    client: how,
    address,
    entries: accountId === null ? [] : [[null, 'Account', accountId, null]],
  };
}

/** What a session did about its own account; `what` is the factor or session it did it to. */
export function ownLine(
  { scope, address }: Visit,
  action: DoorAction,
  what: readonly [type: string, id: string] | null,
  outcome: 'ok' | 'refused' = 'ok',
): AccessLine {
  const { practiceId, sessionHash, accountId } = scope;
  return {
    ...NOTHING,
    purpose: scope.purpose,
    practiceId,
    id: newId<LineId>(),
    sessionHash,
    accountId,
    action,
    outcome,
    address,
    entries: what === null ? [] : [[null, ...what, null]],
  };
}

export type Lines = Pick<LineWriter, 'write'>;
