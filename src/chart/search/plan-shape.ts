/** What a search is turned into before anything is asked: see `search-plan.ts`, which makes it. */
import type { Refused } from '../../base/errors.ts';
import type { ChartId, ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { Cursor } from './cursor.ts';
import type { DateBounds } from './date-criterion.ts';
import type { Include } from './include.ts';
import type { Parameter } from './parameters.ts';
import type { SortField, SortKey } from './sort-order.ts';
import type { Subset } from './subset.ts';
import type { LookUp } from './wanted.ts';

/** Any of its look-ups finds what the criterion matches. */
export interface TokenLookUp {
  readonly param: string;
  readonly anyOf: readonly LookUp[];
  /**
   * Whether the look-ups are in the practice's index. What is in sensitive and psychotherapy sections is
   * under the chart's key all the same, so those sections are always looked up chart by chart.
   */
  readonly wide: boolean;
}

export interface DateLookUp {
  readonly param: string;
  readonly anyOf: readonly DateBounds[];
}

/**
 * A criterion on another resource: one that is pointed to (`subject.name`) or one that points here (`_has`).
 * What fulfils it is searched first; what is searched then is what points to it, or is pointed to.
 */
export interface Link {
  readonly kind: 'chain' | 'has';
  /** Of the searched type for a chain, of the pointing type for `_has`. */
  readonly parameter: Parameter;
  /** One for each type that may fulfil it. */
  readonly plans: readonly SearchPlan[];
}

/** All parts must hold (and); the alternatives within a part may (or). */
export interface SearchPlan {
  readonly type: string;
  /** Whose compartment is searched; null for a search beyond any. */
  readonly focus: Refused | null;
  /** The charts that were named; null where none was. Empty: nothing can match. */
  readonly charts: readonly ChartId[] | null;
  /** Charts beyond which nothing can match but what is in no chart; null where that is not known. */
  readonly within: readonly ChartId[] | null;
  readonly ids: readonly ResourceId[] | null;
  /** Bounds on the row's clinical instant. */
  readonly at: readonly (readonly DateBounds[])[];
  /** Bounds on the row's time of update (low and high are the same). */
  readonly updated: readonly (readonly DateBounds[])[];
  readonly tokens: readonly TokenLookUp[];
  readonly dates: readonly DateLookUp[];
  readonly links: readonly Link[];
  /** Parameters that nothing but the exact test answers. */
  readonly rechecked: readonly string[];
  /** The order of the rows. */
  readonly sort: { readonly by: SortKey; readonly descending: boolean };
  /** The order of what was opened, where rows cannot tell it; null where they can. */
  readonly order: readonly SortField[] | null;
  readonly count: number;
  readonly total: 'none' | 'estimate' | 'accurate';
  /** Only the number of matches is asked (`_summary=count`, `_count=0`). */
  readonly countOnly: boolean;
  /** The parts of each resource that are asked; null for all of it. */
  readonly subset: Subset | null;
  readonly includes: readonly Include[];
  /** Where the page before ended; a place among what was sorted after opening where `order` says so. */
  readonly cursor: Cursor | null;
  /**
   * Parameters that are not offered, as they were written (includes with their value): refused under strict
   * handling, told otherwise.
   */
  readonly ignored: readonly string[];
  /** The exact test of all criteria but the links. */
  readonly matches: (resource: FhirResource) => boolean;
}
