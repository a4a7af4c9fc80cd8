/**
 * What the store's parts share: where they ask, what they know of FHIR, and how an outdated scope is renewed.
 */
import type pg from 'pg';
import type { Clock } from '../../base/clock.ts';
import { notFound, PosternError } from '../../base/errors.ts';
import { type LineId, newId, type PracticeId } from '../../base/ids.ts';
import { askInSession, inSession, type Opening, type Transaction } from '../../db/index.ts';
import type { Scope, Visit } from '../../gate/index.ts';
import type { AccessLine, LineEntry, LineWriter, Outcome } from '../../ledger/index.ts';
import type { Definitions } from '../definitions.ts';
import type { FileKeeper } from '../file-content.ts';
import { damageIn, noteDamage } from './damage.ts';
import { keptFor } from './kept-now.ts';
import type { WrappedKeys } from './wrapped-keys.ts';

export interface StoreContext {
  /** Connections of the server role. */
  readonly pool: pg.Pool;
  /** Admits a scope anew whose reach the database no longer knows; null where the session has ended. */
  renew(scope: Scope): Promise<Scope | null>;
  readonly lines: LineWriter;
  readonly definitions: Definitions;
  readonly wrappedKeys: WrappedKeys;
  /** Where data goes that comes within a Binary. */
  readonly files: FileKeeper;
  /** Versions of a practice's index keys under which tokens may stand, the one to write with first. */
  indexVersions(practiceId: PracticeId): readonly number[];
  /** Takes into memory the keys that were added to a practice meanwhile. */
  refreshKeys(practiceId: PracticeId): Promise<void>;
  readonly clock: Clock;
  /** Base URLs under which references to this server may come, such as `https://host/fhir`. */
  readonly ownBases: readonly string[];
}

/** SQLSTATE of "this transaction names no live session": the scope is outdated, or the session has ended. */
const NO_REACH = 'PT001';

/** SQLSTATE of "this process does not know the keys as they are now". */
const KEYS_CHANGED = 'PT003';
/** SQLSTATE of "this chart is shredded": nothing can be written into it any more. */
const SHREDDED = 'PT004';

/** SQLSTATE of "two transactions wait for each other": ours was ended, so that the other goes on. */
const DEADLOCK = '40P01';
const REASONS: ReadonlySet<string> = new Set([NO_REACH, KEYS_CHANGED, SHREDDED, DEADLOCK]);

/**
 * Runs work under the visit; where its grants or the keys have changed meanwhile, again under what they are
 * now.
 */
export async function withRenewal<T>(
  context: StoreContext,
  visit: Visit,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  let current = visit;
  // Once for each reason: what fails for the same one again is told.
  const met = new Map<string, number>();
  for (;;) {
    try {
      return await work(current);
    } catch (error) {
      await noteDamage(context, current.scope.practiceId, damageIn(error));
      const reason = reasonToRepeat(error);
      if (reason === SHREDDED) throw notFound();
      if (reason === DEADLOCK && met.has(reason)) throw busy(error);
      const times = reason === null ? 0 : (met.get(reason) ?? 0);
      // A rotation changes keys when it begins and when it ends, which one request may both come upon.
      if (reason === null || times >= (reason === KEYS_CHANGED ? 3 : 1)) throw error;
      met.set(reason, times + 1);
      if (reason === DEADLOCK) continue;
      context.wrappedKeys.clear();
      if (reason === KEYS_CHANGED) await context.refreshKeys(current.scope.practiceId);
      else current = { ...current, scope: await renewed(context, current.scope) };
    }
  }
}

function reasonToRepeat(error: unknown): string | null {
  // A row under a practice key that another process has made.
  if (error instanceof PosternError) return error.code === 'unavailable' ? KEYS_CHANGED : null;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && REASONS.has(code) ? code : null;
}

function busy(cause: unknown): PosternError {
  return new PosternError('unavailable', 'Others changed the same at the same time. Try again.', { cause });
}

async function renewed(context: StoreContext, scope: Scope): Promise<Scope> {
  const next = await context.renew(scope);
  if (next === null) throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
  return next;
}

/**
 * A transaction of the visit's session, with its reach and our knowledge of the index keys checked first, so
 * that outdated scopes never see "nothing" and outdated servers never miss a hit.
 */
export async function inVisit<T>(
  context: StoreContext,
  visit: Visit,
  work: (tx: Transaction, visit: Visit) => Promise<T>,
): Promise<T> {
  return withRenewal(context, visit, async (current) => {
    const { handle, practiceId } = current.scope;
    let begun: Transaction | null = null;
    const noted = (tx: Transaction) => {
      begun = tx;
      return work(tx, current);
    };
    try {
      return await inSession(context.pool, handle, noted, opening(context, current));
    } catch (error) {
      // Where nobody said whether it was committed, what it kept is collected later, if nothing names it.
      const isOver = error instanceof PosternError && error.code !== 'unavailable';
      if (isOver && begun !== null) await context.files.drop(practiceId, keptFor(begun));
      throw error;
    }
  });
}

/**
 * The same for work that only reads: each of its statements is a transaction of its own, in one round trip.
 */
export async function askingInVisit<T>(
  context: StoreContext,
  visit: Visit,
  work: (asking: Transaction, visit: Visit) => Promise<T>,
): Promise<T> {
  return withRenewal(context, visit, (current) => {
    const { handle } = current.scope;
    const asking: Transaction = {
      query: (query, values) => askInSession(context.pool, handle, query, values, opening(context, current)),
    };
    return work(asking, current);
  });
}

function opening(context: StoreContext, { scope: { practiceId } }: Visit): Opening {
  return {
    name: 'visit-begin',
    text: 'select b.shredded, b.keys_made from postern.visit_begin($1, $2) b',
    values: [context.indexVersions(practiceId)],
    read: ({ shredded, keys_made: made }) =>
      context.wrappedKeys.heed(practiceId, Number(shredded), Number(made)),
  };
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
