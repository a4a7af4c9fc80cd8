/**
 * Apps that developers ask a practice to register. A request is words alone until the owner approves it; then
 * it is a client that this practice lets in, and no other.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { isUuid, type LineId, newId, type PracticeId } from '../base/ids.ts';
import { askInSession, type Transaction, withoutSession } from '../db/index.ts';
import { administers, type Gate, type Keychain, type Visit } from '../gate/index.ts';
import { type AccessLine, appendLine, type LineEntry, type LineWriter } from '../ledger/index.ts';
import type { Letter, Post } from '../post/index.ts';
import { newSecretToken, secretTokenHash } from '../seal/index.ts';
import { type Client, placeOfClient } from './clients.ts';
import type { RequestedApp } from './requested-app.ts';
import { openJson, type RowPlace, sealJson } from './sealing.ts';

export interface AppRequestParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly lines: Pick<LineWriter, 'write'>;
  readonly clock: Clock;
  readonly post: Pick<Post, 'enqueue'>;
}

export interface AppRequest extends RequestedApp {
  readonly id: string;
  readonly madeAt: Date;
}

/** An app of the practice's own. */
export interface PracticeApp {
  readonly client: Client;
  readonly madeAt: Date;
}

export interface RequestState {
  readonly practiceId: PracticeId;
  readonly state: 'waiting' | 'approved' | 'refused';
  /** Once it is approved. */
  readonly clientId: string | null;
}

/** More than an owner looks through; further ones have to wait. */
const MOST_WAITING = 20;

const placeOf = (practiceId: string, requestId: string): RowPlace => [
  'postern/app-request/v1',
  practiceId,
  requestId,
];

export class AppRequests {
  readonly #parts: AppRequestParts;

  constructor(parts: AppRequestParts) {
    this.#parts = parts;
  }

  /** The practice of that slug, where it takes requests; null for every other. */
  async practice(slug: string): Promise<{ practiceId: PracticeId; slug: string; name: string } | null> {
    const { server, gate } = this.#parts;
    // It may hold anything, and PostgreSQL takes no NUL.
    if (!/^[\w-]+$/.test(slug)) return null;
    const { rows } = await server.query<{ practice_id: PracticeId; slug: string; name: string }>(
      'select p.practice_id, p.slug, p.name from postern.practices() p where p.slug = $1',
      [slug],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { appRequests } = await gate.settings.of(row.practice_id);
    return appRequests === true ? { practiceId: row.practice_id, slug: row.slug, name: row.name } : null;
  }

  /** Puts a request in, after its line; answers the receipt, which is nowhere else. Throws `throttled`. */
  async put(practiceId: PracticeId, app: RequestedApp, address: string | null): Promise<string> {
    const { server, keychain, clock, lines } = this.#parts;
    const requestId = newId();
    const receipt = newSecretToken();
    const keys = await keychain.of(practiceId);
    const { keyVersion, sealed } = sealJson(keys, placeOf(practiceId, requestId), app);
    await lines.write(strangersLine(practiceId, requestId, address));
    const put = await withoutSession(server, async (tx) => {
      const { rows } = await tx.query<{ put: boolean }>(
        'select postern.app_request_put($1, $2, $3, $4, $5, $6, $7) as put',
        [practiceId, requestId, hashOf(receipt), clock.now(), keyVersion, sealed, MOST_WAITING],
      );
      return rows[0]?.put === true;
    });
    if (!put) throw new PosternError('throttled', 'The practice has as many requests as it can look at.');
    return receipt;
  }

  /** What became of one; null for a receipt that nobody was given. */
  async state(receipt: string): Promise<RequestState | null> {
    const { rows } = await this.#parts.server.query<{
      practice_id: PracticeId;
      state: RequestState['state'];
      client_id: string | null;
    }>('select r.practice_id, r.state, r.client_id from postern.app_request_state($1) r', [hashOf(receipt)]);
    const [row] = rows;
    if (row === undefined) return null;
    return { practiceId: row.practice_id, state: row.state, clientId: row.client_id };
  }

  /** Those that wait, oldest first. Authority: `administer`. */
  async waiting(visit: Visit): Promise<AppRequest[]> {
    const { server, keychain } = this.#parts;
    assertOwner(visit);
    const { practiceId, handle } = visit.scope;
    const { rows } = await askInSession<{
      request_id: string;
      made_at: Date;
      key_version: number;
      sealed: Buffer;
    }>(
      server,
      handle,
      'select r.request_id, r.made_at, r.key_version, r.sealed from postern.app_requests_here() r',
      [],
    );
    const keys = await keychain.of(practiceId);
    return rows.map(({ request_id: id, made_at: madeAt, key_version: keyVersion, sealed }) => ({
      ...openJson<RequestedApp>(keys, placeOf(practiceId, id), { keyVersion, sealed }),
      id,
      madeAt,
    }));
  }

