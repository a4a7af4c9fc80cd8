/**
 * What a server does beside serving: it files again what older rules of the classifier filed, moves data of
 * files out of their rows, ends and narrows what parents hold as children grow up, says of sessions whose
 * time is over that they are, and removes what was begun to be sent and never ended, what nobody will ask for
 * from the store of files, and photos of cards whose day has come.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import type { AccountId } from '../base/ids.ts';
import { birthDatesIn } from '../chart/index.ts';
import { type CardUpkeepParts, collectBlobs, lookAfterCards } from '../documents/index.ts';
import { growUp } from '../doors/index.ts';
import { listPractices, type Postern } from './open-postern.ts';

/** Begins; `stop` waits for the step at hand, and the next start goes on from there. */
export function startUpkeep(
  postern: Postern,
  onError: (what: string, error: unknown) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const filing = fileAgain(postern, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) onError('Filing by newer rules failed; the next start tries again.', error);
  });
  const moving = moveData(postern, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted)
      onError('Files could not be moved out of their rows; the next start goes on.', error);
  });
  const families = keepFamilies(postern, stopping.signal, onError);
  const sessions = settleSessions(postern, stopping.signal, onError);
  const uploads = endUploads(postern, stopping.signal, onError);
  const files = collectFiles(postern, stopping.signal, onError);
  const cards = keepCards(postern, stopping.signal, onError);
  const keeping = keepDocuments(postern, stopping.signal, onError);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([filing, moving, families, sessions, uploads, files, cards, keeping]);
    },
  };
}

async function fileAgain(postern: Postern, signal: AbortSignal): Promise<void> {
  for (const { practiceId } of await listPractices(postern)) {
    if (signal.aborted) return;
    await postern.gate.asJob(practiceId, 'system-upkeep', 'reclassification', (visit) =>
      postern.store.reclassify(visit, { signal }),
    );
  }
}

async function moveData(postern: Postern, signal: AbortSignal): Promise<void> {
  for (const { practiceId } of await listPractices(postern)) {
    if (signal.aborted) return;
    await postern.gate.asJob(practiceId, 'system-upkeep', 'files', async (visit) => {
      // First, so that nobody waits for it behind gigabytes.
      await postern.store.cards.mark(visit, signal);
      await postern.store.moveDataToFiles(visit, signal);
    });
  }
}

/** What is done once a day is tried this often: each try is a session, with its line. */
const FAMILIES_EVERY_MS = 6 * 3_600_000;

async function keepFamilies(
  postern: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  const parts = { gate: postern.gate, clock: systemClock, birthDates: birthDatesIn(postern.store) };
  while (!signal.aborted) {
    try {
      for (const { practiceId } of await listPractices(postern)) {
        if (!signal.aborted) await growUp(parts, practiceId);
      }
    } catch (error) {
      if (!signal.aborted)
        onError('What parents hold could not be looked through; it is tried again.', error);
    }
    await delay(FAMILIES_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Their lines come as much later than their ends. */
const SESSIONS_EVERY_MS = 5 * 60_000;

async function settleSessions(
  { database }: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await database.owner.query('select postern.sessions_settle($1)', [systemClock.now()]);
    } catch (error) {
      if (!signal.aborted)
        onError('Sessions whose time is over could not be noted; it is tried again.', error);
    }
    await delay(SESSIONS_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const UPLOADS_EVERY_MS = 15 * 60_000;

async function endUploads(
  postern: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const swept = postern.uploads.sweep().then(() => postern.links.sweep());
    await swept.catch((error: unknown) => {
      if (!signal.aborted)
        onError('Uploads or links whose time is over could not be removed; it is tried again.', error);
    });
    await delay(UPLOADS_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const FILES_EVERY_MS = 24 * 3_600_000;

async function collectFiles(
  postern: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const practices = (await listPractices(postern)).map(({ practiceId }) => practiceId);
      const { database, blobs } = postern;
      // What was private at the start may have been opened since.
      await blobs.assertPrivate();
      await collectBlobs({ owner: database.owner, store: blobs, clock: systemClock, practices });
    } catch (error) {
      if (!signal.aborted)
        onError('The store of files is not as it should be, or could not be cleared.', error);
    }
    await delay(FILES_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Days begin by each practice's own clock; what was done today is not done again. */
const CARDS_EVERY_MS = 6 * 3_600_000;

async function keepCards(
  postern: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  const { gate, store: records, blobs: store } = postern;
  const parts: CardUpkeepParts = { gate, records, store, clock: systemClock, tell: tellOfCards(postern) };
  while (!signal.aborted) {
    try {
      for (const { practiceId } of await listPractices(postern)) {
        if (!signal.aborted) await lookAfterCards(parts, practiceId, signal);
      }
    } catch (error) {
      if (!signal.aborted) onError('Photos of cards could not be looked after; it is tried again.', error);
    }
    await delay(CARDS_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** To the patient and who shares the record, that something ends soon; not what, which the portal says. */
export function tellOfCards({ gate, post }: Pick<Postern, 'gate' | 'post'>): CardUpkeepParts['tell'] {
  return (visit, chartId) =>
    gate.grants.within(visit, async (tx, { scope: { practiceId } }) => {
      const { rows } = await tx.query<{ name: string; account: AccountId }>(
        `select p.name, s as account
         from postern.practices() p, postern.chart_sharers($1, $2) s
         where p.practice_id = $1`,
        [practiceId, chartId],
      );
      for (const { name, account } of rows) {
        const mail = { kind: 'ends-soon', facts: { practice: name }, to: { accountId: account } } as const;
        await post.enqueue(tx as never, { ...mail, practiceId });
      }
    });
}

const DOCUMENTS_EVERY_MS = 24 * 3_600_000;

/** Lists what is due by the rules of each practice, and destroys what was approved. */
async function keepDocuments(
  postern: Postern,
  signal: AbortSignal,
  onError: (what: string, error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    for (const { practiceId } of await listPractices(postern).catch(() => [])) {
      if (signal.aborted) break;
      await postern.retention.lookThrough(practiceId).catch((error: unknown) => {
        if (!signal.aborted)
          onError('What is due to be destroyed could not be listed; it is tried again.', error);
      });
    }
    await delay(DOCUMENTS_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
