/**
 * Asks the server as anybody could: over its address, with a token or without. Connections are kept, answers
 * are read whole, and whoever watches sees every one of them.
 */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { PosternError } from '../../base/errors.ts';

export interface Asking {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as FHIR JSON, text as it is. */
  readonly body?: object | string;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface OutsideOptions {
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Hears every answer, with what was asked. */
  onTold(asking: Asking, told: Told): void;
}

const ASK_MS = 30_000;
const MOST_TRIES = 10;
const BUSY_MS = 1000;
const CONNECTIONS = 8;
/** More than any answer of ours to what is asked here. */
const MOST_BYTES = 32 * 1024 * 1024;

export class Outside {
  readonly #options: OutsideOptions;
  readonly #agent: http.Agent | https.Agent;
  readonly #request: typeof http.request;
  asked = 0;

  constructor(options: OutsideOptions) {
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: CONNECTIONS };
    const secure = options.url.protocol === 'https:';
    // An untrusted certificate is a finding of its own; the rest shall be proved nevertheless. What goes out
    // are tokens of canaries, worth nothing to who might listen.
    this.#agent = secure
      ? new https.Agent({ ...settings, rejectUnauthorized: false })
      : new http.Agent(settings);
    this.#request = secure ? https.request : http.request;
  }

  /** Throws what the network or the signal throws. */
  async ask(token: string | null, asking: Asking): Promise<Told> {
    const { method, target, headers = {}, body } = asking;
    const content = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const fields = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' ? { 'content-type': 'application/fhir+json' } : {}),
      ...headers,
    };
    let told = await this.#send(method, target, content, fields);
    // A server with too much to do says so before it does anything.
    for (let again = 0; again < MOST_TRIES && isBusy(told); again += 1) {
      await delay(BUSY_MS, undefined, { signal: this.#options.signal });
      told = await this.#send(method, target, content, fields);
    }
    this.asked += 1;
    this.#options.onTold(asking, told);
    return told;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    target: string,
    content: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<Told> {
    const { url, signal } = this.#options;
    const length = content === null ? {} : { 'content-length': String(Buffer.byteLength(content)) };
    return new Promise((resolve, reject) => {
      const request = this.#request(
        {
          protocol: url.protocol,
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          method,
          path: target,
          headers: { ...length, ...headers },
          agent: this.#agent,
          signal,
          timeout: ASK_MS,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          answer.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > MOST_BYTES) request.destroy(new Error('The answer has no end.'));
            chunks.push(chunk);
          });
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      request.on('timeout', () => request.destroy(new Error('The server did not answer in time.')));
      request.on('error', (error) => reject(explained(error)));
      request.end(content ?? undefined);
    });
  }
}

/** What the system says of the connection to the server; it is not to be taken for one to the database. */
function explained(error: NodeJS.ErrnoException): Error {
  if (error.syscall === undefined) return error;
  const text = `Nothing answers at that address (${error.code}).`;
  return new PosternError('unavailable', text, { cause: error });
}

/** 503 for a moment, and not because the portal is closed. */
function isBusy({ status, headers }: Told): boolean {
  return status === 503 && Number(headers['retry-after']) <= 10;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const HTTP_TIME = /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g;
/** What an answer carries whoever asks for whatever. */
const ASIDE = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'age']);

/** Everything of an answer but what the question held: ids; and times, and what the connection says. */
export function said({ status, headers, text }: Told): string {
  const fields = Object.entries(headers)
    .filter(([name]) => !ASIDE.has(name))
    .map(([name, value]) => `${name}: ${String(value).replace(HTTP_TIME, 'TIME')}`)
    .sort();
  const plain = text.replace(UUID, 'ID').replace(TIME, 'TIME');
  return JSON.stringify([status, fields, plain]).replace(UUID, 'ID');
}

/** The results in the order of the items, some at a time. */
export async function someAtOnce<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    try {
      for (let next = queue.next(); next.done !== true && !failed; next = queue.next())
        await work(next.value);
    } catch (error) {
      // Nobody asks on while what was made is being removed.
      failed = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}
