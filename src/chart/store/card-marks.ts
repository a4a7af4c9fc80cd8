/** Marks of files that are photos of cards: made with the documents that name them, asked when one opens. */
import { PosternError } from '../../base/errors.ts';
import { parseId, type ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { Opened } from '../../seal/index.ts';
import { assertNoPhotoWithin, type CardFacts, cardOf } from '../card.ts';
import { isObject, valuesAt } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';
import { readResource, writeResource } from '../resource-json.ts';
import type { Draft, Place } from './place-resource.ts';
import type { StoreContext } from './store-context.ts';
import type { Stored } from './stored.ts';

type Context = Pick<StoreContext, 'ownBases'>;

/** Refuses cards whose photo stands within their document. */
export function refusePhotosWithin(
  drafts: readonly { readonly draft: Draft }[],
  refuse: (draft: Draft, error: PosternError) => void,
): void {
  for (const { draft } of drafts) {
    try {
      assertNoPhotoWithin(draft.resource);
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      refuse(draft, error);
    }
  }
}

/**
 * Marks what these drafts make cards, in the transaction that has written them. An app may make a card and
 * never unmake one.
 */
export async function markDrafts(
  { ownBases }: Context,
  tx: Transaction,
  visit: Visit,
  placed: readonly { readonly draft: Draft; readonly place: Place }[],
): Promise<void> {
  const cards: [ResourceId, CardFacts][] = [];
  const others: ResourceId[] = [];
  const joins: [ResourceId, ResourceId][] = [];
  for (const { draft, place } of placed) {
    const { resourceType } = draft.resource;
    if (resourceType === 'DocumentReference') {
      const card = cardOf(draft.resource, ownBases);
      if (card !== null) cards.push([draft.id, card]);
      else if (place.version > 1 && visit.scope.app === null) others.push(draft.id);
    } else if (resourceType === 'Binary') {
      const [text] = valuesAt(draft.resource, 'securityContext.reference');
      const named = typeof text === 'string' ? parseReference(text, ownBases) : null;
      if (named?.kind !== 'local' || named.type !== 'DocumentReference') continue;
      const document = parseId<ResourceId>(named.id);
      if (document !== null) joins.push([document, draft.id]);
    }
  }
  await markCards(tx, cards);
  if (others.length > 0) {
    await tx.query({ name: 'card-unmark', text: 'select postern.card_unmark($1)', values: [others] });
  }
  if (joins.length > 0) {
    await tx.query({
      name: 'card-join',
      text: 'select postern.card_join($1, $2)',
      values: [joins.map(([document]) => document), joins.map(([, file]) => file)],
    });
  }
}

/** Marks those documents, which stand, and their files. */
export async function markCards(
  tx: Transaction,
  cards: readonly (readonly [ResourceId, CardFacts])[],
): Promise<void> {
  if (cards.length === 0) return;
  const rows = cards.flatMap(([document, { files, remindOn, dueOn }]) => [
    { document, file: document, remindOn, dueOn },
    ...files.map((file) => ({ document, file, remindOn: null, dueOn: null })),
  ]);
  await tx.query({
    name: 'card-mark',
    text: 'select postern.card_mark($1, $2, $3, $4)',
    values: [
      rows.map(({ document }) => document),
      rows.map(({ file }) => file),
      rows.map(({ remindOn }) => remindOn),
      rows.map(({ dueOn }) => dueOn),
    ],
  });
}

/** Those of the files that this session is not shown now, although it may open them. */
export async function maskedAmong(
  asking: Transaction,
  files: readonly ResourceId[],
): Promise<ReadonlySet<ResourceId>> {
  if (files.length === 0) return new Set();
  const { rows } = await asking.query<{ id: ResourceId }>({
    name: 'card-masked',
    text: 'select m.id from postern.card_masked($1) m (id)',
    values: [files],
  });
  return new Set(rows.map(({ id }) => id));
}

/**
 * Those of the files and documents that are cards, also where this session was shown one: for what keeps a
 * copy, which is no look at a card.
 */
export async function markedAmong(
  asking: Pick<Transaction, 'query'>,
  ids: readonly ResourceId[],
): Promise<ReadonlySet<ResourceId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await asking.query<{ id: ResourceId }>({
    name: 'card-marked',
    text: 'select m.id from postern.card_marked($1) m (id)',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

/** What whoever opens a masked file is told. */
export function maskedFile({ scope }: Visit): PosternError {
  return new PosternError(
    'masked',
    scope.app === null
      ? 'This is the photo of a card. It is shown to whoever asks for it on purpose, with ' +
          'POST [base]/Binary/[id]/$reveal, Parameters that hold a valueCode named purpose, for some minutes.'
      : 'This is the photo of a card, which no app is shown.',
  );
}

/** The label of what comes without what it holds. */
export const MASKED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'MASKED',
  display: 'masked',
} as const;

/** A Binary without its data, which says by its label that there is more. */
export function masked(stored: Stored): Stored {
  const content = stored.content!;
  const { data: _, meta, ...rest } = readResource(content.bytes().toString());
  const labels = isObject(meta) ? valuesAt(meta, 'security') : [];
  const labelled = { ...rest, meta: { ...(isObject(meta) ? meta : {}), security: [...labels, MASKED] } };
  const bytes = Buffer.from(writeResource(labelled as ReturnType<typeof readResource>));
  return { ...stored, content: new Opened(bytes, content.origin) };
}
