/**
 * What a person does to the factors of their own account. Changing them takes a fresh touch, once there is a
 * factor to touch; the last way in stays.
 */
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { notFound, PosternError } from '../../base/errors.ts';
import type { Visit } from '../../gate/index.ts';
import { type AccessLine, appendLineOf, type LineEntry } from '../../ledger/index.ts';
import type { Factor as FactorWord, Post } from '../../post/index.ts';
import { hashPassphrase } from '../../seal/index.ts';
import { type Limits, ofNetwork, type Subject } from '../limits/limits.ts';
import { type DoorAction, type Lines, ownLine } from '../lines.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import type { PassphraseDoor } from '../signing-in/passphrase-door.ts';
import type { Codes } from './codes.ts';
import {
  bare,
  type Factor,
  type FactorStore,
  hasWayIn,
  type Kept,
  type Passkey,
  type Passphrase,
  passkeysOf,
  single,
  type Tell,
} from './factor-store.ts';
import type { Passkeys } from './passkeys.ts';
import { normalPassphrase, type PassphraseProblem, problemOf } from './passphrase-rules.ts';

export interface AccountFactorParts extends DoorParts {
  readonly store: FactorStore;
  readonly passkeys: Passkeys;
  readonly codes: Codes;
  readonly lines: Lines;
  readonly limits: Limits;
  readonly passphraseDoor: Pick<PassphraseDoor, 'matches'>;
  readonly post: Pick<Post, 'enqueue'>;
}

/** Longest name of a passkey, in UTF-16 units. */
const NAME_LENGTH = 60;

export class AccountFactors {
  readonly #parts: AccountFactorParts;

  constructor(parts: AccountFactorParts) {
    this.#parts = parts;
  }

  /** Everything that the account's page shows; no secret is in it. */
  async overview(visit: Visit): Promise<object> {
    const { store, passkeys, gate } = this.#parts;
    const factors = await store.of(ownerOf(visit));
    const account = await gate.accounts.describeAccount(visit.scope.accountId);
    const practices = await gate.accounts.practicesOf(visit.scope.accountId);
    const [passphrase, app, recovery] = [
      single(factors, 'passphrase'),
      single(factors, 'totp'),
      single(factors, 'recovery-codes'),
    ];
    return {
      account: { name: account?.name ?? null, email: account?.email ?? null },
      practices: practices.map(({ slug, name }) => ({ slug, name })),
      enough: hasWayIn(factors),
      origin: passkeys.origin,
      passkeys: passkeysOf(factors).map(toldOf),
      passphrase: passphrase && { setAt: timeOf(passphrase.madeAt), usedAt: timeOf(passphrase.usedAt) },
      totp: app && { madeAt: timeOf(app.madeAt), usedAt: timeOf(app.usedAt) },
      recoveryCodes: recovery && { madeAt: timeOf(recovery.madeAt), left: recovery.left.length },
    };
  }

  async passkeyOptions(visit: Visit): Promise<object> {
    const { passkeys, gate } = this.#parts;
    await this.#mayChange(visit);
    const account = await gate.accounts.describeAccount(visit.scope.accountId);
    if (account === null) throw notFound();
    return { options: await passkeys.makeOptions(visit.scope, account), origin: passkeys.origin };
  }

