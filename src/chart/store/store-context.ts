/** What the store's parts share: where they ask, what they know of FHIR, and how an outdated scope is renewed. */
import type pg from 'pg';
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import { type LineId, newId, type PracticeId } from '../../base/ids.ts';
import { inSession, type Transaction } from '../../db/index.ts';
import type { Scope, Visit } from '../../gate/index.ts';
import type { AccessLine, LineEntry, LineWriter, Outcome } from '../../ledger/index.ts';
import type { Definitions } from '../definitions.ts';
import type { WrappedKeys } from './wrapped-keys.ts';

export interface StoreContext {
  /** Connections of the server role. */
  readonly pool: pg.Pool;
  /** Admits a scope anew whose reach the database no longer knows; null where the session has ended. */
  renew(scope: Scope): Promise<Scope | null>;
  readonly lines: LineWriter;
  readonly definitions: Definitions;
  readonly wrappedKeys: WrappedKeys;
  /** Versions of a practice's index keys under which tokens may stand, the one to write with first. */
  indexVersions(practiceId: PracticeId): readonly number[];
  readonly clock: Clock;
  /** Base URLs under which references to this server may come, such as `https://host/fhir`. */
  readonly ownBases: readonly string[];
}

/** SQLSTATE of "this transaction names no live session": the scope is outdated, or the session has ended. */
const NO_REACH = 'PT001';

/** Runs work under the visit; where its grants have changed meanwhile, once more under what they are now. */
export async function withRenewal<T>(
  context: StoreContext,
  visit: Visit,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  try {
    return await work(visit);
  } catch (error) {
    if ((error as { code?: unknown }).code !== NO_REACH) throw error;
  }
  const scope = await context.renew(visit.scope);
  if (scope === null) throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
  return work({ ...visit, scope });
}

/** A transaction of the visit's session, with the reach checked first, so that outdated scopes never see "nothing". */
export async function inVisit<T>(
  context: StoreContext,
  visit: Visit,
  work: (tx: Transaction, visit: Visit) => Promise<T>,
): Promise<T> {
  return withRenewal(context, visit, (current) =>
    inSession(context.pool, current.scope.handle, async (tx) => {
      await tx.query({ name: 'reach-assert', text: 'select postern.reach_assert()' });
      return work(tx, current);
    }),
  );
}

export function lineOf(
  visit: Visit,
  action: string,
  entries: readonly LineEntry[],
  outcome: Outcome = 'ok',
): AccessLine {
  const { scope } = visit;
  return {
    practiceId: scope.practiceId,
    id: newId<LineId>(),
    sessionHash: scope.sessionHash,
    accountId: scope.accountId,
    behalfOf: null,
    purpose: scope.purpose,
    action,
    outcome,
    client: scope.client,
    address: visit.address,
    entries,
    detail: null,
    bytes: null,
    closes: null,
  };
}
