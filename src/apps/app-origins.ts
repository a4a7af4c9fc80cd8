/**
 * From which sites apps ask: the origins of the addresses to which registered apps are called back
 * (SMART App Launch 2.2 calls them registered origins). Compared letter by letter, as browsers write them.
 */
import type { Client, Clients } from './clients.ts';

/** How long what was read counts. */
const KNOWN_MS = 1000;

/**
 * Of one client. Addresses of a phone's own scheme have no origin, or `null`, which every sandbox and file
 * has as well: it is nobody's.
 */
export function originsOf({ redirectUris }: Pick<Client, 'redirectUris'>): ReadonlySet<string> {
  const origins = redirectUris.flatMap((uri) => URL.parse(uri)?.origin ?? []);
  return new Set(origins.filter((origin) => origin !== 'null'));
}

export class AppOrigins {
  readonly #clients: Pick<Clients, 'standing'>;
  #known: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(clients: Pick<Clients, 'standing'>) {
    this.#clients = clients;
  }

  /** Whether a registered app comes from there. It looks at most once a second, whoever asks. */
  async has(origin: string): Promise<boolean> {
    if (performance.now() - this.#readAt >= KNOWN_MS) await this.#readOnce();
    return this.#known.has(origin);
  }

  #readOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const clients = await this.#clients.standing();
    this.#known = new Set(clients.flatMap((client) => [...originsOf(client)]));
    this.#readAt = performance.now();
  }
}
