/**
 * Tokens that work with one key alone (DPoP, RFC 9449): shown without a proof of it, or with one that was
 * made for something else or shown before, they are no tokens.
 */
import { createHash } from 'node:crypto';
import type { AdapterFactory } from 'oidc-provider';
import type { Clock } from '../base/clock.ts';
import { headerOf, type Request } from '../base/exchange.ts';
import type { Scope } from '../gate/index.ts';
import { readDpopProof } from '../seal/index.ts';
import { BOUND_TO } from './token-sessions.ts';

/** How old a proof may be, and how far the clocks may differ. */
const WINDOW_SECONDS = 60;

export class KeyProofs {
  readonly #publicUrl: string;
  readonly #clock: Clock;
  readonly #kept: AdapterFactory;

  constructor({ publicUrl, clock, kept }: { publicUrl: string; clock: Clock; kept: AdapterFactory }) {
    this.#publicUrl = publicUrl;
    this.#clock = clock;
    this.#kept = kept;
  }

  /** Whether the token may be used in this request: bound to no key, or shown with a proof of that key. */
  async holds(
    request: Pick<Request, 'method' | 'path' | 'headers'>,
    token: string,
    byProof: boolean,
    { terms }: Pick<Scope, 'terms'>,
  ): Promise<boolean> {
    const bound = terms.device?.startsWith(BOUND_TO) === true ? terms.device.slice(BOUND_TO.length) : null;
    if (bound === null) return !byProof;
    const proof = byProof ? readDpopProof(headerOf(request, 'dpop') ?? '') : null;
    if (proof === null || proof.thumbprint !== bound) return false;
    const now = this.#clock.now().getTime() / 1000;
    const made = proof.htm === request.method && this.#isHere(proof.htu, request.path);
    const recent = Math.abs(now - proof.iat) <= WINDOW_SECONDS;
    if (!made || !recent || proof.ath !== createHash('sha256').update(token).digest('base64url'))
      return false;
    return this.#isNew(`${bound} ${proof.jti}`);
  }

  #isHere(htu: string, path: string): boolean {
    const url = URL.parse(htu);
    if (url === null) return false;
    const here = URL.parse(path, this.#publicUrl);
    return here !== null && url.origin === here.origin && url.pathname === here.pathname;
  }

  async #isNew(id: string): Promise<boolean> {
    try {
      await this.#kept('ReplayDetection').upsert(id, {}, 2 * WINDOW_SECONDS);
      return true;
    } catch (error) {
      if ((error as { error?: unknown }).error === 'invalid_request') return false;
      throw error;
    }
  }
}
