/** The identity providers of practices, as they are kept: sealed with their secrets, a version per change. */
import { notFound, PosternError } from '../../base/errors.ts';
import type { PracticeId } from '../../base/ids.ts';
import { administers, type Visit } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../../seal/index.ts';
import { ownLine } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import { type Provider, providerIn } from './provider-terms.ts';

export interface StandingProviders {
  /** Counts changes; 0 where there never was one. */
  readonly version: number;
  readonly providers: readonly Provider[];
}

/** More would be a list that nobody looks through. */
const MOST_PROVIDERS = 5;

export class Providers {
  readonly #parts: DoorParts;
  readonly #atHome: boolean;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#atHome = new URL(parts.publicUrl).protocol === 'http:';
  }

  async of(practiceId: PracticeId): Promise<StandingProviders> {
    const { server, keychain } = this.#parts;
    const { rows } = await server.query<{ version: number; sealed: Buffer }>(
      'select s.version, s.sealed from postern.single_sign_on_of($1) s',
      [practiceId],
    );
    const [row] = rows;
    if (row === undefined) return { version: 0, providers: [] };
    const keys = await keychain.of(practiceId);
    return { version: row.version, providers: open(keys, row.version, row.sealed) };
  }

  /**
   * Sets one provider, in place of the one of that id. Authority: `administer`. Only the operator says that
   * it may lie in a private network, and what was said so stays with its issuer. Throws `invalid`, and
   * `version-conflict` where somebody else changed them meanwhile.
   */
  async set(visit: Visit, asked: Readonly<Record<string, unknown>>): Promise<Provider> {
    const { version, providers } = await this.of(visit.scope.practiceId);
    const id = asked.id ?? 'main';
    const before = providers.find((each) => each.id === id) ?? null;
    const stays = before?.privateNetwork === true && before.issuer === asked.issuer;
    const privateNetwork = stays || (visit.scope.system && asked.privateNetwork === true);
    const provider = providerIn(asked, before, { atHome: this.#atHome, privateNetwork });
    const others = providers.filter((each) => each.id !== provider.id);
    if (others.some(({ issuer }) => issuer === provider.issuer)) {
      throw new PosternError('conflict', 'Another provider of the practice has that issuer.');
    }
    if (others.length >= MOST_PROVIDERS) {
      throw new PosternError('conflict', `A practice may have ${MOST_PROVIDERS} providers.`);
    }
    await this.#put(visit, version, [...others, provider], 'single-sign-on-set', provider.id);
    return provider;
  }

  /** Ends one. Authority: `administer`. Throws not-found where there is none of that id. */
  async end(visit: Visit, id: string): Promise<void> {
    const { version, providers } = await this.of(visit.scope.practiceId);
    const left = providers.filter((each) => each.id !== id);
    if (left.length === providers.length) throw notFound();
    await this.#put(visit, version, left, 'single-sign-on-end', id);
  }

  async #put(
    visit: Visit,
    version: number,
    providers: readonly Provider[],
    action: 'single-sign-on-set' | 'single-sign-on-end',
    id: string,
  ): Promise<void> {
    const { gate, keychain } = this.#parts;
    const keys = await keychain.of(visit.scope.practiceId);
    const next = version + 1;
    const content = Buffer.from(JSON.stringify(providers));
    const sealed = sealBytes(keys.logSealingKey(), contextOf(keys, next), content);
    await gate.grants.within(visit, async (tx, current) => {
      if (!administers(current.scope)) throw notFound();
      await appendLine(tx as never, ownLine(current, action, ['IdentityProvider', id]));
      const { rows } = await tx.query<{ put: boolean | null }>(
        'select postern.single_sign_on_put($1, $2) as put',
        [next, sealed],
      );
      if (rows[0]?.put === true) return;
      throw new PosternError('version-conflict', 'Somebody else changed the providers meanwhile.');
    });
  }
}

/** Throws `damaged` for what the practice did not seal. */
function open(keys: PracticeKeys, version: number, sealed: Buffer): readonly Provider[] {
  let failure: unknown;
  for (const keyVersion of keys.versions('log').reverse()) {
    try {
      const bytes = openBytes(keys.logSealingKey(keyVersion), contextOf(keys, version), sealed);
      return JSON.parse(bytes.toString()) as Provider[];
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function contextOf({ practiceId }: PracticeKeys, version: number): Buffer {
  return labelledContext('postern/single-sign-on/v1', practiceId, String(version));
}
