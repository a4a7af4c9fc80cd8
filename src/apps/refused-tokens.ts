/**
 * Lines of tokens that were refused: the first of its kind at once, then how many more there were, once a
 * minute. Whoever tries a thousand times a second must not fill the access log, nor hide in it.
 */
import { type LineId, newId, type PracticeId } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import type { LineEntry, LineWriter } from '../ledger/index.ts';

export interface RefusedToken {
  /** Of whom the client acts for; the installation where that is not known. */
  readonly practiceId: PracticeId;
  /** Null for none that is registered: what strangers make up is not written down. */
  readonly clientId: string | null;
  /** A word of RFC 6749 or RFC 7009, such as `invalid_grant`. */
  readonly error: string;
  readonly address: string;
}

interface Kind {
  more: number;
  readonly first: RefusedToken;
}

const EVERY_MS = 60_000;
/** Networks are told apart for so many kinds; beyond, all others are one. */
const MOST_KINDS = 1000;

export class RefusedTokens {
  readonly #lines: Pick<LineWriter, 'write'>;
  readonly #everyMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #kinds = new Map<string, Kind>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    lines: Pick<LineWriter, 'write'>,
    { everyMs = EVERY_MS, onError = () => undefined }: RefusedTokensOptions = {},
  ) {
    this.#lines = lines;
    this.#everyMs = everyMs;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.#sum(), this.#everyMs);
    this.#timer.unref();
  }

  /** Resolves when it is written down, or counted. */
  async note(refused: RefusedToken): Promise<void> {
    const network = this.#kinds.size < MOST_KINDS ? networkOf(refused.address) : 'others';
    const name = JSON.stringify([refused.practiceId, refused.clientId, refused.error, network]);
    const known = this.#kinds.get(name);
    if (known !== undefined) {
      known.more += 1;
      return;
    }
    this.#kinds.set(name, { more: 0, first: refused });
    await this.#write(refused, []);
  }

  /** Says how many more there were, and forgets a kind that has not come again. */
  async #sum(): Promise<void> {
    const due = [...this.#kinds];
    const writing: Promise<void>[] = [];
    for (const [name, kind] of due) {
      if (kind.more === 0) this.#kinds.delete(name);
      else writing.push(this.#write(kind.first, [[null, 'Times', String(kind.more), null]]));
      kind.more = 0;
    }
    for (const { status, ...outcome } of await Promise.allSettled(writing)) {
      if (status === 'rejected') this.#onError((outcome as { reason?: unknown }).reason);
    }
  }

  /** Says what is left to say. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sum();
  }

  #write({ practiceId, clientId, error, address }: RefusedToken, more: readonly LineEntry[]): Promise<void> {
    const client: LineEntry[] = clientId === null ? [] : [[null, 'Client', clientId, null]];
    return this.#lines.write({
      practiceId,
      id: newId<LineId>(),
      sessionHash: null,
      accountId: null,
      behalfOf: null,
      purpose: 'app',
      action: 'token-refused',
      outcome: 'refused',
      client: clientId,
      address,
      entries: [...client, [null, 'Error', error, null], ...more],
      detail: null,
      bytes: null,
      closes: null,
    });
  }
}

export interface RefusedTokensOptions {
  readonly everyMs?: number;
  /** Told of a count that could not be written. */
  readonly onError?: (error: unknown) => void;
}
