/** Documents of a chart as they are listed: of what kind, when, by whom; and finding among them. Pure. */
import type { DocumentReference, Resource } from '@medplum/fhirtypes';
import { dayOn, folderOf } from './document-order.ts';
import { along, documentName, documentType, whoIs } from './names.ts';

export interface ListedDocument {
  readonly id: string;
  /** Empty where nobody gave it a name. */
  readonly name: string;
  /** LOINC code of its kind; null where it has none. */
  readonly code: string | null;
  /** What its author called the kind. */
  readonly type: string;
  /** The day on it, else the instant at which it was filed; empty where neither is recorded. */
  readonly date: string;
  /** The folder that it is in; empty for none. */
  readonly folder: string;
  readonly authors: readonly string[];
  /** Who keeps the original, where that is said. */
  readonly source: string;
  readonly document: DocumentReference;
}

export interface DocumentsSought {
  /** Words of its name, its kind or who wrote it. */
  readonly words: string;
  /** The kind by its key, see `kindKey`; empty for every kind. */
  readonly kind: string;
  /** As YYYY; empty for every year. */
  readonly year: string;
  /** By its name; empty for every folder, null for what is in none. */
  readonly folder: string | null;
  readonly order: DocumentOrder;
}

export type DocumentOrder = 'newest' | 'oldest' | 'name' | 'kind';

export const ALL_DOCUMENTS: DocumentsSought = {
  words: '',
  kind: '',
  year: '',
  folder: '',
  order: 'newest',
};

const LOINC = 'http://loinc.org';

/** Those that stand, in the order they come in. */
export function listedDocuments(
  found: readonly DocumentReference[],
  included: readonly Resource[],
): ListedDocument[] {
  return found.flatMap((document) => {
    if (document.status !== 'current' || document.id === undefined) return [];
    return [listed(document, included)];
  });
}

/** Those that stand no more: withdrawn, sent back or replaced. */
export function endedDocuments(
  found: readonly DocumentReference[],
  included: readonly Resource[],
): ListedDocument[] {
  return found.flatMap((document) => {
    const isEnded = document.status !== 'current' && document.id !== undefined;
    return isEnded ? [listed(document, included)] : [];
  });
}

/** The folders that there are, by name. */
export function foldersOf(documents: readonly ListedDocument[]): string[] {
  const names = new Set(documents.map(({ folder }) => folder).filter((folder) => folder !== ''));
  return [...names].sort((one, other) => one.localeCompare(other));
}

export function listed(document: DocumentReference, included: readonly Resource[]): ListedDocument {
  const coding = document.type?.coding?.find(({ system }) => system === LOINC);
  return {
    id: document.id ?? '',
    name: documentName(document),
    code: coding?.code ?? null,
    type: documentType(document),
    date: dayOn(document) || (document.date ?? ''),
    folder: folderOf(document),
    authors: document.author?.map((each) => whoIs(each, included)).filter(Boolean) ?? [],
    source: sourceOf(document, included),
    document,
  };
}

function sourceOf({ custodian }: DocumentReference, included: readonly Resource[]): string {
  const found = along(custodian, included);
  const named = found?.resourceType === 'Organization' ? (found.name ?? '') : '';
  return custodian?.display ?? named;
}

/** One kind is one code, or one word where there is no code. */
export function kindKey({ code, type }: ListedDocument): string {
  return code ?? type;
}

/** `kindName` says a kind as it is shown, so that one finds what one sees. */
export function soughtDocuments(
  all: readonly ListedDocument[],
  { words, kind, year, folder, order }: DocumentsSought,
  kindName: (each: ListedDocument) => string,
): ListedDocument[] {
  const sought = folded(words).split(' ').filter(Boolean);
  const found = all.filter((each) => {
    if (folder !== '' && each.folder !== (folder ?? '')) return false;
    if (kind !== '' && kindKey(each) !== kind) return false;
    if (year !== '' && !each.date.startsWith(year)) return false;
    const said = folded([each.name, kindName(each), ...each.authors].join(' '));
    return sought.every((word) => said.includes(word));
  });
  return found.sort(COMPARED[order](kindName));
}

type Compared = (
  kindName: (each: ListedDocument) => string,
) => (one: ListedDocument, other: ListedDocument) => number;

/** Days and instants compare by what both say: of one day, what came later is newer. */
const COMPARED: Readonly<Record<DocumentOrder, Compared>> = {
  newest: () => (one, other) => compare(other.date, one.date),
  oldest: () => (one, other) => compare(one.date, other.date),
  name: () => (one, other) => one.name.localeCompare(other.name) || compare(other.date, one.date),
  kind: (kindName) => (one, other) =>
    kindName(one).localeCompare(kindName(other)) || compare(other.date, one.date),
};

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function isEverything({ words, kind, year, folder }: DocumentsSought): boolean {
  return words.trim() === '' && kind === '' && year === '' && folder === '';
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ');
}

/** Kinds that show a person's number and face, which nobody needs to see who only looks through the list. */
const CARDS: ReadonlySet<string> = new Set(['53245-7', '64290-0', '64291-8', '47047-6']);

/** Whose record it is in; empty where it says nothing of that. */
export function chartOfDocument({ document }: ListedDocument): string {
  return document.subject?.reference?.replace(/^Patient\//, '') ?? '';
}

/** Whether it is shown only when somebody asks to see it. */
export function isCard({ code }: ListedDocument): boolean {
  return code !== null && CARDS.has(code);
}
