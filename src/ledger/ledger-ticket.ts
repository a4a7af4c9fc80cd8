import type { PracticeId } from '../base/ids.ts';

const TICKET_SECONDS = 3600;

/**
 * What the sequencer shows PostgreSQL to see lines of a practice and make them leaves, for an hour: the
 * instant at which it ends and its HMAC under the reach key (0009-ledger-functions.sql). SQL run as the
 * server's role cannot make one.
 */
export function ledgerTicket(
  signer: { sign(payload: string): Buffer },
  practiceId: PracticeId,
  now: Date,
): string {
  const ends = Math.floor(now.getTime() / 1000) + TICKET_SECONDS;
  return `${ends}/${signer.sign(`ledger/${practiceId}/${ends}`).toString('hex')}`;
}