  async addPasskey(visit: Visit, response: RegistrationResponseJSON, name: string): Promise<object> {
    // The challenge says that the touch was fresh when it was given out, to this very session.
    const { accountId } = { accountId: ownerOf(visit) };
    const named = nameIn(name === '' ? 'Passkey' : name);
    const passkey = await this.#parts.passkeys.make(
      { ...visit.scope, accountId },
      response,
      named,
      await this.#tells(visit, 'factor-added', 'passkey', noting('factor-add', 'Passkey')),
    );
    return toldOf(passkey);
  }

  async renamePasskey(visit: Visit, id: string, name: string): Promise<object> {
    const { store } = this.#parts;
    const named = nameIn(name);
    for (let round = 0; round < 5; round += 1) {
      const passkey = passkeysOf(await store.of(ownerOf(visit))).find((each) => each.id === id);
      if (passkey === undefined) throw notFound();
      if (await store.change(passkey, { ...bare(passkey), name: named })) {
        await this.#note(visit, 'factor-change', ['Passkey', id]);
        return toldOf({ ...passkey, name: named });
      }
    }
    throw new PosternError('unavailable', 'The passkey is in use. Try again.');
  }

  async removePasskey(visit: Visit, id: string): Promise<void> {
    const { store } = this.#parts;
    const accountId = ownerOf(visit);
    if (!passkeysOf(await store.of(accountId)).some((each) => each.id === id)) throw notFound();
    await this.#mayChange(visit);
    await this.#remove(visit, [id], 'passkey', noting('factor-remove', 'Passkey'));
  }

  /**
   * Null where the passphrase was taken. In place of another, that one is asked for beside the touch: whoever
   * has the browser and a code may still not know it. Throws `throttled` after too many that are not it.
   */
  async setPassphrase(
    visit: Visit,
    { typed, current, practice }: { typed: string; current: string | null; practice: string },
  ): Promise<PassphraseProblem | 'not-current' | null> {
    const { store, gate, clock } = this.#parts;
    await this.#mayChange(visit);
    const account = await gate.accounts.describeAccount(ownerOf(visit));
    const factors = await store.of(visit.scope.accountId);
    const kept = single(factors, 'passphrase');
    if (kept !== null && !(await this.#isCurrent(visit, kept, current ?? ''))) return 'not-current';
    const problem = await problemOf(typed, [account?.email ?? '', account?.name ?? '', practice]);
    if (problem !== null) return problem;
    const hash = await hashPassphrase(normalPassphrase(typed));
    const passphrase = { kind: 'passphrase', hash, madeAt: secondsOf(clock), usedAt: null } as const;
    const action = kept === null ? 'factor-add' : 'factor-change';
    const tell = await this.#tells(visit, 'factor-added', 'passphrase', noting(action, 'Passphrase'));
    await store.put(visit.scope.accountId, passphrase, tell);
    return null;
  }

  async #isCurrent(visit: Visit, kept: Kept<Passphrase>, typed: string): Promise<boolean> {
    const { limits, lines, passphraseDoor } = this.#parts;
    const subjects: Subject[] = [{ limit: 'code', of: `touch ${visit.scope.accountId}` }];
    if (visit.address !== null) subjects.push(ofNetwork(visit.address));
    await limits.take(subjects);
    if (!(await passphraseDoor.matches(typed, kept))) {
      await lines.write(ownLine(visit, 'factor-change', ['Passphrase', kept.id], 'refused'));
      return false;
    }
    await limits.give(subjects);
    return true;
  }

  /** Takes the passphrase away, and with it what only served beside it. */
  async removePassphrase(visit: Visit): Promise<void> {
    const factors = await this.#parts.store.of(ownerOf(visit));
    const beside = factors.filter(({ kind }) => kind !== 'passkey');
    const passphrase = single(factors, 'passphrase');
    if (passphrase === null) throw notFound();
    await this.#mayChange(visit);
    await this.#remove(
      visit,
      beside.map(({ id }) => id),
      'passphrase',
      (line, ids) => {
        const kinds = new Map(beside.map(({ id, kind }) => [id, kind]));
        const entries = ids.map((id): LineEntry => [null, TYPES[kinds.get(id)!], id, null]);
        return { ...line, action: 'factor-remove', entries };
      },
    );
  }

  async proposeCodes(visit: Visit): Promise<object> {
    const { gate, codes } = this.#parts;
    await this.#mayChange(visit);
    const account = await gate.accounts.describeAccount(ownerOf(visit));
    return codes.propose(visit.scope, account?.email ?? '');
  }

  /** Recovery codes, shown this once, where the account had none. Throws `invalid` for a wrong code. */
  async confirmCodes(visit: Visit, ticket: string, code: string): Promise<string[] | null> {
    const { store, codes } = this.#parts;
    const accountId = ownerOf(visit);
    const noted = noting('factor-add', 'CodeApp');
    const tell = await this.#tells(visit, 'factor-added', 'authenticator', noted);
    if (!(await codes.confirm(visit.scope, ticket, code, tell))) {
      throw new PosternError('invalid', 'That is not the code of now. Wait for the next one and type that.');
    }
    const standing = single(await store.of(accountId), 'recovery-codes');
    return standing === null ? this.#renewRecovery(visit) : null;
  }

  async renewRecovery(visit: Visit): Promise<string[]> {
    await this.#mayChange(visit);
    return this.#renewRecovery(visit);
  }

  async #renewRecovery(visit: Visit): Promise<string[]> {
    const accountId = ownerOf(visit);
    const noted = noting('factor-change', 'RecoveryCodes');
    const tell = await this.#tells(visit, 'factor-added', 'recovery-codes', noted);
    return this.#parts.codes.renewRecovery(accountId, tell);
  }

  async #remove(visit: Visit, ids: readonly string[], factor: FactorWord, noted: Noted): Promise<void> {
    const tell = await this.#tells(visit, 'factor-removed', factor, noted);
    const outcome = await this.#parts.store.remove(visit.scope.accountId, ids, tell);
    if (outcome === 'absent') throw notFound();
    if (outcome === 'removed') return;
    throw new PosternError('conflict', 'That is the last way into this account. Add another one first.');
  }

  /** An account without a way in has nothing to touch: whoever was let in makes the first one. */
  async #mayChange(visit: Visit): Promise<void> {
    const { store, gate } = this.#parts;
    // A practice's provider says who works there; the account is the person's, in every practice.
    const vouched = visit.scope.terms.methods.includes('single-sign-on');
    if (vouched || hasWayIn(await store.of(ownerOf(visit)))) await gate.assertFresh(visit);
  }

  /**
   * The line, and the mail that tells the account's owner, who may not be who did it. Of what makes the first
   * way in after an invitation, that mail told.
   */
  async #tells(
    visit: Visit,
    kind: 'factor-added' | 'factor-removed',
    factor: FactorWord,
    noted: Noted,
  ): Promise<Tell> {
    const { post, clock, store } = this.#parts;
    const isFirst = kind === 'factor-added' && !hasWayIn(await store.of(visit.scope.accountId));
    const isTold = isFirst && visit.scope.terms.invited === true;
    const to = { accountId: visit.scope.accountId };
    return async (tx, ids) => {
      await appendLineOf(tx as never, noted(ownLine(visit, 'factor-change', null), ids));
      if (!isTold) await post.enqueue(tx as never, { kind, facts: { factor, at: clock.now() }, to });
    };
  }

  async #note(visit: Visit, action: DoorAction, what: readonly [string, string]): Promise<void> {
    await this.#parts.lines.write(ownLine(visit, action, what));
  }
}

