/**
 * Hands a request of any carrier to the authorization server and its answer back (light-my-request), and
 * keeps browsers apart: whoever began an authorization alone may end it. In place of the server's own cookies
 * there is one, with a keyed digest of what was begun, which no other host can set.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inject } from 'light-my-request';
import { type Answer, headerOf, type RoutedRequest, readBody } from '../base/exchange.ts';
import { mac, macEquals, type PracticeKeys } from '../seal/index.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** For how long a person may be asked. */
export const INTERACTION_SECONDS = 1800;
const MOST_BYTES = 64 * 1024;
const UID = /^[\w-]{10,64}$/;
/** What the authorization server asks of a request; nothing else of it is handed on, no cookie above all. */
const HANDED_ON = ['accept', 'authorization', 'content-type', 'dpop', 'origin'] as const;
const HANDED_BACK = ['cache-control', 'content-type', 'location', 'pragma', 'www-authenticate', 'dpop-nonce'];
const RESUME = '_interaction_resume';

export class Browsers {
  /** Under which address the authorization server is, whoever carried the request. */
  readonly forwarded: Readonly<Record<string, string>>;
  readonly #prefix: string;
  readonly #attributes: string;
  readonly #keys: () => Promise<PracticeKeys>;

  constructor(publicUrl: string, keys: () => Promise<PracticeKeys>) {
    const { protocol, host } = new URL(publicUrl);
    const plain = protocol === 'http:';
    this.forwarded = { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) };
    this.#prefix = `${plain ? '' : '__Host-'}postern-app-`;
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${plain ? '' : '; Secure'}`;
    this.#keys = keys;
  }

  /** The field that makes a browser the one that began it. */
  async mark(uid: string, seconds: number): Promise<string> {
    const keys = await this.#keys();
    const value = digest(keys, uid, keys.currentVersion('mac')).toString('base64url');
    return `${this.#nameOf(uid)}=${value}; ${this.#attributes}; Max-Age=${seconds}`;
  }

  unmark(uid: string): string {
    return `${this.#nameOf(uid)}=; ${this.#attributes}; Max-Age=0`;
  }

  /** Whether the request comes from the browser in which that was begun. */
  async began(request: Pick<RoutedRequest, 'headers'>, uid: string): Promise<boolean> {
    if (!UID.test(uid)) return false;
    const name = this.#nameOf(uid);
    const values = (headerOf(request, 'cookie') ?? '')
      .split(';')
      .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
      .filter((pair) => pair.startsWith(`${name}=`));
    const [value] = values;
    if (value === undefined || values.length > 1) return false;
    const shown = Buffer.from(value.slice(name.length + 1), 'base64url');
    const keys = await this.#keys();
    return keys.versions('mac').some((version) => macEquals(digest(keys, uid, version), shown));
  }

  /** Several may be under way at once, in several tabs. */
  #nameOf(uid: string): string {
    return `${this.#prefix}${uid.slice(0, 16)}`;
  }
}

function digest(keys: PracticeKeys, uid: string, version: number): Buffer {
  return mac(keys.macKey(version), 'postern/app-interaction/v1', uid);
}

/** The answer of the authorization server to a request at `path`. */
export async function carry(
  listener: Listener,
  request: RoutedRequest,
  browsers: Browsers,
  { path = request.path, query = request.query }: { path?: string; query?: string } = {},
): Promise<Answer> {
  const uid = request.params.uid ?? null;
  const headers: Record<string, string> = { ...browsers.forwarded };
  for (const name of HANDED_ON) {
    const value = headerOf(request, name);
    if (value !== undefined) headers[name] = value;
  }
  const resumes = uid !== null && (await browsers.began(request, uid));
  if (resumes) headers.cookie = `${RESUME}=${uid}`;
  const payload = request.method === 'POST' ? await readBody(request, MOST_BYTES) : undefined;
  const answered = await inject(listener, {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    url: query === '' ? path : `${path}?${query}`,
    headers,
    remoteAddress: request.address,
    ...(payload === undefined ? {} : { payload }),
  });
  const back: Record<string, string> = {};
  for (const name of HANDED_BACK) {
    const value = answered.headers[name];
    if (typeof value === 'string') back[name] = value;
  }
  const begun = answered.cookies.find(({ name, value }) => name === RESUME && value !== '');
  if (begun !== undefined) back['set-cookie'] = await browsers.mark(begun.value, INTERACTION_SECONDS);
  else if (resumes) back['set-cookie'] = browsers.unmark(uid);
  return { status: answered.statusCode, headers: back, body: answered.rawPayload };
}
