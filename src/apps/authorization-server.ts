/**
 * The authorization server: oidc-provider over our own storage, with tokens that are sessions of the gate. It
 * is made when it is first asked, and made anew when the keys that sign have changed.
 */

import type { AdapterFactory, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import type { AccountId } from '../base/ids.ts';
import type { Gate, Keychain } from '../gate/index.ts';
import type { LineWriter } from '../ledger/index.ts';
import type { Post } from '../post/index.ts';
import { AppOrigins } from './app-origins.ts';
import type { AppRequestParts } from './app-requests.ts';
import { artifactsOf, type IssuedSession, type TokenKind } from './artifacts.ts';
import { keptScope } from './asked-scopes.ts';
import { Browsers } from './carry.ts';
import { clientMetadata } from './client-metadata.ts';
import { type Client, Clients } from './clients.ts';
import { type Consent, Consents, type GrantName, type LetInWhere, readGrantName } from './consents.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { KeyProofs } from './key-proofs.ts';
import { errors } from './oidc.ts';
import { makeProvider } from './provider.ts';
import { RefusedTokens } from './refused-tokens.ts';
import { signingKeys } from './signing-keys.ts';
import { TokenSessions } from './token-sessions.ts';

export interface AuthorizationParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly lines: LineWriter;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly post: Pick<Post, 'enqueue'>;
  readonly onError?: (what: string, error: unknown) => void;
}

interface Payload {
  readonly jti?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly scope?: string;
  readonly jkt?: string;
  readonly gty?: string;
}

/** How long a process goes on with the signing keys it knows. */
const KEYS_MS = 30_000;

export class AuthorizationServer {
  readonly publicUrl: string;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly tokens: TokenSessions;
  readonly browsers: Browsers;
  readonly proofs: KeyProofs;
  /** Sites whose scripts may read what their token opens. */
  readonly sites: AppOrigins;
  readonly clock: Clock;
  readonly refused: RefusedTokens;
  /** What the room works with. */
  readonly room: Pick<AuthorizationParts, 'server' | 'keychain' | 'lines'>;
  /** Where things of a kind are kept, as oidc-provider keeps its own. */
  readonly kept: AdapterFactory;
  readonly #parts: AuthorizationParts;
  /** Tokens between their making and the answer that carries them, by the id they are kept under. */
  readonly #issued = new Map<
    string,
    { token: string; scope: string; consent: Consent | null; seconds: number }
  >();
  #made: { provider: Provider; keys: string; at: number } | null = null;
  #making: Promise<Provider> | null = null;

  constructor(parts: AuthorizationParts) {
    const { server, keychain, gate, lines, clock, publicUrl } = parts;
    this.publicUrl = publicUrl;
    this.clock = clock;
    this.clients = new Clients(server, keychain);
    this.sites = new AppOrigins(this.clients);
    this.consents = new Consents(server, keychain, clock);
    this.tokens = new TokenSessions({ gate, lines });
    this.browsers = new Browsers(publicUrl, () => keychain.installation());
    this.#parts = parts;
    this.room = parts;
    this.refused = new RefusedTokens(lines, {
      onError: (error) => parts.onError?.('Tokens that were refused were not noted.', error),
    });
    this.kept = artifactsOf({
      server,
      keychain,
      findClient: async (id) => clientMetadata(await this.clients.find(id)),
      isLive: async (name) => (await this.consents.find(name)) !== null,
      saysStill: async (name, under) => {
        const consent = await this.consents.findSettled(name);
        return consent !== null && saidOf(consent) === under;
      },
      endConsent: (name) => this.#endConsent(name),
      openToken: (kind, payload, seconds) => this.#openToken(kind, payload as Payload, seconds),
    });
    this.proofs = new KeyProofs({ publicUrl, clock, kept: this.kept });
    gate.grants.whenLeaving(async (tx, _visit, accountId) => {
      await tx.query('select postern.app_consents_leave($1)', [accountId]);
    });
  }

  /** Writes the lines that wait. */
  close(): Promise<void> {
    return this.refused.close();
  }

  /** Ready to answer, with the keys that sign now. */
  async provider(): Promise<Provider> {
    const made = this.#made;
    if (made !== null && performance.now() - made.at < KEYS_MS) return made.provider;
    this.#making ??= this.#make().finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  /** What asking for a client takes. */
  get requestParts(): AppRequestParts {
    return this.#parts;
  }

  async #make(): Promise<Provider> {
    const { server, keychain, publicUrl, onError } = this.#parts;
    const jwks = await signingKeys(server, keychain);
    const keys = jwks.map(({ kid }) => kid).join();
    if (this.#made?.keys === keys) {
      this.#made = { ...this.#made, at: performance.now() };
      return this.#made.provider;
    }
    const provider = makeProvider({
      issuer: publicUrl,
      jwks,
      adapter: this.kept,
      mayHold: (accountId, grantId) => this.#mayHold(accountId as AccountId, grantId),
      contextOf: async (grantId) => this.consents.find(grantId),
      completeTokens: (context) => this.#completeTokens(context),
      fetch: guardedFetch(publicUrl),
    });
    provider.on('server_error', (_context, error) => onError?.('The authorization server failed.', error));
    this.#made = { provider, keys, at: performance.now() };
    return provider;
  }

