/** A person at a browser who is sent here by an app: keeps cookies, looks at what is asked, and answers. */
import type { Person } from './served-practices.ts';

export interface Answering {
  readonly allow?: boolean;
  readonly categories?: readonly string[];
  readonly writes?: boolean;
  readonly patient?: string;
  readonly days?: number;
}

const EVERYTHING = [
  'person',
  'conditions',
  'medicines',
  'results',
  'visits',
  'documents',
  'plans',
  'money',
  'practice',
  'other',
];

export class AppPerson {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string, { token }: Pick<Person, 'token'>) {
    this.#origin = origin;
    this.#cookies.set('postern', token);
  }

  /** Follows what an app sends them to, as far as the question; where the browser stands then. */
  async open(url: string): Promise<URL> {
    const answer = await this.#fetch(url, { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? url, url);
  }

  async question(page: URL): Promise<{ status: number; json: unknown }> {
    const answer = await this.#fetch(`${page.href}/question`, {
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    return { status: answer.status, json: await answer.json() };
  }

  async answer(page: URL, answering: Answering = {}): Promise<{ status: number; json: { to?: string } }> {
    const body = { allow: true, categories: EVERYTHING, writes: true, days: 90, ...answering };
    const answer = await this.#fetch(`${page.href}/answer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'postern-page': '1', origin: this.#origin },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: (await answer.json()) as { to?: string } };
  }

  /** All of it: from the app's address to where the app is called back. */
  async letIn(url: string, answering: Answering = {}): Promise<URL> {
    const page = await this.open(url);
    if (!page.href.startsWith(`${this.#origin}/oauth/interaction/`)) return page;
    const { status, json } = await this.answer(page, answering);
    if (json.to === undefined) throw new Error(`Refused at ${page.href}: ${status} ${JSON.stringify(json)}`);
    return this.open(`${this.#origin}${json.to}`);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { ...init, headers: { ...init.headers, cookie } });
    for (const field of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
      if (/max-age=0/i.test(field)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
}
