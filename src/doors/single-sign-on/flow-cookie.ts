/**
 * What a browser keeps while it is at the provider: a sealed note of the flow that it began, so that nobody
 * else's answer signs it in. Browsers send it with the provider's redirect, which `SameSite=Strict` would
 * keep back, and to no other page's requests.
 */
import { type BrowserSessions, cookieOf } from '../../base/browser-sessions.ts';
import type { Request } from '../../base/exchange.ts';

const TICKET = /^[\w-]{20,2000}$/;

export class FlowCookie {
  readonly #name: string;
  readonly #attributes: string;

  constructor(browsers: BrowserSessions, publicUrl: string) {
    const plain = new URL(publicUrl).protocol === 'http:';
    this.#name = `${browsers.cookie}-single-sign-on`;
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${plain ? '' : '; Secure'}`;
  }

  of(request: Pick<Request, 'headers'>): string | null {
    return cookieOf(request, this.#name, TICKET);
  }

  give(ticket: string, seconds: number): string {
    return `${this.#name}=${ticket}; ${this.#attributes}; Max-Age=${seconds}`;
  }

  take(): string {
    return `${this.#name}=; ${this.#attributes}; Max-Age=0`;
  }
}
