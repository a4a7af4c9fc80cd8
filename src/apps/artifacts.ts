/**
 * Where the authorization server keeps what it issues, in the shape that oidc-provider asks for: by hash
 * alone, sealed, and gone with the grant it came of. Access tokens are opened as sessions of the gate on
 * their way in.
 */

import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Pool } from 'pg';
import type { Keychain } from '../gate/index.ts';
import { secretTokenHash } from '../seal/index.ts';
import type { GrantName } from './consents.ts';
import { errors } from './oidc.ts';
import { openJson, type RowPlace, sealJson } from './sealing.ts';

/** What is in the place of a token that has a session; see `Issue`. */
export type TokenKind = 'AccessToken' | 'ClientCredentials';

export interface IssuedSession {
  readonly practice: string;
  readonly sessionHash: Buffer;
  /** What it was opened for: less than was asked, where the person took some of it back. */
  readonly scope: string;
  /** What its consent said then. */
  readonly under: string;
}

export interface ArtifactParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  /** Metadata of a client as oidc-provider wants it; undefined for one that is unknown or has ended. */
  findClient(clientId: string): Promise<AdapterPayload | undefined>;
  /** Whether the consent of that name still stands. */
  isLive(name: GrantName): Promise<boolean>;
  /** Whether the consent of that name still says what a token was opened under. */
  saysStill(name: GrantName, under: string): Promise<boolean>;
  endConsent(name: GrantName): Promise<void>;
  /** Opens the session of a token that is about to be kept. */
  openToken(kind: TokenKind, payload: AdapterPayload, seconds: number): Promise<IssuedSession>;
}

interface ArtifactRow {
  key_version: number;
  sealed: Buffer;
  consumed?: number | null;
}

const TOKENS: ReadonlySet<string> = new Set(['AccessToken', 'ClientCredentials']);
const ACCESS_TOKEN = /^pst_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[\w-]{43}$/;

const hashOf = (text: string) => Buffer.from(secretTokenHash(text), 'hex');
const placeOf = (kind: string, idHash: Buffer): RowPlace => [
  'postern/app-artifact/v1',
  kind,
  idHash.toString('hex'),
];

export function artifactsOf(parts: ArtifactParts): (kind: string) => Adapter {
  return (kind) => {
    if (kind === 'Client') return clientsOnly(parts);
    // Nobody is signed in at the authorization server: each request is answered by a session of the gate.
    if (kind === 'Session') return NOTHING;
    return new Artifacts(kind, parts);
  };
}

class Artifacts implements Adapter {
  readonly #kind: string;
  readonly #parts: ArtifactParts;

  constructor(kind: string, parts: ArtifactParts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  async upsert(id: string, payload: AdapterPayload, seconds = 0): Promise<void> {
    const { server, keychain } = this.#parts;
    const idHash = hashOf(id);
    const keys = await keychain.installation();
    const isToken = TOKENS.has(this.#kind);
    const issued = isToken
      ? await this.#parts.openToken(this.#kind as TokenKind, payload, seconds)
      : { practice: null, sessionHash: null, scope: payload.scope, under: '' };
    const kept = withoutId({ ...payload, ...(isToken ? { scope: issued.scope } : {}) }, isToken);
    const { keyVersion, sealed } = sealJson(keys, placeOf(this.#kind, idHash), kept);
    const expires = new Date(Date.now() + seconds * 1000);
    if (this.#kind === 'ReplayDetection') {
      const once = await this.#ask<{ made: boolean }>(
        'select postern.app_artifact_once($1, $2, $3, $4, $5) as made',
        [this.#kind, idHash, keyVersion, sealed, expires],
      );
      if (once[0]?.made !== true) throw new errors.InvalidRequest('the same proof was shown twice');
      return;
    }
    const grant = this.#kind === 'Grant' ? id : payload.grantId;
    await server.query('select postern.app_artifact_put($1, $2, $3, $4, $5, $6, $7, $8)', [
      this.#kind,
      idHash,
      grant === undefined ? null : hashOf(grant),
      issued.practice,
      issued.sessionHash,
      keyVersion,
      sealed,
      expires,
    ]);
    // What ended or changed the consent while the token was made took only what stood then.
    if (!isToken || grant === undefined || (await this.#parts.saysStill(grant, issued.under))) return;
    await this.revokeByGrantId(grant);
    throw new errors.InvalidGrant('nobody lets this client in any more');
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (TOKENS.has(this.#kind)) return this.#findToken(id);
    const idHash = hashOf(id);
    const [row] = await this.#ask<ArtifactRow>(
      'select a.key_version, a.sealed, a.consumed from postern.app_artifact_get($1, $2) a',
      [this.#kind, idHash],
    );
    if (row === undefined) return undefined;
    if (this.#kind === 'Grant' && !(await this.#parts.isLive(id))) return undefined;
    const payload = await this.#open(idHash, row);
    const consumed = row.consumed == null ? {} : { consumed: Math.floor(row.consumed) };
    return { ...payload, jti: id, ...consumed };
  }

  /** By what the client holds, which is the token of a session; the id by which it is kept is none. */
  async #findToken(token: string): Promise<AdapterPayload | undefined> {
    const match = ACCESS_TOKEN.exec(token);
    if (match === null) return undefined;
    const [row] = await this.#ask<ArtifactRow & { id_hash: Buffer }>(
      'select a.id_hash, a.key_version, a.sealed from postern.app_token_get($1, $2, $3) a',
      [this.#kind, match.slice(1, 6).join('-'), hashOf(token)],
    );
    return row === undefined ? undefined : this.#open(row.id_hash, row);
  }

  async consume(id: string): Promise<void> {
    const [row] = await this.#ask<{ taken: boolean }>(
      'select postern.app_artifact_consume($1, $2) as taken',
      [this.#kind, hashOf(id)],
    );
    if (row?.taken === true) return;
    // Two came at once with the same code: the second one is a replay, whatever it found when it looked, and
    // whoever was first is not known to be the app.
    const grantId = (await this.find(id))?.grantId;
    if (typeof grantId === 'string') await this.#parts.endConsent(grantId);
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    if (this.#kind === 'Grant') {
      await this.#parts.endConsent(id);
      return;
    }
    await this.#ask('select postern.app_artifact_end($1, $2)', [this.#kind, hashOf(id)]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#ask('select postern.app_grant_artifacts_end($1, $2)', [this.#kind, hashOf(grantId)]);
  }

  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async #ask<Row extends object = object>(text: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#parts.server.query<Row & Record<string, unknown>>(text, values);
    return rows;
  }

  async #open(idHash: Buffer, row: ArtifactRow): Promise<AdapterPayload> {
    const { key_version: keyVersion, sealed } = row;
    const keys = await this.#parts.keychain.installation();
    return openJson<AdapterPayload>(keys, placeOf(this.#kind, idHash), { keyVersion, sealed });
  }
}

/** Ids of codes and refresh tokens are what their holders show, so not even the sealed row has them. */
function withoutId(payload: AdapterPayload, keep: boolean): AdapterPayload {
  if (keep) return payload;
  const { jti: _, ...rest } = payload;
  return rest;
}

function clientsOnly({ findClient }: ArtifactParts): Adapter {
  return { ...NOTHING, find: (id) => findClient(id) };
}

const nothing = async () => undefined;
const NOTHING: Adapter = {
  upsert: nothing,
  find: nothing,
  findByUserCode: nothing,
  findByUid: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
};
