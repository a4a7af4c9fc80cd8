/** One search under way: where it asks, as whom, and how much it may still open. */
import { PosternError } from '../../base/errors.ts';
import type { ChartId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { typeOf } from '../type-registry.ts';
import { Damage } from './damage.ts';
import type { StoreContext } from './store-context.ts';
import type { Candidate, Stored } from './stored.ts';

export interface Run {
  readonly context: StoreContext;
  readonly tx: Transaction;
  readonly visit: Visit;
  readonly budget: Budget;
  /** What does not open is left out, and told. */
  readonly damage: Damage;
  /** Whether it may go by what is remembered of charts without a key in some section (`trustingSearch`). */
  readonly trusting: boolean;
}

/**
 * A search that goes by what is remembered, and once more without where keys were made while it ran: what was
 * sealed under one of them it may have missed.
 */
export async function trustingSearch<T>(
  parts: Pick<Run, 'context' | 'tx' | 'visit'>,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const { wrappedKeys } = parts.context;
  const made = wrappedKeys.made;
  const result = await work({ ...parts, budget: new Budget(), damage: new Damage(), trusting: true });
  if (wrappedKeys.made === made) return result;
  return work({ ...parts, budget: new Budget(), damage: new Damage(), trusting: false });
}

/** Records that one request may open: about two seconds of one processor. */
const MOST_OPENED = 50_000;

/**
 * Values that one request may look up: each in every section of every chart that it goes through. One code in
 * ten thousand charts takes some 15,000.
 */
const MOST_LOOKED_UP = 100_000;

/** What is opened counts, whether it matches or not; what is hidden never comes so far. */
export class Budget {
  #left = MOST_OPENED;
  #lookUps = MOST_LOOKED_UP;

  get spent(): boolean {
    return this.#left < 0;
  }

  /** Throws `too-costly`, and says what to do, where that is more than is left. */
  spend(records: number): void {
    this.#left -= records;
    if (this.spent) {
      throw new PosternError(
        'too-costly',
        'This looks through more records than one request may. Name a patient, a code or a date.',
      );
    }
  }

  /** The same of values that are looked up in the charts' indexes. */
  lookUp(values: number): void {
    this.#lookUps -= values;
    if (this.#lookUps >= 0) return;
    throw new PosternError(
      'too-costly',
      'This looks up more values in more charts than one request may. Name a patient or fewer alternatives.',
    );
  }
}

/**
 * Whether what fulfils a criterion on another resource is tied to a hit in that chart: the entries of what it
 * was found by, or null where it is not.
 */
export type LinkTest = (resource: FhirResource, chart: ChartId | null) => readonly LineEntry[] | null;

/** A plan whose links have been followed. */
export interface ReadyPlan {
  readonly plan: SearchPlan;
  readonly links: readonly LinkTest[];
}

/** What was found, opened and tested. */
export interface Hit {
  readonly row: Candidate;
  readonly stored: Stored;
  readonly resource: FhirResource;
  /** Other resources by which it was found (`subject.name`, `_has`), for the access line. */
  readonly through: readonly LineEntry[];
}

export function entryOf({ row }: Pick<Hit, 'row'>): LineEntry {
  return [row.chart_id, row.type, row.id, row.version];
}

/**
 * Whether a reference is one that Postern follows: within a chart, to what the practice owns, and from the
 * few types that are made to name several patients. No write makes another, so one that stands there all the
 * same leads nowhere.
 */
export function mayLead(fromType: string, from: ChartId | null, to: ChartId | null): boolean {
  return to === null || to === from || typeOf(fromType).namesOthers;
}