/** The person whose session it is. Throws `not-found` for an app's, a job's and a token's of a script. */
export function ownerOf({ scope }: Visit) {
  if (scope.system || scope.client !== null || scope.terms.methods.includes('app')) throw notFound();
  return scope.accountId;
}

function nameIn(name: string): string {
  const named = name.trim().normalize('NFC');
  if (named !== '' && named.length <= NAME_LENGTH && !/\p{C}/u.test(named)) return named;
  throw new PosternError('invalid', `A name has 1 to ${NAME_LENGTH} letters.`);
}

function toldOf({ id, name, madeAt, usedAt, synced, transports }: Kept<Passkey>): object {
  return { id, name, madeAt: timeOf(madeAt), usedAt: timeOf(usedAt), synced, transports };
}

function timeOf(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

/** What the line of a change says of those factors. */
type Noted = (line: AccessLine, ids: readonly string[]) => AccessLine;

/** What kinds of factors are called in lines. */
const TYPES: Readonly<Record<Factor['kind'], string>> = {
  passkey: 'Passkey',
  passphrase: 'Passphrase',
  totp: 'CodeApp',
  'recovery-codes': 'RecoveryCodes',
};

function noting(action: DoorAction, type: string): Noted {
  return (line, ids) => ({
    ...line,
    action,
    entries: ids.map((id): LineEntry => [null, type, id, null]),
  });
}
