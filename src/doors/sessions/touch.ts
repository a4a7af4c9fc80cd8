/** A fresh touch within a session: that the person is there, and not only their browser (ADR 0090). */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Visit } from '../../gate/index.ts';
import { ownerOf } from '../factors/account-factors.ts';
import type { Codes } from '../factors/codes.ts';
import { type FactorStore, single } from '../factors/factor-store.ts';
import type { Passkeys } from '../factors/passkeys.ts';
import { type Asked, ceremonyIn, textIn } from '../json-exchange.ts';
import { type Limits, ofNetwork, type Subject } from '../limits/limits.ts';
import { type Lines, ownLine } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import { type PassphraseDoor, wrong } from '../signing-in/passphrase-door.ts';

export interface TouchParts extends DoorParts {
  readonly store: FactorStore;
  readonly passkeys: Passkeys;
  readonly codes: Codes;
  readonly passphraseDoor: PassphraseDoor;
  readonly limits: Limits;
  readonly lines: Lines;
}

/** As long as the gate takes a touch for fresh. */
const FRESH_SECONDS = 300;

export class Touch {
  readonly #parts: TouchParts;

  constructor(parts: TouchParts) {
    this.#parts = parts;
  }

  /** What the page may ask the person for. */
  async options(visit: Visit): Promise<object> {
    const { store, passkeys } = this.#parts;
    const factors = await store.of(ownerOf(visit));
    const passphrase = single(factors, 'passphrase') !== null && single(factors, 'totp') !== null;
    return { options: await passkeys.touchOptions(visit.scope), passphrase, origin: passkeys.origin };
  }

  /**
   * Takes the touch, and says until when it counts, with the token that takes the place of the browser's
   * where it is told. Throws `invalid`, and `throttled` after too many.
   */
  async take(visit: Visit, asked: Asked, browserToken: string | null) {
    const { gate, limits, lines, clock } = this.#parts;
    const accountId = ownerOf(visit);
    const subjects: Subject[] = [{ limit: 'code', of: `touch ${accountId}` }];
    if (visit.address !== null) subjects.push(ofNetwork(visit.address));
    await limits.take(subjects);
    if (!(await this.#isThem(visit, asked))) {
      await lines.write(ownLine(visit, 'touch', null, 'refused'));
      throw wrong();
    }
    await limits.give(subjects);
    await lines.write(ownLine(visit, 'touch', null));
    const token = await gate.freshen(visit, browserToken);
    return { freshUntil: new Date(clock.now().getTime() + FRESH_SECONDS * 1000), token };
  }

  async #isThem(visit: Visit, asked: Asked): Promise<boolean> {
    const { passkeys, store, codes, passphraseDoor } = this.#parts;
    if (asked.response !== undefined) {
      const response = ceremonyIn<AuthenticationResponseJSON>(asked);
      return (await passkeys.check(response, visit.scope)) !== null;
    }
    const [passphrase, code] = [textIn(asked, 'passphrase', 4096), textIn(asked, 'code', 100)];
    const factors = await store.of(visit.scope.accountId);
    if (!(await passphraseDoor.matches(passphrase, single(factors, 'passphrase')))) return false;
    return (await codes.take(factors, code)) !== null;
  }
}
