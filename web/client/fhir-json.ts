/** FHIR as JSON, with numbers as they were written: 7.0 mmol/L says more than 7 (FHIR R4, decimal). */
import type { Bundle, Resource } from '@medplum/fhirtypes';

/** A number with the text it came as. */
export interface Decimal {
  readonly value?: number;
  readonly valueText?: string;
}

export type FhirBundle<T extends Resource> = Bundle<T>;

/** A page of a search: what fits, what came along with it, and the address of the next page. */
export interface Page<T extends Resource> {
  readonly found: readonly T[];
  readonly included: readonly Resource[];
  /** The query of the next page; null on the last. */
  readonly next: string | null;
  readonly total: number | null;
}

/** Puts beside every number `value` its text as `valueText`, where the browser tells it. */
export function parseFhir(text: string): unknown {
  return JSON.parse(text, keepText);
}

function keepText(this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === 'value' && typeof value === 'number' && context?.source !== undefined) {
    (this as Record<string, unknown>).valueText = context.source;
  }
  return value;
}

export function pageOf<T extends Resource>(bundle: FhirBundle<T>): Page<T> {
  const entries = bundle.entry ?? [];
  const of = (mode: string) =>
    entries.flatMap(({ resource, search }) => {
      return resource !== undefined && (search?.mode ?? 'match') === mode ? [resource] : [];
    });
  const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  return {
    found: of('match'),
    included: of('include'),
    // The page may have been opened under another name of the server than the one it gives itself.
    next: next === undefined ? null : new URL(next, 'http://server').search.slice(1),
    total: bundle.total ?? null,
  };
}
