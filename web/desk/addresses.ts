/** What is taken of an address, page by page; anything else in it is left alone. */
import type { PatientOrder } from '../client/index.ts';

type Query = Readonly<Record<string, unknown>>;

export interface PatientsAsked {
  /** What was typed. */
  readonly q?: string;
  readonly sort?: Exclude<PatientOrder, 'name'>;
}

export function patientsAsked({ q, sort }: Query): PatientsAsked {
  // What looks like a number comes as one.
  const typed = typeof q === 'string' || typeof q === 'number' ? String(q).slice(0, 100) : '';
  return {
    ...(typed === '' ? {} : { q: typed }),
    ...(sort === '-name' || sort === 'born' || sort === '-born' ? { sort } : {}),
  };
}

export const REVIEWED = ['staff', 'family', 'patients', 'apps', 'glass'] as const;

export interface ReviewShown {
  /** Whose access; that of the staff where nothing is said. */
  readonly of?: (typeof REVIEWED)[number];
}

export function reviewShown({ of }: Query): ReviewShown {
  const known = REVIEWED.find((each) => each === of);
  return known === undefined ? {} : { of: known };
}

export interface LinesShown {
  /** Days as YYYY-MM-DD. */
  readonly from?: string;
  readonly to?: string;
  /** The id of an account. */
  readonly by?: string;
  readonly chart?: string;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function linesShown(query: Query): LinesShown {
  const forms = Object.entries({ from: DAY, to: DAY, by: ID, chart: ID });
  return Object.fromEntries(
    forms.flatMap(([name, form]) => {
      const value = query[name];
      return typeof value === 'string' && form.test(value) ? [[name, value]] : [];
    }),
  );
}
