/**
 * A real OpenID provider on this machine, as a practice has one: its people, its groups, and its client. What
 * it says at its token endpoint may be twisted, as an attacker in its place would.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { errors, Provider } from 'oidc-provider';
import { freePort } from './free-port.ts';

export const CLIENT_ID = 'postern';
export const CLIENT_SECRET = 'a secret between the two of them';

export interface ProviderPerson {
  readonly groups?: readonly string[];
  readonly email?: string;
  readonly acr?: string;
}

/** What the token endpoint answers in place of what it would have. */
export type Twist = (tokens: Record<string, unknown>, key: SigningKey) => Promise<Record<string, unknown>>;

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly kid: string;
}

export interface IdentityProvider {
  readonly issuer: string;
  readonly people: Map<string, ProviderPerson>;
  /** Who sits there, for whom nothing is asked. */
  present: string;
  twist: Twist | null;
  /** How often its token endpoint was asked. */
  redeemed: number;
  readonly key: SigningKey;
  /** Signs out there whoever came last by `signIn`, and tells us by the back channel. */
  signOut(): Promise<void>;
  /** Follows redirects as a browser does, from our address until the provider sends back to ours. */
  signIn(to: string): Promise<URL>;
  close(): Promise<void>;
}

export async function openIdentityProvider(
  returns: readonly string[],
  logoutUri?: string,
): Promise<IdentityProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = 'main';
  const key: SigningKey = {
    privateKey,
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' },
  };
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
  const people = new Map<string, ProviderPerson>();
  const provider = makeProvider(issuer, jwk, people, returns, logoutUri);
  const state = { present: 'nobody', twist: null as Twist | null, redeemed: 0 };
  let jar: Jar = new Map();
  const inner = provider.callback();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/interaction/')) return void answerInteraction(provider, state, request, response);
    if (path === '/token') state.redeemed += 1;
    if (path === '/token' && state.twist !== null) twisted(response, state.twist, key);
    inner(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    issuer,
    people,
    key,
    signIn: (to: string) => {
      jar = new Map();
      return followUntil(to, issuer, jar);
    },
    signOut: () => signOut(issuer, jar),
    close: () => closeServer(server),
  });
}

function makeProvider(
  issuer: string,
  jwk: JWK,
  people: Map<string, ProviderPerson>,
  returns: readonly string[],
  logoutUri?: string,
) {
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk as never] },
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [...returns],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        ...(logoutUri === undefined
          ? {}
          : { backchannel_logout_uri: logoutUri, backchannel_logout_session_required: true }),
      },
    ],
    claims: { openid: ['sub', 'acr', 'auth_time'], profile: ['groups', 'email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    // Its own keeps away from addresses of this machine, where this server is.
    fetch: (url, init) => fetch(url, { ...init, dispatcher: undefined } as RequestInit),
    cookies: { keys: ['a key of this test alone'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, ...people.get(sub) }),
    }),
  });
  provider.on('server_error', (_, error) => console.error(error));
  provider.on('backchannel.error', (_, error) => console.error(error));
  return provider;
}

type AnyProvider = ReturnType<typeof makeProvider>;

async function answerInteraction(
  provider: AnyProvider,
  { present }: { present: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { params, prompt } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: present, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    const result =
      prompt.name === 'login'
        ? { login: { accountId: present } }
        : { consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  } catch (error) {
    response.writeHead(error instanceof errors.OIDCProviderError ? 400 : 500).end(String(error));
  }
}

/** Holds the token answer back, and sends what it is twisted into. */
function twisted(response: ServerResponse, twist: Twist, key: SigningKey): void {
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  response.writeHead = ((status: number) => {
    response.statusCode = status;
    return response;
  }) as never;
  response.end = ((content: Buffer | string) => {
    void (async () => {
      const tokens = JSON.parse(String(content)) as Record<string, unknown>;
      const bytes = Buffer.from(
        JSON.stringify(response.statusCode === 200 ? await twist(tokens, key) : tokens),
      );
      response.removeHeader('content-length');
      writeHead(response.statusCode, { 'content-length': String(bytes.length) });
      end(bytes);
    })();
    return response;
  }) as never;
}

type Jar = Map<string, string>;

async function followUntil(to: string, issuer: string, jar: Jar): Promise<URL> {
  let next = new URL(to);
  for (let step = 0; step < 10; step += 1) {
    if (next.origin !== issuer) return next;
    const answer = await ask(next, jar);
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`The provider answers ${answer.status}: ${await answer.text()}`);
    next = new URL(location, next);
  }
  throw new Error('The provider sends in circles.');
}

/** As a browser with that jar. */
async function ask(url: URL | string, jar: Jar, init: RequestInit = {}): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { redirect: 'manual', ...init, headers: { cookie } });
  for (const field of answer.headers.getSetCookie()) {
    const [pair = ''] = field.split(';');
    const at = pair.indexOf('=');
    jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return answer;
}

async function signOut(issuer: string, jar: Jar): Promise<void> {
  const page = await (await ask(`${issuer}/session/end`, jar)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ xsrf, logout: 'yes' });
  const done = await ask(`${issuer}/session/end/confirm`, jar, { method: 'POST', body });
  if (done.status >= 400) throw new Error(`Signing out answers ${done.status}: ${await done.text()}`);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
