/**
 * A morning on which everybody signs in by passkey, two hundred a minute, while 32 readers go on: whether any
 * sign-in fails, how long one takes, and what is left for the readers of what they have when it is quiet.
 */
import { SoftwareAuthenticator } from '../test/support/software-authenticator.ts';
import type { Installation } from './installation.ts';
import type { JobResult } from './load.ts';
import { type Figure, inTurn, median, percentile, ROUNDS } from './rounds.ts';
import type { Stand } from './stand.ts';

const READERS = 32;
const A_MINUTE = 200;
const PEOPLE = 24;
const SECONDS = Number(process.env.SIGN_IN_SECONDS ?? 15);
/** As those of `read.ts`, once everything has been compiled. */
const WARM_UPS = 2;

interface Morning {
  readonly reads: JobResult;
  readonly milliseconds: readonly number[];
  readonly perMinute: number;
}

export async function signIns({ installation, load }: Stand): Promise<Figure[]> {
  const people = await withPasskeys(installation);
  const rows = await installation.observations(4000);
  const headers = await installation.headers();
  const requests = rows.map(({ id }) => ({ method: 'GET', path: `/fhir/Observation/${id}`, headers }));
  const read = () => load.run({ port: installation.port, connections: READERS, seconds: SECONDS, requests });
  const [quiet, busy] = await inTurn<Morning>(
    [
      async () => ({ reads: await read(), milliseconds: [], perMinute: 0 }),
      async () => {
        const started = performance.now();
        const [reads, milliseconds] = await Promise.all([read(), arrive(people)]);
        const perMinute = (milliseconds.length / (performance.now() - started)) * 60_000;
        return { reads, milliseconds, perMinute };
      },
    ],
    ROUNDS,
    WARM_UPS,
  );
  const left = busy!.map(({ reads }, round) => reads.perSecond / quiet![round]!.reads.perSecond);
  const took = busy!.flatMap(({ milliseconds }) => milliseconds);
  const name = `reads at ${READERS} connections`;
  return [
    { name: `${name} beside sign-ins, of quiet`, value: median(left), unit: '', goal: { atLeast: 0.8 } },
    { name: `${name}, quiet`, value: median(quiet!.map(({ reads }) => reads.perSecond)), unit: 'a second' },
    {
      name: 'sign-ins by passkey, none of which failed',
      value: median(busy!.map(({ perMinute }) => perMinute)),
      unit: 'a minute',
      // The last ones are waited for, and none is made up for.
      goal: { atLeast: 0.95 * A_MINUTE },
    },
    { name: 'a sign-in beside the readers, half of them', value: median(took), unit: 'ms' },
    { name: 'a sign-in beside the readers, 95 of 100', value: percentile(took, 0.95), unit: 'ms' },
  ];
}

/** Begins a sign-in at every beat, whether earlier ones are done or not; how long each took. */
async function arrive(people: readonly Passenger[]): Promise<number[]> {
  const beat = 60_000 / A_MINUTE;
  const { promise, resolve } = Promise.withResolvers<Promise<number>[]>();
  const under: Promise<number>[] = [];
  const most = Math.floor((SECONDS * 1000) / beat);
  const timer = setInterval(() => {
    const begun = people[under.length % people.length]!.signIn();
    // It is awaited with the others, and must not end the process before.
    begun.catch(() => undefined);
    under.push(begun);
    if (under.length < most) return;
    clearInterval(timer);
    resolve(under);
  }, beat);
  return Promise.all(await promise);
}

/** Somebody with a browser and a passkey. */
class Passenger {
  readonly #base: string;
  readonly #origin: string;
  readonly #practice: string;
  readonly #authenticator: SoftwareAuthenticator;
  readonly #cookies = new Map<string, string>();

  constructor(port: number, practice: string) {
    this.#base = `http://127.0.0.1:${port}`;
    // Passkeys of this machine belong to its name.
    this.#origin = `http://localhost:${port}`;
    this.#practice = practice;
    this.#authenticator = new SoftwareAuthenticator(this.#origin);
  }

  async makePasskey(link: string): Promise<void> {
    const code = link.slice(link.indexOf('#') + 1);
    await this.#post('/signin', { code, practice: this.#practice, cookie: true });
    const { options } = await this.#post('/account/passkeys/options', {});
    const response = this.#authenticator.create(options as never);
    await this.#post('/account/passkeys', { response, name: 'bench' });
  }

  /** Milliseconds from asking for a challenge to the session. */
  async signIn(): Promise<number> {
    const started = performance.now();
    const { options } = await this.#post('/signin/passkey/options', {});
    const response = this.#authenticator.get(options as never);
    await this.#post('/signin/passkey', { response, practice: this.#practice, cookie: true });
    return performance.now() - started;
  }

  /** Throws where the answer is no success: one that fails must not count as fast. */
  async #post(path: string, body: object): Promise<{ readonly options?: unknown }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.#base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'postern-page': '1', origin: this.#origin, cookie },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    for (const field of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
      this.#cookies.set(name, value);
    }
    return JSON.parse(text) as { readonly options?: unknown };
  }
}

async function withPasskeys(installation: Installation): Promise<Passenger[]> {
  const told = JSON.parse(await installation.command('demo', '--json')) as {
    readonly email: string;
    readonly practice: string;
  }[];
  const people = new Map(told.map(({ email, practice }) => [email, practice]));
  const passengers: Passenger[] = [];
  for (const [email, practice] of [...people].slice(0, PEOPLE)) {
    const passenger = new Passenger(installation.port, practice);
    await passenger.makePasskey((await installation.command('signin', email)).trim());
    passengers.push(passenger);
  }
  return passengers;
}
