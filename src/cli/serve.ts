/** `postern serve`: opens the database, brings it up to date, and serves until it is told to stop. */
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import type { Database } from '../db/index.ts';
import { createServer, openLog } from '../http/index.ts';
import { type Command, columns, type Invocation } from './command.ts';
import { type DemoLine, loadDemo } from './load-demo.ts';
import { openPostern, type Postern } from './open-postern.ts';
import { SIGNIN_SECONDS, signinLink } from './signin.ts';
import { untilStopped } from './stop-signal.ts';

export const serve: Command = {
  summary: 'Starts the server',
  positionals: '',
  options: {
    demo: { type: 'boolean', help: 'with the two demo practices and sign-in links of their people' },
  },
  run: async (invocation) => {
    const { configuration, say } = invocation;
    const stopped = untilStopped();
    const log = openLog('warn');
    const postern = await openPostern(configuration, {
      onError: (what, error) => log.error({ err: error }, what),
    });
    try {
      const { gate, store } = postern;
      const server = createServer({ gate, store, configuration, log, clock: systemClock });
      const people = invocation.has('demo') ? await loadDemo(postern) : [];
      await gate.listen(postern.database.serverConnection);
      postern.sequencer.start();
      await server.listen();
      say(`Postern serves ${configuration.publicUrl} (FHIR at ${configuration.publicUrl}/fhir).`);
      if (people.length > 0) await sayWhoCanSignIn(invocation, postern, people);
      say('Ctrl-C stops it.');
      await Promise.race([stopped, whenLost(postern.database)]);
      await server.close();
    } finally {
      await postern.close();
    }
  },
};

/** One person for each role of each practice, with a link; `postern demo` lists everyone. */
async function sayWhoCanSignIn(
  { configuration, say }: Invocation,
  postern: Postern,
  people: readonly DemoLine[],
): Promise<void> {
  const shown = new Map<string, DemoLine>();
  for (const person of people) {
    for (const role of person.roles) {
      const key = `${person.practice}/${role}`;
      if (!shown.has(key)) shown.set(key, person);
    }
  }
  const rows: (readonly [string, string])[] = [];
  for (const person of new Set(shown.values())) {
    const account = await postern.gate.accounts.findAccount(person.email);
    if (account === null) continue;
    const code = await postern.gate.accounts.signinCode(account, SIGNIN_SECONDS);
    const who = `${person.name} (${person.roles.join(', ')}; ${person.practice})`;
    rows.push([who, signinLink(configuration.publicUrl, code)]);
  }
  say('Sign-in links, each for one use within five minutes:');
  for (const line of columns(rows)) say(line);
  say('More: npm run postern -- demo, and npm run postern -- token EMAIL for scripts.');
}

/** An embedded PostgreSQL that ends under a running server takes the server with it. */
export async function whenLost(database: Database): Promise<never> {
  await database.ended;
  throw new PosternError('unavailable', 'PostgreSQL ended while the server ran; its log says why.');
}
