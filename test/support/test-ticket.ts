/** Tickets for the sequencers of tests, over a reach key that tests alone have. */
import { createHmac } from 'node:crypto';
import type { PracticeId } from '../../src/base/ids.ts';
import { ledgerTicket } from '../../src/ledger/index.ts';

const KEY = Buffer.alloc(64, 'a reach key for tests');

const padded = (pad: number) => KEY.map((byte) => byte ^ pad);

/** Columns of `postern.reach_key`. */
export const TEST_PADS = [padded(0x36), padded(0x5c)] as const;

export function testTicket(practiceId: PracticeId, now = new Date()): string {
  const sign = (payload: string) => createHmac('sha256', KEY).update(payload).digest();
  return ledgerTicket({ sign }, practiceId, now);
}
