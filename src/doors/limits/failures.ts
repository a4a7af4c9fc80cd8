/**
 * Sign-ins that failed: each is a line, and a burst of them an incident, which officers are told. Counted
 * apart from what slows down whoever tries: stuffing comes from many networks over many accounts, and each
 * of them may be within its limits.
 */
import type { AccountId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { withoutSession } from '../../db/index.ts';
import type { Post } from '../../post/index.ts';
import { failureLine, type Lines } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import type { Limits, Subject } from './limits.ts';

export interface FailureParts extends Pick<DoorParts, 'server' | 'clock'> {
  readonly limits: Limits;
  readonly lines: Lines;
  readonly post: Pick<Post, 'enqueue'>;
}

export class Failures {
  readonly #parts: FailureParts;
  readonly #alarming = new Set<Promise<unknown>>();

  constructor(parts: FailureParts) {
    this.#parts = parts;
  }

  /** `accountId` is whom somebody tried to be, null where nobody is; `how` the way they tried. */
  async note(accountId: AccountId | null, how: string, address: string): Promise<void> {
    await this.#parts.lines.write(failureLine(accountId, how, address));
    // Counted in any case: that an address has no account must cost as much.
    const many = await this.#isMore({ limit: 'burst', of: '' });
    const manyOnOne = await this.#isMore({ limit: 'account-burst', of: accountId ?? '' });
    if (many) this.#alarm(null);
    if (manyOnOne && accountId !== null) this.#alarm(accountId);
  }

  /** Resolves once every alarm is raised. */
  async close(): Promise<void> {
    await Promise.all(this.#alarming);
  }

  async #isMore(subject: Subject): Promise<boolean> {
    try {
      await this.#parts.limits.take([subject]);
      return false;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'throttled') return true;
      throw error;
    }
  }

  /** Nobody waits for it: how long an answer takes must not tell whether there was somebody to tell. */
  #alarm(accountId: AccountId | null): void {
    const alarm = this.#raise(accountId)
      .catch(() => undefined)
      .finally(() => this.#alarming.delete(alarm));
    this.#alarming.add(alarm);
  }

  /** Whoever it is tried on hears of it as well; once an hour at most. Another failure raises it anew. */
  async #raise(accountId: AccountId | null): Promise<void> {
    const { server, post, clock } = this.#parts;
    await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ opened: boolean }>('select postern.sign_in_burst($1) as opened', [
        accountId,
      ]);
      if (rows[0]?.opened !== true || accountId === null) return;
      const facts = { at: clock.now() };
      await post.enqueue(tx as never, { kind: 'sign-in-burst', facts, to: { accountId } });
    });
  }
}
