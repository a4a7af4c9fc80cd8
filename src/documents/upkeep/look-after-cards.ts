/**
 * The daily work on photo IDs and insurance cards: their photos are destroyed on the day that was set when
 * somebody checked them, or when they ended; before one ends, the desk gets a task and the patient a mail.
 */
import type { Clock } from '../../base/clock.ts';
import { type ChartId, type PracticeId, parseId, type ResourceId } from '../../base/ids.ts';
import {
  type ChartStore,
  checkOf,
  dayBefore,
  expiryOf,
  type FhirResource,
  isCard,
  isObject,
  parseReference,
  valuesAt,
  withCheck,
} from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { BlobStore } from '../blobs/blob-store.ts';

export interface CardUpkeepParts {
  readonly gate: Pick<Gate, 'asJob' | 'settings'>;
  readonly records: ChartStore;
  readonly store: Pick<BlobStore, 'remove'>;
  readonly clock: Clock;
  /** Tells the patient that something of theirs ends soon, and not what. */
  tell(visit: Visit, chartId: ChartId): Promise<void>;
}

export interface CardsLookedAfter {
  readonly destroyed: number;
  readonly reminded: number;
}

/** Of the task that the desk gets; see `Task.code`. */
export const CARD_ENDS = { system: 'urn:postern:task', code: 'card-ends' } as const;

/** Repeatable: what was done is not done again. */
export async function lookAfterCards(
  parts: CardUpkeepParts,
  practiceId: PracticeId,
  signal?: AbortSignal,
): Promise<CardsLookedAfter> {
  const { gate, records, clock } = parts;
  const settings = await gate.settings.of(practiceId);
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: settings.timeZone }).format(clock.now());
  return gate.asJob(practiceId, 'system-upkeep', 'cards', async (visit) => {
    let [destroyed, reminded] = [0, 0];
    for (let after: ResourceId | null = null; ; ) {
      const page: Awaited<ReturnType<ChartStore['cards']['waiting']>> = await records.cards.waiting(
        visit,
        today,
        after,
      );
      for (const { document, isDue, isToRemind } of page) {
        if (signal?.aborted === true) return { destroyed, reminded };
        const one = await lookAfter(parts, visit, document, {
          today,
          days: settings.cardDays,
          isDue,
          isToRemind,
        });
        destroyed += one.destroyed;
        reminded += one.reminded;
      }
      const last = page.at(-1);
      if (last === undefined) return { destroyed, reminded };
      after = last.document;
    }
  });
}

interface Waiting {
  readonly today: string;
  readonly days: number;
  readonly isDue: boolean;
  readonly isToRemind: boolean;
}

async function lookAfter(
  parts: CardUpkeepParts,
  visit: Visit,
  document: ResourceId,
  { today, days, isDue, isToRemind }: Waiting,
): Promise<CardsLookedAfter> {
  const { records } = parts;
  const stored = await records.read(visit, 'DocumentReference', document);
  const resource = stored?.content?.json<FhirResource>() ?? null;
  if (stored === null || resource === null || !isCard(resource)) {
    // Its document was deleted: nobody comes upon the photo any more, and it was kept for nothing else.
    await records.cards.settle(visit, document, { due: null, reminded: today });
    return { destroyed: 0, reminded: 0 };
  }
  let reminded = 0;
  const expires = expiryOf(resource);
  if (isToRemind) {
    const isOver = expires === null || expires < today;
    if (!isOver) {
      await remind(parts, visit, resource, document, expires);
      reminded = 1;
    }
    await records.cards.settle(visit, document, { due: dueOf(resource), reminded: today });
  }
  if (!isDue) return { destroyed: 0, reminded };
  const ends = checkOf(resource).until ?? dayBefore(expires ?? today, -days);
  if (ends > today) {
    await records.cards.settle(visit, document, { due: ends, reminded: null });
    return { destroyed: 0, reminded };
  }
  const isGone = await destroy(parts, visit, resource, stored.version);
  return { destroyed: isGone ? 1 : 0, reminded };
}

function chartOf(resource: FhirResource): ChartId | null {
  const [subject] = valuesAt(resource, 'subject.reference');
  const named = parseReference(String(subject));
  return named.kind === 'local' ? parseId<ChartId>(named.id) : null;
}

function dueOf(resource: FhirResource): string | null {
  return checkOf(resource).destroyed === null ? (checkOf(resource).until ?? expiryOf(resource)) : null;
}

/**
 * The files first: where this ends in between, the next day finds the document as it was. Whether any of them
 * is gone. What somebody holds is looked at again tomorrow; what something else names is not this card's to
 * take along, and stays, masked.
 */
async function destroy(
  { records, store, clock }: CardUpkeepParts,
  visit: Visit,
  resource: FhirResource,
  version: number,
): Promise<boolean> {
  const { practiceId } = visit.scope;
  const document = resource.id as ResourceId;
  const gone: ResourceId[] = [];
  for (const file of await records.cards.files(visit, document)) {
    const became = await records.cards.destroyFile(visit, document, file);
    if (became === 'held') return false;
    if (became === 'kept') continue;
    gone.push(file);
    for (const blobId of became.blobs) {
      // What cannot be removed now opens for nobody, and is collected later.
      await store.remove({ practiceId, blobId }).catch(() => undefined);
    }
  }
  if (gone.length === 0) {
    await records.cards.settle(visit, document, { due: null, reminded: null });
    return false;
  }
  const content = valuesAt(resource, 'content')
    .filter(isObject)
    .map((one) => (names(one, gone) ? withoutFile(one) : one));
  const check = { ...checkOf(resource), destroyed: clock.now().toISOString() };
  const next = withCheck({ ...resource, content }, check);
  await records.update(visit, 'DocumentReference', document, next, { ifMatch: version });
  return true;
}

function names({ attachment }: { readonly [name: string]: unknown }, files: readonly ResourceId[]): boolean {
  const url = isObject(attachment) && typeof attachment.url === 'string' ? attachment.url : '';
  return files.some((file) => url.includes(file));
}

/** What is left of an attachment: what it was called, so that the record says that there was one. */
function withoutFile({ attachment }: { readonly [name: string]: unknown }): object {
  const title = isObject(attachment) && typeof attachment.title === 'string' ? attachment.title : 'Photo';
  return { attachment: { title } };
}

/** A task of the desk, which stands until somebody says that it is done; and a mail without any detail. */
async function remind(
  { records, tell, clock }: CardUpkeepParts,
  visit: Visit,
  resource: FhirResource,
  document: ResourceId,
  expires: string,
): Promise<void> {
  const chartId = chartOf(resource);
  if (chartId === null) return;
  await records.create(visit, {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ ...CARD_ENDS, display: 'A card ends soon' }] },
    focus: { reference: `DocumentReference/${document}` },
    for: { reference: `Patient/${chartId}` },
    authoredOn: clock.now().toISOString(),
    restriction: { period: { end: expires } },
  });
  await tell(visit, chartId);
}
