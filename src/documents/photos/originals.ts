/**
 * The original of a photo, with what it says of where and when it was taken: where the practice keeps those,
 * for its staff who write where the photo is. Patients and those who act for them are given the photo alone:
 * who has a child's pictures for an hour need not learn where the child lives.
 */
import { notFound } from '../../base/errors.ts';
import { type Answer, jsonAnswer, type Route, type RoutedRequest } from '../../base/exchange.ts';
import { NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import { type ChartStore, removeOriginal, type StoreContext, type StoredFile } from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { Files } from '../files.ts';
import { assertInPerson, isInPerson } from '../rules/asked.ts';

export interface OriginalsParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  readonly files: Files;
  readonly gate: Pick<Gate, 'assertFresh'>;
}

/**
 * A link (RFC 8288) to the original of that photo, beside the photo itself: for whoever may have it, where
 * there is one. Null for everybody else.
 */
export function linkToOriginal({ scope }: Visit, { stored, file }: StoredFile): string | null {
  const origin = stored.content?.origin;
  if (file?.facts.original === undefined || origin === undefined || !isInPerson(scope)) return null;
  return mayHave(scope, origin) ? `</files/${stored.id}/original>; rel="urn:postern:original"` : null;
}

function mayHave(scope: Visit['scope'], { section, chartId, author }: Origin): boolean {
  return scope.allows('write', section, chartId, author, 'Binary');
}

type Origin = NonNullable<StoredFile['stored']['content']>['origin'];

export function originalRoutes({ context, store, files, gate }: OriginalsParts): readonly Route<Visit>[] {
  /** As the file itself opens, line and refusal alike; then whether the reader writes there. */
  const found = async ({ params }: RoutedRequest, visit: Visit): Promise<StoredFile> => {
    assertInPerson(visit);
    const stored = await store.readFile(visit, params.id!, null);
    const origin = stored?.stored.content?.origin;
    if (stored === null || origin === undefined) throw notFound();
    if (mayHave(visit.scope, origin)) return stored;
    const id = parseId<ResourceId>(params.id!) ?? NIL_UUID;
    await store.noteRefusal(visit, 'open-original', [{ type: 'Binary', id }]);
    throw notFound();
  };
  const open = async (request: RoutedRequest, visit: Visit): Promise<Answer> => {
    const { stored, file } = await found(request, visit);
    if (file?.facts.original === undefined) throw notFound();
    const { original, ...photo } = file.facts;
    const entries = [[stored.content!.origin.chartId, 'Binary', stored.id, stored.version] as const];
    await store.note(visit, { action: 'open-original', entries });
    const facts = { ...photo, ...original };
    const headers = await files.shownAs(visit, facts, true);
    return { status: 200, headers, body: files.read(visit, { key: file.key, facts }, 0, facts.bytes) };
  };
  return [
    {
      method: 'GET',
      path: '/files/:id/original',
      summary: 'gives the original of a photo, as it was sent',
      who: 'session',
      handle: open,
    },
    {
      method: 'DELETE',
      path: '/files/:id/original',
      summary: 'removes the original of a photo, and leaves the photo',
      who: 'session',
      handle: async (request, visit) => {
        const { stored, file } = await found(request, visit);
        if (file?.facts.original === undefined) throw notFound();
        await gate.assertFresh(visit);
        const stretches = await removeOriginal(context, visit, stored.id);
        await files.drop(visit.scope.practiceId, stretches);
        return jsonAnswer(200, { removed: stretches.length > 0 });
      },
    },
  ];
}
