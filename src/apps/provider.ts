/**
 * The authorization server of oidc-provider, set up for SMART App Launch 2.2 and Backend Services: codes with
 * PKCE (S256) alone, client assertions, key-bound tokens, and no session of its own, since whoever is asked
 * for consent is asked in a session of the gate. Everything that is not listed here is off.
 */
import type {
  AdapterFactory,
  Provider as AnyProvider,
  Configuration,
  KoaContextWithOIDC,
  interactionPolicy as policies,
} from 'oidc-provider';
import type { PrivateJwk } from '../seal/index.ts';
import { macEquals, secretTokenHash } from '../seal/index.ts';
import { originsOf } from './app-origins.ts';
import { isPlain, knownScopes, PLAIN_SCOPES, words } from './asked-scopes.ts';
import { INTERACTION_SECONDS } from './carry.ts';
import type { Consent } from './consents.ts';
import { errors, interactionPolicy, Provider } from './oidc.ts';
import { isRegistered } from './registered-scopes.ts';

export interface ProviderParts {
  /** The origin that everything is under, which is the issuer too. */
  readonly issuer: string;
  readonly jwks: readonly PrivateJwk[];
  readonly adapter: AdapterFactory;
  /** Whether the account may still hold tokens under a grant; `grantId` is null while it is being asked. */
  mayHold(accountId: string, grantId: string | null): Promise<boolean>;
  /** The consent that a grant's name stands for; null where it is over. */
  contextOf(grantId: string): Promise<Pick<Consent, 'chartId' | 'fhirUser'> | null>;
  /** What a token response tells besides, and the token itself. */
  completeTokens(context: KoaContextWithOIDC): Promise<void>;
  fetch(url: URL | RequestInfo, options?: RequestInit): Promise<Response>;
}

export const PATHS = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
} as const;

/** SMART App Launch asks for ES384 and RS384. None that takes a secret, which a public key might pass for. */
export const SIGNING_ALGORITHMS = ['ES256', 'ES384', 'PS256', 'PS384', 'RS256', 'RS384'] as const;

export const ACCESS_SECONDS = 3600;
/** SMART Backend Services asks for no more. */
export const BACKEND_SECONDS = 300;
const CODE_SECONDS = 60;
/** Five minutes, and what two clocks may differ. */
const ASSERTION_SECONDS = 315;

const LIFETIMES = {
  AccessToken: ACCESS_SECONDS,
  AuthorizationCode: CODE_SECONDS,
  ClientCredentials: BACKEND_SECONDS,
  IdToken: ACCESS_SECONDS,
  Interaction: INTERACTION_SECONDS,
  Session: INTERACTION_SECONDS,
  Grant: 366 * 86_400,
  RefreshToken: 90 * 86_400,
} as const;

export function makeProvider(parts: ProviderParts): AnyProvider {
  const provider = new Provider(parts.issuer, configurationOf(parts));
  // What is handed over says under which address we are: `carry` makes those fields, and no client.
  provider.proxy = true;
  provider.use(async (context, next) => {
    await next();
    const { oidc } = context as unknown as KoaContextWithOIDC;
    if (oidc?.route === 'token' && context.status === 200) {
      await parts.completeTokens(context as unknown as KoaContextWithOIDC);
    }
  });
  const clients = provider.Client.prototype as { compareClientSecret(secret: string): boolean };
  clients.compareClientSecret = function (this: { clientSecret?: string }, secret) {
    return macEquals(Buffer.from(secretTokenHash(secret)), Buffer.from(this.clientSecret ?? ''));
  };
  return provider;
}

function configurationOf(parts: ProviderParts): Configuration {
  const base = `${parts.issuer}/fhir`;
  return {
    adapter: parts.adapter,
    jwks: { keys: [...parts.jwks] },
    routes: PATHS,
    scopes: PLAIN_SCOPES.filter((scope) => scope !== 'fhirUser'),
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...SIGNING_ALGORITHMS],
      dPoPSigningAlgValues: [...SIGNING_ALGORITHMS],
      idTokenSigningAlgValues: ['RS256'],
    },
    extraClientMetadata: { properties: ['postern_backend', 'postern_scopes'] },
    assertJwtClientAuthClaimsAndHeader: (_context, claims) => assertSoon(claims),
    clientBasedCORS: comesFromOwnSite,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    extraParams: { aud: (context, value) => assertAudience(context, value, base), launch: null },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: ownTokens },
      revocation: { enabled: true, allowedPolicy: ownToken },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => base,
        useGrantedResource: () => true,
        getResourceServerInfo: (context, resource) => resourceOf(context, resource, base),
      },
    },
    interactions: { policy: alwaysAsk(), url: (_context, { uid }) => interactionPath(uid) },
    loadExistingGrant: (context) => {
      const grantId = context.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : context.oidc.provider.Grant.find(grantId);
    },
    extraTokenClaims: (_context, token) => introspected(parts, token as { grantId?: string; scope?: string }),
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (code.scopes.has('offline_access') || code.scopes.has('online_access')),
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    findAccount: async (_context, sub, token) => {
      const grantId = grantOf(token);
      if (!(await parts.mayHold(sub, grantId))) return undefined;
      return { accountId: sub, claims: (_use, scope) => claimsOf(parts, sub, scope, _context) };
    },
    renderError: (context, { error }) => {
      context.redirect(`/oauth/interaction/refused?why=${encodeURIComponent(error)}`);
    },
    ttl: LIFETIMES,
    fetch: parts.fetch as NonNullable<Configuration['fetch']>,
  };
}

