/**
 * A browser as the server sees it: it keeps the cookies that it is given, says which page asks, and has an
 * authenticator. Requests go through the whole server but the socket.
 */
import { BrowserSessions } from '../../src/base/browser-sessions.ts';
import type { Answered, ServedPractices } from './served-practices.ts';
import { type Lie, SoftwareAuthenticator } from './software-authenticator.ts';

export class BrowserVisitor {
  readonly cookies = new Map<string, string>();
  readonly authenticator: SoftwareAuthenticator;
  readonly #served: ServedPractices;
  readonly #origin: string;
  readonly #address: string;
  readonly #agent: string;

  constructor(served: ServedPractices, options: { address?: string; agent?: string; synced?: boolean } = {}) {
    this.#served = served;
    this.#origin = new URL(served.publicUrl).origin;
    this.#address = options.address ?? '192.0.2.1';
    this.#agent = options.agent ?? 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    this.authenticator = new SoftwareAuthenticator(this.#origin, { synced: options.synced ?? false });
  }

  /** The token of the session in its cookie; null where it has none. */
  get token(): string | null {
    return this.cookies.get(new BrowserSessions(this.#served.publicUrl).cookie) ?? null;
  }

  async ask(method: string, target: string, body?: object): Promise<Answered> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#served.ask(null, method, target, {
      address: this.#address,
      headers: {
        origin: this.#origin,
        'sec-fetch-site': 'same-origin',
        'postern-page': 'test',
        'user-agent': this.#agent,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const field of [answer.headers['set-cookie'] ?? [], answer.cookies].flat()) {
      const [pair = ''] = field.split(';');
      const at = pair.indexOf('=');
      if (/Max-Age=0/.test(field)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** Signs in by a one-time code, as the operator's link does. */
  async followLink(code: string): Promise<Answered> {
    return this.ask('POST', '/signin', { code, cookie: true });
  }

  async makePasskey(name = 'My phone', lie: Lie = {}): Promise<Answered> {
    const asked = await this.ask('POST', '/account/passkeys/options', {});
    if (asked.status !== 200) return asked;
    const response = this.authenticator.create(asked.json.options as never, lie);
    return this.ask('POST', '/account/passkeys', { response, name });
  }

  async signInByPasskey(lie: Lie = {}, more: object = {}): Promise<Answered> {
    const asked = await this.ask('POST', '/signin/passkey/options', {});
    const response = this.authenticator.get(asked.json.options as never, lie);
    return this.ask('POST', '/signin/passkey', { response, cookie: true, ...more });
  }

  async touch(lie: Lie = {}): Promise<Answered> {
    const asked = await this.ask('POST', '/account/touch/options', {});
    const response = this.authenticator.get(asked.json.options as never, lie);
    return this.ask('POST', '/account/touch', { response });
  }
}
