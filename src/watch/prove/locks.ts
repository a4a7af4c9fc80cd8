/**
 * Each of the two locks alone, in the running server. For a canary's session we make the mistake that the
 * other lock is there for: first its reach in PostgreSQL is widened, as a policy would that lets too much
 * through, so that only the key ring is left; then a doctor's reach is emptied, so that only row policies
 * are. Either way nothing may come out.
 */
import type { Pool } from 'pg';
import { SECTION_NAMES, SECTIONS } from '../../base/section.ts';
import { secretTokenHash } from '../../seal/index.ts';
import type { Asking, Told } from './outside.ts';
import { CAST_WORDS, type CastName, type Stage } from './stage.ts';

const KEY_RING =
  'The key ring of the process opened what only row policies were to hold back. Stop the server; go back ' +
  'to the edition before, and see what changed in src/seal/key-ring.ts and src/gate/scope.ts.';
const ROW_POLICIES =
  'Row policies gave out what only the key ring was to hold back. Stop the server; compare the policies ' +
  'with src/db/migrations, and make them anew.';

interface LockProbe {
  readonly name: string;
  ask(chart: string, record: { id: string; canary: string }): Asking;
}

const get = (target: string): Asking => ({ method: 'GET', target });

const PROBES: readonly LockProbe[] = [
  { name: 'read', ask: (_, { id }) => get(`/fhir/Observation/${id}`) },
  { name: 'vread', ask: (_, { id }) => get(`/fhir/Observation/${id}/_history/1`) },
  { name: 'history', ask: (_, { id }) => get(`/fhir/Observation/${id}/_history`) },
  { name: 'search by id', ask: (_, { id }) => get(`/fhir/Observation?_id=${id}`) },
  { name: 'search by content', ask: (_, { canary }) => get(`/fhir/Observation?_tag=${canary}`) },
  { name: 'search by patient', ask: (chart) => get(`/fhir/Observation?patient=${chart}`) },
  { name: 'everything', ask: (chart) => get(`/fhir/Patient/${chart}/$everything`) },
  { name: 'history of the type', ask: () => get('/fhir/Observation/_history?_count=200') },
];

export async function proveLocks(stage: Stage, owner: Pool): Promise<void> {
  const { charts } = stage.world;
  const target = stage.world.at('Observation', 'other');
  const chart = charts.other;
  const widened = SECTION_NAMES.flatMap((section) =>
    ['r', 'o', 'k'].map((kind) => `${kind}/${chart}/${SECTIONS[section]}`),
  );
  for (const probe of PROBES) {
    const asking = probe.ask(chart, target);
    // The key ring alone: the patient's rows are opened to him.
    const told = await askWith(stage, owner, 'patient', asking, (keys) => [...keys, ...widened]);
    judge(stage, 'the key ring alone', probe.name, 'patient', told, target.canary, KEY_RING);
    // Row policies alone: a doctor, whose scope allows it, reaches no row.
    const own = `a/${stage.cast.doctor.accountId}`;
    const kept = await askWith(stage, owner, 'doctor', asking, () => [own]);
    judge(stage, 'row policies alone', probe.name, 'doctor', kept, target.canary, ROW_POLICIES);
  }
  await rightfulStill(stage, target.canary);
}

/** Asks in a new session whose reach has been changed by hand. */
async function askWith(
  stage: Stage,
  owner: Pool,
  who: CastName,
  asking: Asking,
  change: (keys: string[]) => string[],
): Promise<Told> {
  const token = await stage.cast[who].session();
  // Admission writes the reach.
  await stage.outside.ask(token, { method: 'GET', target: '/session' });
  const hash = Buffer.from(secretTokenHash(token), 'hex');
  const { rows } = await owner.query<{ keys: string[] }>(
    'select r.keys from postern.reach r where r.practice_id = $1 and r.session_hash = $2',
    [stage.world.here, hash],
  );
  const admitted = stage.judge.expect(
    'locks',
    rows.length === 1,
    CAST_WORDS[who],
    'A session that asks has no reach in the database.',
    'See what admits sessions without handing their reach to PostgreSQL.',
  );
  if (admitted) {
    await owner.query(
      'update postern.reach r set keys = $3 where r.practice_id = $1 and r.session_hash = $2',
      [stage.world.here, hash, change(rows[0]!.keys)],
    );
  }
  return stage.outside.ask(token, asking);
}

function judge(
  stage: Stage,
  lock: string,
  name: string,
  who: CastName,
  told: Told,
  canary: string,
  mend: string,
): void {
  const held = !plainly(told).includes(canary) && told.status < 500;
  const what = told.status < 500 ? 'the record came out' : `the server failed with ${told.status}`;
  stage.judge.expect(
    'locks',
    held,
    `${lock}: ${name}`,
    `With ${lock}, ${what} for ${CAST_WORDS[who]}.`,
    mend,
  );
}

/** Links repeat the question. */
function plainly({ text }: Told): string {
  return text.replace(/"url":"[^"]*"/g, '');
}

async function rightfulStill(stage: Stage, canary: string): Promise<void> {
  const { id } = stage.world.at('Observation', 'other');
  const told = await stage.ask('doctor', get(`/fhir/Observation/${id}`));
  stage.expectRightful('GET /fhir/Observation/:id: a doctor', told, 200, canary);
  stage.judge.looked('locks');
}
