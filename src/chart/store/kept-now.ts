/** What was kept within a transaction, for data that came within records: it goes where that fails. */
import type { Transaction } from '../../db/index.ts';
import type { Stretch } from '../file-content.ts';

const keptWithin = new WeakMap<Transaction, Stretch[]>();

export function keptNow(tx: Transaction, stretches: readonly Stretch[]): void {
  keptWithin.set(tx, [...(keptWithin.get(tx) ?? []), ...stretches]);
}

/** Of a transaction that has failed: what it kept and no record names. */
export function keptFor(tx: Transaction): readonly Stretch[] {
  return keptWithin.get(tx) ?? [];
}
