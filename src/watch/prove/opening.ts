/**
 * Whether the portal is open: in production only once `postern prove` has passed on this edition, at the
 * address that people use. While it is closed, what prove made is let through, or it could prove nothing.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { PracticeId } from '../../base/ids.ts';
import type { Opening } from '../../base/opening.ts';
import type { Keychain } from '../../gate/index.ts';
import { isCanaryMark, provedAt } from './proof.ts';

export interface ProvedOpeningParts {
  /** Connections of the server role. */
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly edition: string;
  readonly publicUrl: string;
}

/** While it is closed, strangers may ask often: the database is asked this seldom. */
const ASK_EVERY_MS = 1000;

export class ProvedOpening implements Opening {
  readonly #parts: ProvedOpeningParts;
  readonly #canaries = new Map<PracticeId, boolean>();
  #open = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<boolean> | null = null;

  constructor(parts: ProvedOpeningParts) {
    this.#parts = parts;
  }

  /** Once open, it stays so until the process ends: another edition is another process. */
  async isOpen(): Promise<boolean> {
    if (this.#open) return true;
    const now = this.#parts.clock.now().getTime();
    if (now - this.#askedAt < ASK_EVERY_MS) return false;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#askedAt = this.#parts.clock.now().getTime();
    });
    return this.#asking;
  }

  async letsIn(practiceId: PracticeId): Promise<boolean> {
    return (await this.isOpen()) || (await this.#isCanary(practiceId));
  }

  async #ask(): Promise<boolean> {
    const { server, keychain, edition, publicUrl } = this.#parts;
    const url = new URL(publicUrl).origin;
    this.#open = (await provedAt(server, keychain, { edition, url })) !== null;
    return this.#open;
  }

  async #isCanary(practiceId: PracticeId): Promise<boolean> {
    const known = this.#canaries.get(practiceId);
    if (known !== undefined) return known;
    const { server, keychain } = this.#parts;
    const { rows } = await server.query<{ mac: Buffer }>('select c.mac from postern.canary_practice($1) c', [
      practiceId,
    ]);
    const installation = await keychain.installation();
    const genuine = rows.some(({ mac }) => isCanaryMark(installation, 'practice', practiceId, mac));
    this.#canaries.set(practiceId, genuine);
    return genuine;
  }
}
