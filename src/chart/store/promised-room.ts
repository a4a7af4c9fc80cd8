/**
 * Room that is taken for a file before its bytes come, and more of it as they come: many who send at once are
 * refused at the beginning, and not when all of it lies in the store. What is promised counts like what is
 * kept; the transaction that writes the file ends the promise.
 */
import { newId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { sealedSize } from '../../seal/index.ts';
import type { FileRoom } from '../file-content.ts';
import { endPromises, heldFiles, noRoom } from './file-room.ts';
import { inVisit, type StoreContext } from './store-context.ts';

const MIB = 1024 ** 2;
/** Of what comes without a length: so much is taken at first, and then twice as much each time. */
const FIRST_BYTES = MIB;
const MOST_STEP_BYTES = 64 * MIB;
const KEPT_MS = 3_600_000;
/** Long before it would end by itself. */
const RENEWED_MS = 600_000;

export class PromisedRoom {
  readonly id = newId<ResourceId>();
  readonly #context: StoreContext;
  readonly #visit: Visit;
  /** Of content. */
  #bytes = 0;
  #renewedAt = 0;

  private constructor(context: StoreContext, visit: Visit) {
    this.#context = context;
    this.#visit = visit;
  }

  /** Takes room for that many bytes; for a first few where nobody knows how many come. Throws `no-room`. */
  static async take(context: StoreContext, visit: Visit, bytes: number | null): Promise<PromisedRoom> {
    const promised = new PromisedRoom(context, visit);
    await promised.#have(bytes ?? FIRST_BYTES);
    return promised;
  }

  /** Sees to it that so many bytes have their room. Throws `no-room`. */
  async cover(bytes: number): Promise<void> {
    const isOld = performance.now() - this.#renewedAt > RENEWED_MS;
    if (bytes <= this.#bytes && !isOld) return;
    const step = Math.min(Math.max(this.#bytes, FIRST_BYTES), MOST_STEP_BYTES);
    const wanted = Math.max(bytes, bytes > this.#bytes ? this.#bytes + step : this.#bytes);
    if (await this.#has(wanted)) return;
    // A practice that is nearly full takes what just fits.
    await this.#have(bytes);
  }

  /** Never throws. Repeatable; also where the file was written. */
  async giveBack(): Promise<void> {
    await giveBack(this.#context, this.#visit, this.id);
  }

  async #have(bytes: number): Promise<void> {
    if (!(await this.#has(bytes))) throw noRoom();
  }

  async #has(bytes: number): Promise<boolean> {
    const { practiceId } = this.#visit.scope;
    const room = await this.#context.files.roomOf(practiceId);
    const has = await inVisit(this.#context, this.#visit, async (tx, { scope }) => {
      const held = await heldFiles(tx);
      if (!fits(held, room, sealedSize(bytes) - this.#held(), this.#bytes === 0)) return false;
      await tx.query({
        name: 'promise-room',
        text: `
          insert into postern.file_promise as p (practice_id, id, account_id, bytes, expires_at)
          values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')
          on conflict (practice_id, id) do update
          set bytes = excluded.bytes, expires_at = excluded.expires_at`,
        values: [practiceId, this.id, scope.accountId, sealedSize(bytes), KEPT_MS],
      });
      return true;
    });
    if (!has) return false;
    this.#bytes = bytes;
    this.#renewedAt = performance.now();
    return true;
  }

  #held(): number {
    return this.#bytes === 0 ? 0 : sealedSize(this.#bytes);
  }
}

function fits(held: FileRoom, room: FileRoom, more: number, isNew: boolean): boolean {
  return held.bytes + more <= room.bytes && held.files + (isNew ? 1 : 0) <= room.files;
}

export async function giveBack(context: StoreContext, visit: Visit, id: ResourceId): Promise<void> {
  await inVisit(context, visit, (tx, current) => endPromises(tx, current, [id])).catch(
    // It ends by itself, an hour from now.
    () => undefined,
  );
}
