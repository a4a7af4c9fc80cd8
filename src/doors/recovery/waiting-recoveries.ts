/** The recoveries that a practice began and that nobody has used yet, for its desk. */
import type { AccountId, ChartId } from '../../base/ids.ts';
import { askInSession } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { type Lines, ownLine } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import { assertKeeps, openedRow, type RecoveryRow, readyAt } from './recovery-rows.ts';

/** More than wait at once in any practice. */
const LISTED = 200;

export interface WaitingRecovery {
  readonly account: AccountId;
  readonly name: string | null;
  /** For which record they come; null for who works here. */
  readonly chart: ChartId | null;
  readonly checked: string;
  readonly by: { readonly id: AccountId; readonly name: string | null };
  readonly at: Date;
  readonly ready: Date;
  readonly expires: Date;
}

/** Newest first, after a line that says so. Authority: as for seeing who lost everything. */
export async function waitingRecoveries(
  parts: DoorParts & { readonly lines: Lines },
  visit: Visit,
): Promise<WaitingRecovery[]> {
  const { server, gate, lines } = parts;
  const { scope } = visit;
  assertKeeps(visit);
  const { rows } = await askInSession<RecoveryRow & { account_id: AccountId }>(
    server,
    scope.handle,
    `select r.account_id, r.recovery_id, r.version, r.expires_at, r.sealed
     from postern.recoveries_here($1) r`,
    [LISTED],
  );
  await lines.write(ownLine(visit, 'list-recoveries', null));
  const nameOf = async (account: AccountId) => (await gate.accounts.describeAccount(account))?.name ?? null;
  const waiting: WaitingRecovery[] = [];
  for (const row of rows) {
    const recovery = await openedRow(parts, row.account_id, row);
    const seen = recovery?.content.seen ?? null;
    if (recovery === null || seen === null || seen.practiceId !== scope.practiceId) continue;
    const { accountId: account, content, expires } = recovery;
    waiting.push({
      account,
      name: await nameOf(account),
      chart: seen.chart ?? null,
      checked: seen.checked ?? '',
      by: { id: seen.by, name: await nameOf(seen.by) },
      at: new Date(seen.at * 1000),
      ready: new Date(readyAt(content)! * 1000),
      expires,
    });
  }
  return waiting;
}