  /** Keeps a consent (see `Consents.put`), with the mail that tells the person, who may not be who agreed. */
  async letIn(consent: Consent, where: LetInWhere): Promise<void> {
    const { post, clock } = this.#parts;
    await this.consents.put(consent, where, async (tx) => {
      const { rows } = await tx.query<{ name: string }>(
        'select p.name from postern.practices() p where p.practice_id = $1',
        [consent.practiceId],
      );
      const facts = { practice: rows[0]?.name ?? '', app: consent.clientName, at: clock.now() };
      const to = { accountId: consent.accountId };
      await post.enqueue(tx as never, { kind: 'app-connected', facts, practiceId: consent.practiceId, to });
    });
  }

  async #mayHold(accountId: AccountId, grantId: GrantName | null): Promise<boolean> {
    const named = grantId === null ? null : readGrantName(grantId);
    if (named === null) return grantId === null;
    return this.tokens.mayHold({ practiceId: named.practiceId, accountId });
  }

  /** A grant that is revoked because a code or a refresh token came twice, or its holder gave it back. */
  async #endConsent(name: GrantName): Promise<void> {
    const consent = await this.consents.find(name);
    if (!(await this.consents.end(name)) || consent === null) return;
    const { practiceId, clientId } = consent;
    await this.tokens.note('app-end', { practiceId, client: { clientId }, consent }, null);
  }

  async #openToken(kind: TokenKind, payload: Payload, seconds: number): Promise<IssuedSession> {
    const { jti = '', clientId = '', grantId, jkt, gty = '' } = payload;
    const client = await this.clients.find(clientId);
    if (client === null) throw new PosternError('unauthenticated', 'The client has ended.');
    const consent = kind === 'AccessToken' ? await this.consents.find(grantId ?? '') : null;
    const holder = holderOf(client, consent);
    // Its consent may have ended since the code was looked at.
    if (holder === null) throw new errors.InvalidGrant('nobody lets this client in any more');
    const left = consent === null ? seconds : (consent.endsAt.getTime() - this.clock.now().getTime()) / 1000;
    const ttl = Math.max(1, Math.floor(Math.min(seconds, left)));
    const refreshed = gty.includes('refresh_token');
    const scope = keptScope(payload.scope ?? '', consent?.left ?? null);
    const issued = await this.tokens.issue(holder, scope, ttl, jkt ?? null, refreshed);
    this.#issued.set(jti, { token: issued.token, scope, consent, seconds: ttl });
    return {
      practice: issued.practiceId,
      sessionHash: issued.sessionHash,
      scope,
      under: consent === null ? '' : saidOf(consent),
    };
  }

  /** Puts the token, and what SMART App Launch 2.2 says of the launch, into the answer. */
  async #completeTokens({ oidc, body }: KoaContextWithOIDC): Promise<void> {
    const { AccessToken, ClientCredentials } = oidc.entities;
    const id = (AccessToken ?? ClientCredentials)?.jti ?? '';
    const issued = this.#issued.get(id);
    this.#issued.delete(id);
    if (issued === undefined) throw new PosternError('unavailable', 'The token was not made.');
    const { token, scope, consent, seconds } = issued;
    Object.assign(body as object, {
      access_token: token,
      expires_in: seconds,
      scope,
      ...(consent === null ? {} : this.#launchContext(consent)),
    });
  }

  #launchContext({ chartId, fhirUser, scope }: Consent): object {
    const tellsUser = fhirUser !== null && scope.split(' ').includes('fhirUser');
    return {
      ...(chartId === null ? {} : { patient: chartId, need_patient_banner: true }),
      ...(tellsUser ? { fhirUser } : {}),
      smart_style_url: `${this.publicUrl}/oauth/style.json`,
    };
  }
}

/** What a token is opened under. */
function saidOf({ scope, left, sensitive }: Consent): string {
  return JSON.stringify([scope, left, sensitive]);
}

function holderOf(client: Client, consent: Consent | null) {
  const { backend } = client;
  if (consent !== null) {
    const { practiceId, accountId } = consent;
    return backend === null && consent.clientId === client.clientId
      ? { practiceId, accountId, client, consent }
      : null;
  }
  return backend === null ? null : { ...backend, client, consent: null };
}
