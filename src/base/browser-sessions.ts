/**
 * Sessions of browsers: the cookie that keeps the token from scripts, and the proof that a request which
 * carries it was made by a page of ours. The cookie is `__Host-postern`, which no other host and no page over
 * plain HTTP can set or shadow; on plain HTTP of this very machine browsers take no such cookie, so there it
 * is called `postern`.
 */

import { PosternError } from './errors.ts';
import { headerOf, type Request } from './exchange.ts';
import { LOOPBACK_NAMES } from './loopback.ts';

/** The field that our pages add and no form, link or image of another site can. */
export const PAGE_HEADER = 'postern-page';

const DEVICE_DAYS = 400;
/** As a header may carry it (RFC 6750 section 2.1). */
export const SESSION_TOKEN = /^[\w\-.~+/]{1,512}=*$/;
const DEVICE = /^[\w-]{43}$/;

const SAFE = new Set(['GET', 'HEAD']);

export class BrowserSessions {
  readonly cookie: string;
  readonly #deviceCookie: string;
  readonly #attributes: string;
  readonly #origins: ReadonlySet<string>;

  constructor(publicUrl: string) {
    const { protocol, hostname, port, origin } = new URL(publicUrl);
    const plain = protocol === 'http:';
    this.cookie = plain ? 'postern' : '__Host-postern';
    this.#deviceCookie = `${this.cookie}-device`;
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${plain ? '' : '; Secure'}`;
    // One machine goes by several names.
    const names = plain && LOOPBACK_NAMES.has(hostname) ? [...LOOPBACK_NAMES] : [];
    this.#origins = new Set([origin, ...names.map((name) => new URL(`http://${name}:${port}`).origin)]);
  }

  /** The token of the session that a browser has, live or not; null where it has none. */
  tokenOf(request: Pick<Request, 'headers'>): string | null {
    return cookieOf(request, this.cookie, SESSION_TOKEN);
  }

  /** The field that gives a browser its session: until the browser is closed, or the session is over. */
  give(token: string): Readonly<Record<string, string>> {
    return { 'set-cookie': `${this.cookie}=${token}; ${this.#attributes}` };
  }

  /** The field that takes it away. */
  take(): Readonly<Record<string, string>> {
    return { 'set-cookie': `${this.cookie}=; ${this.#attributes}; Max-Age=0` };
  }

  /**
   * The secret by which a browser is known again at its next sign-in, whoever signs in; null where it has
   * none. It lets nobody in.
   */
  deviceOf(request: Pick<Request, 'headers'>): string | null {
    return cookieOf(request, this.#deviceCookie, DEVICE);
  }

  /** The value of the field that has a browser keep such a secret. */
  giveDevice(secret: string): string {
    return `${this.#deviceCookie}=${secret}; ${this.#attributes}; Max-Age=${DEVICE_DAYS * 86_400}`;
  }

  /**
   * Throws `foreign-page` unless a page of ours made the request. What only reads must not come from another
   * page; what changes something must also name our origin and carry the field that pages add. Browsers older
   * than `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/) are held by `SameSite` where they read.
   */
  assertOwnPage(request: Pick<Request, 'method' | 'headers'>): void {
    const site = headerOf(request, 'sec-fetch-site');
    const origin = headerOf(request, 'origin');
    const reads = SAFE.has(request.method);
    const sameSite = site === undefined || site === 'same-origin' || (reads && site === 'none');
    const sameOrigin = origin === undefined ? reads : this.#origins.has(origin);
    const marked = reads || headerOf(request, PAGE_HEADER) !== undefined;
    if (sameSite && sameOrigin && marked) return;
    throw new PosternError('foreign-page', 'A session cookie works for the pages of this site alone.');
  }
}

/**
 * The value of a cookie (RFC 6265 section 4.2); null where it is not there, not of that form, or there twice.
 * It is parted as browsers do it, at semicolons alone and with spaces and tabs around: what they take for the
 * value or the name of another cookie, which any neighbouring host may set, must never be read as ours.
 */
export function cookieOf(request: Pick<Request, 'headers'>, name: string, form: RegExp): string | null {
  const field = headerOf(request, 'cookie') ?? '';
  const values = field
    .split(';')
    .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && form.test(value) ? value : null;
}
