/**
 * Our side of OpenID Connect: where a browser is sent, and what of the answer is true. Discovery is asked
 * again after a while; what fails is not asked again at once, however many wait at the door.
 */
import * as openid from 'openid-client';
import { PosternError } from '../../base/errors.ts';
import { outsideFetch } from '../../base/outside-fetch.ts';
import { keysAt, type LogoutToken, type ProviderKeys, readLogoutToken } from './logout-token.ts';
import type { Provider } from './provider-terms.ts';

/** What a flow must come back with. */
export interface Flow {
  readonly state: string;
  /** Of the ID token. A ticket has a nonce of its own. */
  readonly idNonce: string;
  readonly verifier: string;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

interface Known {
  readonly at: number;
  readonly configuration: Promise<openid.Configuration>;
  failed: boolean;
}

const KNOWN_MS = 600_000;
const FAILED_MS = 5000;
const LONGEST_SUBJECT = 255;

export class RelyingSide {
  readonly #atHome: boolean;
  readonly #known = new Map<string, Known>();
  readonly #keys = new Map<string, ProviderKeys>();

  constructor(publicUrl: string) {
    this.#atHome = new URL(publicUrl).protocol === 'http:';
  }

  /** The provider's address that the browser is to open. Throws `unavailable` where it does not answer. */
  async begin(provider: Provider, redirectUri: string): Promise<{ to: string; flow: Flow }> {
    const configuration = await this.#configuration(provider);
    const flow = {
      state: openid.randomState(),
      idNonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const { maxAge, acrValues, scopes } = provider;
    const to = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: scopes.join(' '),
      state: flow.state,
      nonce: flow.idNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
      ...(maxAge === null ? {} : { max_age: String(maxAge) }),
      ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
    });
    return { to: to.href, flow };
  }

  /**
   * What the provider says of who came back, once all of it is checked: state, issuer, code, PKCE, and of the
   * ID token its signature, issuer, audience, time and nonce. Null for anything less. Throws `unavailable`
   * where the provider does not answer.
   */
  async finish(
    provider: Provider,
    returned: URL,
    { state, idNonce, verifier }: Flow,
  ): Promise<Claims | null> {
    const configuration = await this.#configuration(provider);
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, returned, {
        expectedState: state,
        expectedNonce: idNonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(provider.maxAge === null ? {} : { maxAge: provider.maxAge }),
      });
      const claims = tokens.claims();
      return claims !== undefined && fits(provider, claims) ? claims : null;
    } catch (error) {
      if (isOutage(error)) throw unavailable(error);
      return null;
    }
  }

  /** What a logout token of the provider says; null for anything less. Throws `unavailable` as `begin`. */
  async readLogout(provider: Provider, token: string): Promise<LogoutToken | null> {
    const configuration = await this.#configuration(provider);
    const { jwks_uri: address } = configuration.serverMetadata();
    if (address === undefined) return null;
    const { privateNetwork } = provider;
    const name = JSON.stringify([address, privateNetwork]);
    if (this.#keys.size > 200) this.#keys.clear();
    const keys =
      this.#keys.get(name) ?? keysAt(address, outsideFetch({ atHome: this.#atHome, privateNetwork }));
    this.#keys.set(name, keys);
    return readLogoutToken(token, provider, keys);
  }

  #configuration(provider: Provider): Promise<openid.Configuration> {
    const { clientSecret: _, ...terms } = provider;
    const name = JSON.stringify([terms, provider.clientSecret]);
    const known = this.#known.get(name);
    const lasts = known?.failed === true ? FAILED_MS : KNOWN_MS;
    if (known !== undefined && performance.now() - known.at < lasts) return known.configuration;
    if (this.#known.size > 200) this.#known.clear();
    const fresh: Known = { at: performance.now(), configuration: this.#discover(provider), failed: false };
    this.#known.set(name, fresh);
    fresh.configuration.catch(() => {
      fresh.failed = true;
    });
    return fresh.configuration;
  }

  async #discover(provider: Provider): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret, algorithm, privateNetwork } = provider;
    const secret = {
      basic: openid.ClientSecretBasic(clientSecret),
      post: openid.ClientSecretPost(clientSecret),
    };
    const authentication: openid.ClientAuth = (as, client, body, headers) => {
      const methods = as.token_endpoint_auth_methods_supported;
      const basic = methods === undefined || methods.includes('client_secret_basic');
      return (basic ? secret.basic : secret.post)(as, client, body, headers);
    };
    const plain = this.#atHome && issuer.startsWith('http:');
    try {
      const configuration = await openid.discovery(
        new URL(issuer),
        clientId,
        { id_token_signed_response_alg: algorithm },
        authentication,
        {
          [openid.customFetch]: outsideFetch({ atHome: this.#atHome, privateNetwork }),
          execute: plain ? [openid.allowInsecureRequests] : [],
        },
      );
      openid.enableNonRepudiationChecks(configuration);
      return configuration;
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** What the specification leaves to whoever relies: authorized party, how it was proved, how long ids are. */
function fits({ clientId, acrValues }: Provider, claims: Readonly<Record<string, unknown>>): boolean {
  const { sub, azp, aud, acr } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT) return false;
  if (azp !== undefined && azp !== clientId) return false;
  // An audience of others beside us is a token that others may hold.
  if (Array.isArray(aud) && aud.length !== 1) return false;
  return acrValues.length === 0 || (typeof acr === 'string' && acrValues.includes(acr));
}

/** Not that something is wrong with the answer, but that there is none. */
function isOutage(error: unknown): boolean {
  if (error instanceof PosternError && error.code === 'unavailable') return true;
  const { code, status } = error as { code?: unknown; status?: unknown };
  if (typeof status === 'number') return status >= 500;
  const cause = (error as { cause?: { code?: unknown; status?: unknown } }).cause;
  const said = [code, cause?.code].filter((each) => typeof each === 'string');
  if (typeof cause?.status === 'number' && cause.status >= 500) return true;
  return said.some((each) => /^(E[A-Z]+|ABORT_ERR|OAUTH_TIMEOUT)$/.test(each as string));
}

function unavailable(cause: unknown): PosternError {
  const text = 'The practice’s sign-in does not answer. Try again later, or sign in with a passkey.';
  return new PosternError('unavailable', text, { cause });
}
