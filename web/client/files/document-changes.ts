/** Changing documents: each change is an update of the version that was looked at, or none. */
import type { Bundle, DocumentReference } from '@medplum/fhirtypes';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiError } from '../api-error.ts';
import { ask } from '../ask.ts';
import { queryOf, search } from '../chart-queries.ts';
import { parseFhir } from '../fhir-json.ts';
import { changed, type DocumentChange, replacedBy } from '../record/document-order.ts';

export type Saved =
  | { readonly kind: 'saved' }
  /** Somebody else was first; this is what stands now. Nothing was changed. */
  | { readonly kind: 'overtaken'; readonly standing: DocumentReference };

/** Throws `ApiError`. */
export async function saveDocument(document: DocumentReference, change: DocumentChange): Promise<Saved> {
  return orStanding(document, () =>
    ask(`/fhir/DocumentReference/${document.id}`, {
      method: 'PUT',
      body: asWritten(changed(document, change)),
      headers: { 'if-match': versionTag(document) },
    }),
  );
}

/** All of them, or none. Throws `ApiError`; status 412 where somebody else was first with one of them. */
export async function saveDocuments(
  changes: readonly (readonly [DocumentReference, DocumentChange])[],
): Promise<void> {
  const entry = changes.map(([document, change]) => ({
    resource: asWritten(changed(document, change)),
    request: {
      method: 'PUT',
      url: `DocumentReference/${document.id}`,
      ifMatch: versionTag(document),
    },
  }));
  // As many as one transaction takes.
  for (let at = 0; at < entry.length; at += MOST_TOGETHER) {
    const body = { resourceType: 'Bundle', type: 'transaction', entry: entry.slice(at, at + MOST_TOGETHER) };
    await ask('/fhir', { method: 'POST', body });
  }
}

const MOST_TOGETHER = 100;

/** What who sent a document may say of it while it waits. */
export interface SentChange {
  readonly title?: string;
  /** One of the session's `sends`. */
  readonly type?: string;
  readonly date?: string;
  readonly withdrawn?: string;
  /** The id of another that they sent since. */
  readonly replacedBy?: string;
}

/** Throws `ApiError`; status 409 where the practice has looked at it meanwhile. */
export async function amendDocument(document: DocumentReference, change: SentChange): Promise<Saved> {
  const { title, type, date, withdrawn, replacedBy } = change;
  const parameter = [
    ...(title === undefined ? [] : [{ name: 'title', valueString: title }]),
    ...(type === undefined ? [] : [{ name: 'type', valueCode: type }]),
    ...(date === undefined ? [] : [{ name: 'date', ...(date === '' ? {} : { valueDate: date }) }]),
    ...(withdrawn === undefined ? [] : [{ name: 'withdrawn', valueString: withdrawn }]),
    ...(replacedBy === undefined
      ? []
      : [{ name: 'replaced-by', valueReference: { reference: `DocumentReference/${replacedBy}` } }]),
  ];
  return orStanding(document, () =>
    ask(`/fhir/DocumentReference/${document.id}/$amend`, {
      method: 'POST',
      body: { resourceType: 'Parameters', parameter },
      headers: { 'if-match': versionTag(document) },
    }),
  );
}

