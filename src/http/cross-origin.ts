/**
 * What scripts of other sites may read (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol), as SMART App
 * Launch 2.2 has it: anybody's what says how apps are let in, and scripts from a registered app's own site
 * what their token opens. What is sealed under the key of a link anybody's scripts may fetch, as SMART Health
 * Links has it. Never with a cookie: no answer allows credentials.
 */
import { type Answer, headerOf, type Request } from '../base/exchange.ts';

/** Sites of registered apps; see `AppOrigins` of the apps. */
export interface AppSites {
  has(origin: string): Promise<boolean>;
}

type Asked = Pick<Request, 'method' | 'path' | 'headers'>;
type Fields = Readonly<Record<string, string>>;

/** The same for everybody, and about nobody. */
const PUBLIC = new Set([
  '/.well-known/smart-configuration',
  '/fhir/.well-known/smart-configuration',
  '/fhir/metadata',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth/jwks',
  '/oauth/style.json',
]);
/** What apps ask with a token, or for one. */
const FOR_APPS = /^\/((fhir|bulk)(\/|$)|oauth\/(token|revoke|introspect)$)/;

/** Links are opened by viewers of any site: whoever has the link may, and nobody's session counts there. */
const LINKS = /^\/shl\/[^/]/;
const METHODS_OF_LINKS = 'GET, POST';
const SENT_TO_LINKS = 'content-type';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** What a script may send. Never the field by which a page of ours is known. */
const SENT = [
  'accept',
  'authorization',
  'content-type',
  'dpop',
  'if-match',
  'if-modified-since',
  'if-none-exist',
  'if-none-match',
  'prefer',
  'range',
  'x-requested-with',
].join(', ');
/** What a script may read besides the content and what every script may. */
const READ = [
  'accept-ranges',
  'content-disposition',
  'content-location',
  'content-range',
  'dpop-nonce',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'www-authenticate',
  'x-progress',
].join(', ');
const KEPT_SECONDS = '600';

export class CrossOrigin {
  readonly #sites: AppSites;

  constructor(sites: AppSites) {
    this.#sites = sites;
  }

  /**
   * The answer to a browser that asks whether a script may ask; null for what is no such question. It is the
   * same for every address and says neither what is there nor who may.
   */
  async preflight(request: Asked): Promise<Answer | null> {
    if (request.method !== 'OPTIONS') return null;
    if (headerOf(request, 'access-control-request-method') === undefined) return null;
    const isLink = LINKS.test(request.path);
    if (!PUBLIC.has(request.path) && !isLink && !FOR_APPS.test(request.path)) return null;
    const origin = await this.#allowed(request);
    const allowed: Fields =
      origin === null
        ? {}
        : {
            'access-control-allow-origin': origin,
            'access-control-allow-methods': isLink ? METHODS_OF_LINKS : METHODS,
            'access-control-allow-headers': isLink ? SENT_TO_LINKS : SENT,
            'access-control-max-age': KEPT_SECONDS,
          };
    return { status: 204, headers: { ...varies(request), ...allowed }, body: null };
  }

  /** What an answer says to browsers. */
  async fields(request: Asked): Promise<Fields> {
    const origin = await this.#allowed(request);
    const allowed =
      origin === null ? {} : { 'access-control-allow-origin': origin, 'access-control-expose-headers': READ };
    return { ...varies(request), ...allowed };
  }

  /** Whose scripts may read the answer; null for nobody's but our own. */
  async #allowed(request: Asked): Promise<string | null> {
    if (PUBLIC.has(request.path) || LINKS.test(request.path)) return '*';
    const origin = headerOf(request, 'origin');
    if (origin === undefined || !FOR_APPS.test(request.path)) return null;
    try {
      return (await this.#sites.has(origin)) ? origin : null;
    } catch {
      // What cannot be looked up is not allowed; the answer itself says what is the matter.
      return null;
    }
  }
}

/** An answer that says whose scripts may read it is not to be given to others by what keeps answers. */
function varies({ path }: Pick<Request, 'path'>): Fields {
  return PUBLIC.has(path) || LINKS.test(path) ? {} : { vary: 'Origin' };
}
