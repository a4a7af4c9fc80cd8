/** What orders a document: its folder, its state, what it replaced; and changes of it. Pure. */
import type { DocumentReference } from '@medplum/fhirtypes';

const FOLDER = 'urn:postern:folder';
const ACCOUNT = 'urn:postern:account';
const WITHDRAWN_REASON = 'urn:postern:withdrawn-reason';
const LOINC = 'http://loinc.org';
/** As long as a name may be that is filed under. */
const LONGEST_FOLDER = 60;

/** The folder that a document is in; empty where it is in none. */
export function folderOf({ category }: DocumentReference): string {
  const codings = category?.flatMap(({ coding }) => coding ?? []) ?? [];
  return codings.find(({ system }) => system === FOLDER)?.code ?? '';
}

/** The account that sent it, while the practice has not looked at it; null where it waits for nobody. */
export function waitingFrom(document: DocumentReference): string | null {
  if (document.status !== 'current' || document.docStatus !== 'preliminary') return null;
  return senderOf(document);
}

function senderOf({ author }: DocumentReference): string | null {
  const sent = author?.find(({ identifier }) => identifier?.system === ACCOUNT);
  return sent?.identifier?.value ?? null;
}

/** Why it was withdrawn, in the words of who did; empty where it was not, or nobody said. */
export function withdrawnReason({ extension }: DocumentReference): string {
  return extension?.find(({ url }) => url === WITHDRAWN_REASON)?.valueString ?? '';
}

/** Ids of the documents that it took the place of. */
export function replacedBy({ relatesTo }: DocumentReference): string[] {
  return (relatesTo ?? []).flatMap(({ code, target }) => {
    const id = /^DocumentReference\/([\w.-]{1,64})$/.exec(target?.reference ?? '')?.[1];
    return code === 'replaces' && id !== undefined ? [id] : [];
  });
}

/** The day on it, YYYY-MM-DD; empty where nobody said. */
export function dayOn({ content }: DocumentReference): string {
  return content[0]?.attachment.creation?.slice(0, 10) ?? '';
}

/** What is said of it beside its name; empty where nothing is. */
export function noteOn({ description, content }: DocumentReference): string {
  return description === undefined || description === content[0]?.attachment.title ? '' : description;
}

/** Who wrote it, where that is said in words and is not who sent it. */
export function writtenBy({ author }: DocumentReference): string {
  return author?.find(({ identifier }) => identifier?.system !== ACCOUNT)?.display ?? '';
}

export interface DocumentChange {
  readonly title?: string;
  /** LOINC code with what it stands for. */
  readonly kind?: { readonly code: string; readonly display: string };
  /** YYYY-MM-DD; empty for none. */
  readonly date?: string;
  readonly author?: string;
  readonly note?: string;
  /** Empty for none. */
  readonly folder?: string;
  /** The practice has looked at it. */
  readonly accepted?: true;
  readonly withdrawn?: string;
  /** Another has its place. */
  readonly superseded?: true;
  /** The id of the document whose place it takes. */
  readonly replaces?: string;
}

/** The document as it is after the change; what the change does not speak of stays as it is. */
export function changed(document: DocumentReference, change: DocumentChange): DocumentReference {
  const [first, ...others] = document.content;
  const title = change.title ?? first?.attachment.title ?? document.description ?? '';
  const note = change.note ?? noteOn(document);
  const { creation, ...attachment } = first?.attachment ?? {};
  const day = change.date ?? creation ?? '';
  const named = { ...attachment, title, ...(day === '' ? {} : { creation: day }) };
  const next: DocumentReference = {
    ...document,
    content: [{ ...first, attachment: named }, ...others],
    description: note || title,
    ...(change.kind === undefined ? {} : { type: { coding: [{ system: LOINC, ...change.kind }] } }),
    ...(change.accepted === true ? { docStatus: 'final' as const } : {}),
    ...(change.superseded === true ? { status: 'superseded' as const } : {}),
  };
  if (change.author !== undefined) setList(next, 'author', authorsOf(document, change.author));
  if (change.folder !== undefined) setList(next, 'category', categoriesOf(document, change.folder));
  if (change.withdrawn !== undefined) withdraw(next, change.withdrawn);
  if (change.replaces !== undefined) {
    const target = { reference: `DocumentReference/${change.replaces}` };
    next.relatesTo = [...(document.relatesTo ?? []), { code: 'replaces', target }];
  }
  return next;
}

/** FHIR knows no empty lists. */
function setList<Name extends 'author' | 'category'>(
  document: DocumentReference,
  name: Name,
  list: NonNullable<DocumentReference[Name]>,
): void {
  if (list.length === 0) delete document[name];
  else document[name] = list;
}

/** Who sent it is not for anybody to say otherwise. */
function authorsOf({ author = [] }: DocumentReference, written: string) {
  const kept = author.filter(
    ({ identifier, reference }) => identifier?.system === ACCOUNT || reference !== undefined,
  );
  return written === '' ? kept : [...kept, { display: written }];
}

function categoriesOf({ category = [] }: DocumentReference, folder: string) {
  const kept = category.filter(({ coding }) => coding?.some(({ system }) => system === FOLDER) !== true);
  const code = folderName(folder);
  return code === '' ? kept : [...kept, { coding: [{ system: FOLDER, code, display: code }] }];
}

/** As codes are: no space before, behind or twice (https://hl7.org/fhir/R4/datatypes.html#code). */
export function folderName(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_FOLDER).trim();
}

/** What patients sent goes back to them as it is; the practice's own was a mistake. */
function withdraw(document: DocumentReference, reason: string): void {
  document.status = 'entered-in-error';
  if (senderOf(document) === null) document.docStatus = 'entered-in-error';
  const others = (document.extension ?? []).filter(({ url }) => url !== WITHDRAWN_REASON);
  document.extension = [...others, { url: WITHDRAWN_REASON, valueString: reason }];
}

export type Changeable = 'title' | 'kind' | 'date' | 'author' | 'note' | 'folder' | 'state' | 'file';

export interface Difference {
  readonly what: Changeable;
  readonly from: string;
  readonly to: string;
}

/** What of a document is another than before, as people would say it; `kindName` says a kind. */
export function differences(
  before: DocumentReference,
  after: DocumentReference,
  kindName: (document: DocumentReference) => string,
): Difference[] {
  const said: Readonly<Record<Changeable, (document: DocumentReference) => string>> = {
    title: ({ content, description }) => content[0]?.attachment.title ?? description ?? '',
    kind: kindName,
    date: dayOn,
    author: writtenBy,
    note: noteOn,
    folder: folderOf,
    state: documentState,
    file: ({ content }) => content.map(({ attachment }) => attachment.url ?? '').join(),
  };
  return Object.entries(said).flatMap(([what, say]) => {
    const [from, to] = [say(before), say(after)];
    return from === to ? [] : [{ what: what as Changeable, from, to }];
  });
}

export type DocumentState = 'waiting' | 'standing' | 'superseded' | 'withdrawn' | 'sent-back';

export function documentState(document: DocumentReference): DocumentState {
  if (document.status === 'superseded') return 'superseded';
  if (document.status === 'entered-in-error') {
    const isSentBack = senderOf(document) !== null && document.docStatus === 'preliminary';
    return isSentBack ? 'sent-back' : 'withdrawn';
  }
  return waitingFrom(document) === null ? 'standing' : 'waiting';
}