async function orStanding(document: DocumentReference, change: () => Promise<unknown>): Promise<Saved> {
  try {
    await change();
    return { kind: 'saved' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
    return { kind: 'overtaken', standing: await standingDocument(document.id ?? '') };
  }
}

/** As it stands now. Throws `ApiError`. */
export async function standingDocument(id: string): Promise<DocumentReference> {
  return parseFhir(await ask(`/fhir/DocumentReference/${encodeURIComponent(id)}`)) as DocumentReference;
}

function versionTag({ meta }: DocumentReference): string {
  return `W/"${meta?.versionId ?? ''}"`;
}

/** Without what we noted beside numbers when it came. */
function asWritten(document: DocumentReference): object {
  return JSON.parse(JSON.stringify(document, (key, value) => (key === 'valueText' ? undefined : value)));
}

export interface DocumentVersion {
  readonly version: number;
  readonly at: string;
  /** By name; empty for a program. */
  readonly by: string;
  readonly document: DocumentReference;
}

/** Newest first: who changed it, when, and what it was then. */
export function documentVersions(id: string) {
  const at = `/fhir/DocumentReference/${encodeURIComponent(id)}`;
  return queryOptions({
    queryKey: ['document-versions', id],
    staleTime: 0,
    queryFn: async ({ signal }): Promise<DocumentVersion[]> => {
      const [history, changes] = await Promise.all([
        ask(`${at}/_history?_count=200`, { signal }),
        ask(`${at}/$changes`, { signal }),
      ]);
      const { entry = [] } = parseFhir(history) as Bundle<DocumentReference>;
      const by = authorsIn(JSON.parse(changes) as ChangesAnswer);
      return entry.flatMap(({ resource }) => {
        const version = Number(resource?.meta?.versionId);
        if (resource === undefined || !Number.isInteger(version)) return [];
        const { lastUpdated: when = '' } = resource.meta ?? {};
        return [{ version, at: when, by: by.get(version) ?? '', document: resource }];
      });
    },
  });
}

interface ChangesAnswer {
  readonly parameter?: readonly {
    readonly part: readonly {
      readonly name: string;
      readonly valuePositiveInt?: number;
      readonly valueString?: string;
    }[];
  }[];
}

function authorsIn({ parameter = [] }: ChangesAnswer): Map<number, string> {
  return new Map(
    parameter.flatMap(({ part }) => {
      const version = part.find(({ name }) => name === 'version')?.valuePositiveInt;
      const by = part.find(({ name }) => name === 'by')?.valueString;
      return version === undefined || by === undefined ? [] : [[version, by] as const];
    }),
  );
}

/** Those that it took the place of, as far as they are still to be seen. */
export function earlierDocuments(document: DocumentReference) {
  const ids = replacedBy(document);
  return queryOptions({
    queryKey: ['earlier-documents', ...ids],
    queryFn: async ({ signal }) => {
      if (ids.length === 0) return [];
      const { found } = await search<DocumentReference>(
        'DocumentReference',
        queryOf({ _id: ids.join() }),
        signal,
      );
      return found;
    },
  });
}

/** The one that took its place; null where it is not to be seen. */
export function newerDocument(chart: string, id: string) {
  return queryOptions({
    queryKey: ['newer-document', id],
    queryFn: async ({ signal }) => {
      const asked = queryOf({ patient: chart, relatesto: `DocumentReference/${id}`, _count: '1' });
      const { found } = await search<DocumentReference>('DocumentReference', asked, signal);
      return found[0] ?? null;
    },
  });
}

const WAITING = { waiting: 'ge2000' };

/** What patients sent and nobody has looked at, over all charts, the oldest first, with whose it is. */
export const waitingDocuments = infiniteQueryOptions({
  queryKey: ['waiting-documents', 'list'],
  staleTime: 0,
  queryFn: ({ pageParam, signal }) => search<DocumentReference>('DocumentReference', pageParam, signal),
  initialPageParam: queryOf({
    ...WAITING,
    _sort: 'date',
    _count: '50',
    _include: 'DocumentReference:patient',
  }),
  getNextPageParam: (page) => page.next,
});

/** How many those are. Each time it is asked is a line about every chart in which something waits. */
export const waitingCount = queryOptions({
  queryKey: ['waiting-documents', 'count'],
  staleTime: 10 * 60_000,
  queryFn: async ({ signal }) =>
    (await search('DocumentReference', queryOf({ ...WAITING, _summary: 'count' }), signal)).total ?? 0,
});

/** The key of both, for whoever has changed something of it. */
export const WAITING_DOCUMENTS = ['waiting-documents'] as const;
