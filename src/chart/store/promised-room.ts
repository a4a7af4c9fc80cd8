/**
 * Room that is taken for a file before its bytes come, and more of it as they come: many who send at once are
 * refused at the beginning, and not when all of it lies in the store. What is promised counts like what is
 * kept; the transaction that writes the file ends the promise.
 */
import { newId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { sealedSize } from '../../seal/index.ts';
import { endPromises, noRoom } from './file-room.ts';
import { askingInVisit, inVisit, type StoreContext } from './store-context.ts';

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

  /**
   * In one round trip, and not on disk before it is answered, so that those who wait for their turn wait for
   * no disk: a promise that is lost with the database's process holds nothing, and what it was made for asks
   * again when it is written.
   */
  async #has(bytes: number): Promise<boolean> {
    const { practiceId } = this.#visit.scope;
    const room = await this.#context.files.roomOf(practiceId);
    const values = [practiceId, this.id, sealedSize(bytes), KEPT_MS, room.bytes, room.files];
    const has = await askingInVisit(this.#context, this.#visit, async (asking, { scope }) => {
      const { rowCount } = await asking.query({
        name: 'promise-room',
        text: PROMISE,
        values: [...values, scope.accountId],
      });
      return rowCount === 1;
    });
    if (!has) return false;
    this.#bytes = bytes;
    this.#renewedAt = performance.now();
    return true;
  }
}

/** What was promised before counts as ours while it is not about to end. */
const PROMISE = `
with held as materialized (
  select h.bytes, h.files, set_config('synchronous_commit', 'off', true)
  from postern.files_held() h
), own as materialized (
  select coalesce(sum(p.bytes), 0) as bytes, count(*) as files
  from postern.file_promise p
  where p.practice_id = $1
    and p.id = $2
    and p.expires_at > clock_timestamp() + interval '1 minute'
)
insert into postern.file_promise as p (practice_id, id, account_id, bytes, expires_at)
select $1, $2, $7, $3::bigint, clock_timestamp() + $4 * interval '1 millisecond'
from held h, own o
where h.bytes - o.bytes + $3::bigint <= $5::bigint
  and h.files - o.files + 1 <= $6::bigint
on conflict (practice_id, id) do update
set bytes = excluded.bytes, expires_at = excluded.expires_at`;

export async function giveBack(context: StoreContext, visit: Visit, id: ResourceId): Promise<void> {
  await inVisit(context, visit, (tx, current) => endPromises(tx, current, [id])).catch(
    // It ends by itself, an hour from now.
    () => undefined,
  );
}