/** A script gets tokens for the app of its own site alone. */
function comesFromOwnSite(
  _context: unknown,
  origin: string,
  client: { readonly redirectUris?: readonly string[] | undefined },
): boolean {
  return originsOf({ redirectUris: client.redirectUris ?? [] }).has(origin);
}

export function interactionPath(uid: string): string {
  return `/oauth/interaction/${uid}`;
}

/** Each request is put to the person: consent is never taken from an earlier one. */
function alwaysAsk(): policies.Prompt[] {
  const { Check, Prompt } = interactionPolicy;
  const check = new Check(
    'consent_wanted',
    'The person has not been asked',
    'consent_required',
    (context) => {
      const { result } = context.oidc;
      return result?.consent === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    },
  );
  return [
    new Prompt({ name: 'consent', requestable: true }, check),
    new Prompt({ name: 'login', requestable: true }),
  ];
}

/** As SMART App Launch 2.2 has it: a token that is meant for another server must not come here. */
function assertAudience(context: KoaContextWithOIDC, value: unknown, base: string): void {
  if (context.oidc.route !== 'authorization') return;
  if (value !== base && value !== `${base}/`) {
    throw new errors.InvalidRequest('aud must be the address of the FHIR server');
  }
}

/** Backend Services: an assertion ends within five minutes, so that one that leaks is soon worth nothing. */
function assertSoon({ exp }: { readonly exp?: unknown }): void {
  const latest = Date.now() / 1000 + ASSERTION_SECONDS;
  if (typeof exp !== 'number' || exp > latest) {
    throw new errors.InvalidClientAuth('exp must be no more than five minutes ahead');
  }
}

function resourceOf(context: KoaContextWithOIDC, resource: string, base: string) {
  if (resource !== base) throw new errors.InvalidTarget();
  const { oidc } = context;
  const backend = oidc.client?.postern_backend === true;
  const asked = oidc.params?.scope as string | undefined;
  const stored = (oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken)?.scope;
  const scope = [...words(asked), ...words(stored)].join(' ');
  const registered = oidc.client?.postern_scopes as readonly string[] | undefined;
  const known = knownScopes(scope, backend ? ['system'] : ['patient', 'user']);
  const may = [...known, ...(backend ? [] : words(scope).filter(isPlain))];
  return {
    scope: may.filter((word) => isRegistered(registered, word)).join(' '),
    audience: base,
    accessTokenFormat: 'opaque' as const,
    accessTokenTTL: backend ? BACKEND_SECONDS : ACCESS_SECONDS,
  };
}

/** A client takes back what it was given; of others' it is not even told that they are. */
function ownToken(
  _context: KoaContextWithOIDC,
  client: { readonly clientId: string },
  token: { readonly clientId?: string | undefined },
): boolean {
  return token.clientId === client.clientId;
}

/** Tokens are told to whom they were issued, and to nobody else. */
function ownTokens(
  context: KoaContextWithOIDC,
  client: { readonly clientId: string },
  token: { readonly clientId?: string | undefined },
): boolean {
  return context.oidc.client?.clientAuthMethod !== 'none' && token.clientId === client.clientId;
}

function grantOf(token: unknown): string | null {
  const { grantId } = (token ?? {}) as { grantId?: unknown };
  return typeof grantId === 'string' ? grantId : null;
}

async function claimsOf(
  parts: ProviderParts,
  sub: string,
  scope: string,
  { oidc }: KoaContextWithOIDC,
): Promise<{ sub: string; fhirUser?: string }> {
  const grantId = oidc.entities.Grant?.jti;
  if (!words(scope).includes('fhirUser') || grantId === undefined) return { sub };
  const fhirUser = (await parts.contextOf(grantId))?.fhirUser ?? null;
  return fhirUser === null ? { sub } : { sub, fhirUser };
}

/** What introspection tells of a token besides (SMART App Launch 2.2, token introspection). */
async function introspected(
  parts: ProviderParts,
  token: { readonly grantId?: string; readonly scope?: string },
): Promise<Record<string, string> | undefined> {
  if (token.grantId === undefined) return undefined;
  const consent = await parts.contextOf(token.grantId);
  if (consent === null) return undefined;
  const { chartId, fhirUser } = consent;
  const tellsUser = fhirUser !== null && words(token.scope).includes('fhirUser');
  return { ...(chartId === null ? {} : { patient: chartId }), ...(tellsUser ? { fhirUser } : {}) };
}
