/** The chart store as far as it is about photo IDs and insurance cards. As there, a bare id opens nothing. */
import type { ResourceId } from '../base/ids.ts';
import type { Visit } from '../gate/index.ts';
import { markedAmong } from './store/card-marks.ts';
import { destroyFile, type FileGone } from './store/destroy-file.ts';
import { markStandingCards } from './store/mark-standing-cards.ts';
import { type RevealPurpose, revealFile } from './store/reveal-file.ts';
import { inVisit, type StoreContext } from './store/store-context.ts';
import { filesOfCard, settleCard, type WaitingCard, waitingCards } from './store/waiting-cards.ts';

export class CardStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * Shows the photo of a card to the session for some minutes, which a line says first; answers until when.
   * Null for what is hidden and absent. Throws `not-processable` for what is no such photo, `masked` for an
   * app. Authority: `open`.
   */
  async reveal(visit: Visit, file: string, purpose: RevealPurpose): Promise<Date | null> {
    return revealFile(this.#context, visit, file, purpose);
  }

  /** Those of the files and documents that are cards, whether the session was shown one or not. */
  async marked(visit: Visit, ids: readonly ResourceId[]): Promise<ReadonlySet<ResourceId>> {
    return inVisit(this.#context, visit, (tx) => markedAmong(tx, ids));
  }

  /** Masks photos of cards that stand from before they were. Resumable. For an upkeep scope. */
  async mark(visit: Visit, signal?: AbortSignal): Promise<number> {
    return markStandingCards(this.#context, visit, signal);
  }

  /** Cards to be looked at on a day, behind that one; empty where no more wait. For an upkeep scope. */
  async waiting(visit: Visit, day: string, after: ResourceId | null): Promise<readonly WaitingCard[]> {
    return waitingCards(this.#context, visit, day, after);
  }

  /** Every file that a card ever had. For an upkeep scope. */
  async files(visit: Visit, document: ResourceId): Promise<readonly ResourceId[]> {
    return filesOfCard(this.#context, visit, document);
  }

  /**
   * Destroys the photo of a card for good, in all its versions, and deletes its record; answers the blobs
   * that are left to be removed, or why it stays: somebody holds it, or something else names it. Repeatable.
   * For an upkeep scope.
   */
  async destroyFile(visit: Visit, document: ResourceId, file: ResourceId): Promise<FileGone> {
    return destroyFile(this.#context, visit, document, file);
  }

  /** When a card is to be looked at next, and that somebody was reminded of it. For an upkeep scope. */
  async settle(
    visit: Visit,
    document: ResourceId,
    next: { readonly due: string | null; readonly reminded: string | null },
  ): Promise<void> {
    await settleCard(this.#context, visit, document, next);
  }
}
