/**
 * How long documents of a type are kept, and since when one is due. Where nothing is said, everything is
 * kept; where anything is not known that a rule goes by, so is the document. Pure.
 */
import { PosternError } from '../../base/errors.ts';
import { type FhirResource, valuesAt } from '../../chart/index.ts';
import { DOCUMENT_TYPES, type DocumentType, isDocumentType } from '../document-types.ts';

export const RETENTION_BASES = ['last-visit', 'document-date', 'birthday-18'] as const;
export type RetentionBase = (typeof RETENTION_BASES)[number];

/** Several of one type hold together: a document is due when the last of them says so. */
export interface RetentionRule {
  readonly type: DocumentType;
  readonly after: RetentionBase;
  readonly years: number;
}

export interface KeepingFacts {
  /** Days, YYYY-MM-DD; null where nothing is known. */
  readonly documentDate: string | null;
  readonly lastVisit: string | null;
  readonly birthDate: string | null;
}

const MOST_RULES = 100;
const MOST_YEARS = 150;
const TYPES = Object.entries(DOCUMENT_TYPES) as readonly [DocumentType, { readonly code: string }][];

/** The rules out of what a practice has set; what is not plainly said keeps everything of that type. */
export function readRetentionRules(content: unknown): readonly RetentionRule[] {
  const rules = (content as { rules?: unknown } | null)?.rules;
  try {
    return checkRetentionRules({ rules: rules ?? [] });
  } catch {
    return [];
  }
}

/** Throws `invalid`, and says what is wrong. */
export function checkRetentionRules({ rules }: Readonly<Record<string, unknown>>): readonly RetentionRule[] {
  if (!Array.isArray(rules) || rules.length > MOST_RULES) {
    throw new PosternError('invalid', `rules must be a list of at most ${MOST_RULES}.`);
  }
  const seen = new Set<string>();
  return rules.map((rule: Readonly<Record<string, unknown>> | null) => {
    const { type, after, years } = rule ?? {};
    if (typeof type !== 'string' || !isDocumentType(type)) {
      throw new PosternError('invalid', 'type must be one of the types of documents.');
    }
    const base = RETENTION_BASES.find((known) => known === after);
    if (base === undefined) {
      throw new PosternError('invalid', `after must be one of ${RETENTION_BASES.join(', ')}.`);
    }
    if (!Number.isInteger(years) || Number(years) < 1 || Number(years) > MOST_YEARS) {
      throw new PosternError('invalid', `years must be a whole number from 1 to ${MOST_YEARS}.`);
    }
    if (seen.has(`${type} ${base}`)) throw new PosternError('invalid', 'The same rule comes twice.');
    seen.add(`${type} ${base}`);
    return { type, after: base, years: Number(years) };
  });
}

/** By its LOINC code; null for a type of elsewhere, for which no rule speaks. */
export function typeOfDocument(resource: FhirResource): DocumentType | null {
  const codes = valuesAt(resource, 'type.coding.code');
  return TYPES.find(([, { code }]) => codes.includes(code))?.[0] ?? null;
}

/** The latest day that a document names as its own. */
export function dateOfDocument(resource: FhirResource): string | null {
  const paths = ['content.attachment.creation', 'context.period.end', 'date'];
  const days = paths.flatMap((path) =>
    valuesAt(resource, path).flatMap((value) => (typeof value === 'string' ? (lastDayOf(value) ?? []) : [])),
  );
  return latest(days);
}

/** The day since which a document of that type is due; null where it is to be kept. */
export function dueSince(
  rules: readonly RetentionRule[],
  type: DocumentType,
  facts: KeepingFacts,
  today: string,
): string | null {
  const own = rules.filter((rule) => rule.type === type);
  if (own.length === 0) return null;
  const ends = own.map(({ after, years }) => {
    const base = baseOf(after, facts);
    return base === null ? null : yearsAfter(base, years);
  });
  if (ends.includes(null)) return null;
  const since = latest(ends as string[]);
  return since !== null && since <= today ? since : null;
}

/** Never before the document itself. */
function baseOf(after: RetentionBase, { documentDate, lastVisit, birthDate }: KeepingFacts): string | null {
  if (documentDate === null) return null;
  if (after === 'document-date') return documentDate;
  if (after === 'last-visit') return latest([documentDate, ...(lastVisit === null ? [] : [lastVisit])]);
  const born = birthDate === null ? null : lastDayOf(birthDate);
  return born === null ? null : latest([documentDate, yearsAfter(born, 18)]);
}

function latest(days: readonly string[]): string | null {
  return days.reduce<string | null>((last, day) => (last === null || day > last ? day : last), null);
}

/** The last day that a date of FHIR may mean: of a year alone, its last. */
function lastDayOf(date: string): string | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date) ?? [];
  if (year === undefined) return null;
  if (day !== undefined) return `${year}-${month}-${day}`;
  return month === undefined ? `${year}-12-31` : `${year}-${month}-31`;
}

/** A day that the year has not is the first one after: the 29th of February counts as the 1st of March. */
function yearsAfter(day: string, years: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year + years, month - 1, date)).toISOString().slice(0, 10);
}
