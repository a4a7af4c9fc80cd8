/**
 * Sessions of browsers: the cookie that keeps the token from scripts, and the proof that a request which
 * carries it was made by a page of ours. The cookie is `__Host-postern`, which no other host and no page over
 * plain HTTP can set or shadow; on plain HTTP of this very machine browsers take no such cookie, so there it
 * is called `postern`.
 */
import { PosternError } from '../base/errors.ts';
import { headerOf, type Request } from '../base/exchange.ts';

/** The field that our pages add and no form, link or image of another site can. */
export const PAGE_HEADER = 'postern-page';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const SAFE = new Set(['GET', 'HEAD']);

export class BrowserSessions {
  readonly cookie: string;
  readonly #attributes: string;
  readonly #origins: ReadonlySet<string>;

  constructor(publicUrl: string) {
    const { protocol, hostname, port, origin } = new URL(publicUrl);
    const plain = protocol === 'http:';
    this.cookie = plain ? 'postern' : '__Host-postern';
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${plain ? '' : '; Secure'}`;
    // One machine goes by several names.
    const names = plain && LOOPBACK.has(hostname) ? [...LOOPBACK] : [];
    this.#origins = new Set([origin, ...names.map((name) => new URL(`http://${name}:${port}`).origin)]);
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