  /** The apps of the practice's own, newest first. Authority: `administer`. */
  async apps(visit: Visit): Promise<PracticeApp[]> {
    const { server, keychain } = this.#parts;
    assertOwner(visit);
    const { rows } = await askInSession<{
      client_id: string;
      key_version: number;
      sealed: Buffer;
      made_at: Date;
    }>(
      server,
      visit.scope.handle,
      'select c.client_id, c.key_version, c.sealed, c.made_at from postern.app_clients_here() c',
      [],
    );
    const keys = await keychain.installation();
    return rows.map(({ client_id: id, key_version: keyVersion, sealed, made_at: madeAt }) => ({
      client: openJson<Client>(keys, placeOfClient(id), { keyVersion, sealed }),
      madeAt,
    }));
  }

  /**
   * Approves or refuses one, after its line, and tells the developer by mail; answers the client's id, or
   * null where it is refused. Authority: `administer`, with a fresh touch. Throws not-found for one that
   * waits no more.
   */
  async settle(visit: Visit, requestId: string, approve: boolean): Promise<string | null> {
    const { gate, keychain } = this.#parts;
    const asked = (await this.waiting(visit)).find(({ id }) => id === requestId);
    if (asked === undefined) throw notFound();
    await gate.assertFresh(visit);
    const clientId: string = newId();
    const { practiceId } = visit.scope;
    const client = clientOf(asked, clientId, practiceId);
    const { keyVersion, sealed } = sealJson(await keychain.installation(), placeOfClient(clientId), client);
    await gate.grants.within(visit, async (tx, current) => {
      assertOwner(current);
      const entries: LineEntry[] = [[null, 'AppRequest', requestId, null]];
      if (approve) entries.push([null, 'Client', clientId, null]);
      await appendLine(tx as never, ownersLine(current, approve ? 'client-add' : 'app-refuse', entries));
      const { rows } = await tx.query<{ settled: boolean }>(
        'select postern.app_request_settle($1, $2, $3, $4) as settled',
        approve ? [requestId, clientId, keyVersion, sealed] : [requestId, null, null, null],
      );
      if (rows[0]?.settled !== true) throw notFound();
      await this.#tell(tx, practiceId, asked, approve ? clientId : null);
    });
    return approve ? clientId : null;
  }

  /** An address that a stranger typed: what is refused repeats nothing of what they wrote. */
  async #tell(tx: Transaction, practiceId: PracticeId, asked: AppRequest, clientId: string | null) {
    const { post, clock } = this.#parts;
    const { rows } = await tx.query<{ name: string }>(
      'select p.name from postern.practices() p where p.practice_id = $1',
      [practiceId],
    );
    const told = { practice: rows[0]?.name ?? '', at: clock.now() };
    const letter: Letter =
      clientId === null
        ? { kind: 'app-refused', facts: told }
        : { kind: 'app-approved', facts: { ...told, app: asked.name, clientId } };
    const language = asked.language ?? null;
    await post.enqueue(tx as never, { ...letter, practiceId, to: { address: asked.contact }, language });
  }

  /** Ends an app of the practice with everything it was given, at once. Authority: `administer`. */
  async end(visit: Visit, clientId: string): Promise<void> {
    if (!isUuid(clientId)) throw notFound();
    assertOwner(visit);
    await this.#parts.gate.grants.within(visit, async (tx, current) => {
      assertOwner(current);
      await appendLine(tx as never, ownersLine(current, 'client-end', [[null, 'Client', clientId, null]]));
      const { rows } = await tx.query<{ ended: boolean }>('select postern.app_client_end_here($1) as ended', [
        clientId,
      ]);
      if (rows[0]?.ended !== true) throw notFound();
    });
  }
}

function clientOf(app: RequestedApp, clientId: string, practiceId: PracticeId): Client {
  const { name, uri, redirectUris, launchUri, jwks, jwksUri } = app;
  const keys = { ...(jwks === undefined ? {} : { jwks }), ...(jwksUri === undefined ? {} : { jwksUri }) };
  const isConfidential = Object.keys(keys).length > 0;
  return {
    clientId,
    ...{ name, uri, redirectUris, launchUri, practiceId },
    authentication: isConfidential ? 'private_key_jwt' : 'none',
    secretHash: null,
    dpop: false,
    backend: null,
    ...keys,
  };
}

/** Throws not-found for whoever does not keep the practice, for apps, and for work without a person. */
export function assertOwner({ scope }: Visit): void {
  const isPerson = scope.client === null && !scope.system && !scope.terms.methods.includes('app');
  if (!isPerson || !administers(scope)) throw notFound();
}

const hashOf = (receipt: string) => Buffer.from(secretTokenHash(receipt), 'hex');

const NOTHING = {
  behalfOf: null,
  outcome: 'ok',
  client: null,
  detail: null,
  bytes: null,
  closes: null,
} as const;

function strangersLine(practiceId: PracticeId, requestId: string, address: string | null): AccessLine {
  return {
    ...NOTHING,
    practiceId,
    id: newId<LineId>(),
    sessionHash: null,
    accountId: null,
    purpose: 'app',
    action: 'app-request',
    address,
    entries: [[null, 'AppRequest', requestId, null]],
  };
}

export function ownersLine(
  { scope, address }: Visit,
  action: string,
  entries: readonly LineEntry[],
): AccessLine {
  const { practiceId, sessionHash, accountId, purpose } = scope;
  return {
    ...NOTHING,
    practiceId,
    id: newId<LineId>(),
    sessionHash,
    accountId,
    purpose,
    action,
    address,
    entries,
  };
}
