/** The sessions of one's own account: where one is signed in, and ending that. */
import { notFound } from '../../base/errors.ts';
import type { PracticeId } from '../../base/ids.ts';
import type { SessionTerms, Visit } from '../../gate/index.ts';
import { secretTokenHash } from '../../seal/index.ts';
import { ownerOf } from '../factors/account-factors.ts';
import { type FactorStore, hasWayIn } from '../factors/factor-store.ts';
import type { DoorParts } from '../parts.ts';
import type { Devices } from './devices.ts';

export interface OwnSession {
  /** What notices call it: a digest of its hash. */
  readonly id: string;
  readonly practiceId: PracticeId;
  readonly openedAt: Date;
  readonly seenAt: Date | null;
  readonly until: Date;
  readonly client: string | null;
  readonly terms: SessionTerms;
}

interface Row {
  practice_id: PracticeId;
  name: string;
  opened_at: Date;
  seen_at: Date | null;
  expires_at: Date;
  client: string | null;
  terms: string;
}

export interface OwnSessionsParts extends DoorParts {
  readonly store: FactorStore;
  readonly devices: Devices;
}

export class OwnSessions {
  readonly #parts: OwnSessionsParts;

  constructor(parts: OwnSessionsParts) {
    this.#parts = parts;
  }

  /** Sessions of browsers, and those that the operator opened, the newest first; apps are not among them. */
  async list(visit: Visit): Promise<readonly OwnSession[]> {
    const { server } = this.#parts;
    const { rows } = await server.query<Row>(
      `select s.practice_id, s.name, s.opened_at, s.seen_at, s.expires_at, s.client, s.terms
       from postern.account_sessions($1) s`,
      [ownerOf(visit)],
    );
    return (
      rows
        .map((row) => ({
          id: row.name,
          practiceId: row.practice_id,
          openedAt: row.opened_at,
          seenAt: row.seen_at,
          until: row.expires_at,
          client: row.client,
          terms: termsIn(row.terms),
        }))
        .filter(({ client, terms }) => client === null && !terms.methods.includes('app'))
        // What one practice's provider vouches for is nothing to the sessions in others.
        .filter(({ practiceId }) => practiceId === visit.scope.practiceId || !isVouched(visit))
    );
  }

  /** What the page shows of them. */
  async describe(visit: Visit): Promise<object[]> {
    const { gate, devices } = this.#parts;
    const practices = new Map(
      (await gate.accounts.practicesOf(visit.scope.accountId)).map((each) => [each.practiceId, each]),
    );
    const sessions: object[] = [];
    for (const session of await this.list(visit)) {
      const { device, methods } = session.terms;
      const known = device !== null && /^[0-9a-f]{64}$/.test(device);
      const note = known ? await devices.noteOf(visit.scope.accountId, device) : null;
      const practice = practices.get(session.practiceId);
      sessions.push({
        id: session.id,
        current: session.id === nameOf(visit),
        practice: practice === undefined ? null : { slug: practice.slug, name: practice.name },
        openedAt: session.openedAt,
        seenAt: session.seenAt,
        until: session.until,
        methods,
        browser: note?.browser ?? null,
        system: note?.system ?? null,
        network: note?.network ?? null,
      });
    }
    return sessions;
  }

  /**
   * Ends one of them; another than the one that asks takes a touch, so that who finds a browser open puts
   * nobody out. Throws `not-found` where there is none of that id, or it is somebody else's; `step-up`.
   */
  async end(visit: Visit, id: string): Promise<void> {
    const session = (await this.list(visit)).find((each) => each.id === id);
    if (session === undefined) throw notFound();
    if (id !== nameOf(visit)) await this.#assertThere(visit);
    await this.#end(visit, session);
  }

  /** Ends all but the one that asks, and says how many. Takes a touch. */
  async endOthers(visit: Visit): Promise<number> {
    await this.#assertThere(visit);
    const own = nameOf(visit);
    const others = (await this.list(visit)).filter(({ id }) => id !== own);
    for (const session of others) await this.#end(visit, session);
    return others.length;
  }

  /** Whoever has no way in of their own, such as by a provider alone, has nothing to touch. */
  async #assertThere(visit: Visit): Promise<void> {
    const { store, gate } = this.#parts;
    if (hasWayIn(await store.of(ownerOf(visit)))) await gate.assertFresh(visit);
  }

  async #end(visit: Visit, { id }: OwnSession): Promise<void> {
    await this.#parts.gate.endNamedSession(visit.scope.accountId, id, visit.address);
  }
}

function nameOf({ scope }: Visit): string {
  return secretTokenHash(scope.sessionHash);
}

function isVouched({ scope }: Visit): boolean {
  return scope.terms.methods.includes('single-sign-on');
}

function termsIn(text: string): SessionTerms {
  const { methods = [], device = null, narrowing = null } = JSON.parse(text) as Partial<SessionTerms>;
  return { methods, device, narrowing };
}
