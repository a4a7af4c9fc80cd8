/**
 * Breaking glass: what it takes, apart from the grant itself. The patient must stand in the practice, and
 * whoever is refused hears the same whether there is none, a canary, or no right to it.
 */
import { type ChartId, type GrantId, type LineId, newId } from '../base/ids.ts';
import type { Transaction } from '../db/index.ts';
import type { StandingGrant } from './grant-rules.ts';
import type { Scope, Visit } from './scope.ts';

const SHORTEST_REASON = 10;
/** Those that are there and show nothing, such as a Hangul filler, are letters for Unicode too. */
const LETTERS = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]/gu;

export const REASON_WANTED = `State the reason in ${SHORTEST_REASON} letters or more.`;

/** Whether a reason says something that can be read. */
export function saysWhy(reason: string): boolean {
  return (reason.match(LETTERS)?.length ?? 0) >= SHORTEST_REASON;
}

/**
 * Whether a patient stands in the practice of the session, which reads clinical records there. It asks past
 * the row policies: what is closed of a patient may be the very thing that the glass is broken for.
 */
export async function patientStands(tx: Transaction, chartId: ChartId): Promise<boolean> {
  const { rows } = await tx.query<{ stands: boolean }>('select postern.patient_stands($1) as stands', [
    chartId,
  ]);
  return rows[0]!.stands;
}

/** Writes the line of a refusal, and alarms where the patient is a canary. */
export async function noteRefusedGlass(
  tx: Transaction,
  { scope, address }: Visit,
  chartId: ChartId,
): Promise<void> {
  const line = newId<LineId>();
  const values = [line, scope.purpose, 'break-glass', scope.client, address, ['Patient'], [chartId]];
  await tx.query('select postern.note_refusal($1, $2, $3, $4, $5, $6, $7)', values);
}

/**
 * The grant by which the glass is broken already, among those of the account on the chart; null where it is
 * whole. A row written by hand is none: the scope, made from MACs, does not reach the chart by it.
 */
export function brokenAlready(
  scope: Scope,
  chartId: ChartId,
  own: readonly StandingGrant[],
  now: Date,
): GrantId | null {
  if (!scope.reachable('read').pairs.has(chartId)) return null;
  const live = own.find(
    ({ role, endedAt, endsAt }) =>
      role === 'break-glass' && endedAt === null && endsAt !== null && endsAt > now,
  );
  return live?.grantId ?? null;
}
