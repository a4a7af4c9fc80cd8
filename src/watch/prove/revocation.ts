/** Who has been revoked or signed out reads nothing more, in sessions that were at work a moment before. */
import type { Gate } from '../../gate/index.ts';
import { someAtOnce } from './outside.ts';
import { RECORD_WAYS } from './record-ways.ts';
import { contentOf, plain, type Stage } from './stage.ts';

const MEND =
  'Stop the server, and see what keeps scopes alive ' +
  '(src/gate/gate.ts, and the functions grants_end and session_end of the database).';
const ASKS_PER_SESSION = 12;
const WAYS = RECORD_WAYS.filter(({ wide, action }) => wide !== true && action === 'read');

export async function proveRevocation(stage: Stage, gate: Gate, types: readonly string[]): Promise<void> {
  const { world, judge, outside } = stage;
  const person = await world.person('doctor', 'other');
  const groups = chunksOf(types, ASKS_PER_SESSION / 2);
  const tokens = await Promise.all(groups.map(() => person.session()));
  const working = await person.session();
  const warm = { method: 'GET', target: `/fhir/Patient/${world.charts.other}` };
  for (const token of [...tokens, working]) {
    stage.expectRightful('GET /fhir/:type/:id: a doctor', await outside.ask(token, warm), 200, null);
  }
  await gate.endSession(working);
  const signedOut = await outside.ask(working, warm);
  const never = await outside.ask(null, warm);
  judge.expect(
    'revocation',
    signedOut.status === 401 && plain(signedOut) === plain(never),
    'GET /fhir/:type/:id',
    `A session that has ended is answered ${signedOut.status}.`,
    MEND,
  );
  await world.revoke(person);
  await someAtOnce(groups.entries(), async ([at, group]) => {
    for (const [offset, type] of group.entries()) {
      const way = WAYS[(at + offset) % WAYS.length]!;
      const record = world.at(type, 'other');
      const told = await outside.ask(tokens[at]!, way.ask(world.aimAt(record)));
      const absent = await outside.ask(tokens[at]!, way.ask(world.aimAtNothing(record)));
      const reads = contentOf(told).includes(record.canary) || plain(told) !== plain(absent);
      judge.expect(
        'revocation',
        !reads,
        `${way.route}, ${way.name} of ${type}`,
        'Somebody whose grants have ended is not answered as if nothing were there.',
        MEND,
      );
    }
  });
}

/** Somebody who looks for what is not theirs is told to wait. */
export async function proveThrottle(stage: Stage): Promise<void> {
  const token = await stage.cast.patient.session();
  const asking = { method: 'GET', target: `/fhir/Patient/${stage.world.charts.other}` };
  let stopped = false;
  for (let asked = 0; asked < 25 && !stopped; asked += 1) {
    const { status } = await stage.outside.ask(token, asking);
    stopped = status === 429;
  }
  stage.judge.expect(
    'throttle',
    stopped,
    'GET /fhir/:type/:id',
    'Somebody who asked 25 times for what is not theirs was not told to wait.',
    'See what became of counting refusals (src/http/frame.ts, src/gate/refusals.ts).',
  );
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
