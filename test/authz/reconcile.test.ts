/**
 * The books balance: what key rings opened, what access lines name and what answers gave out are counted
 * apart, over random requests of random people, and must come to the same. What a search opened to test it
 * and did not give out is counted by itself.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PosternError } from '../../src/base/errors.ts';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import type { Stored } from '../../src/chart/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import { KeyRing, type SealedRow } from '../../src/seal/index.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';

const STEPS = process.env.SLOW === '1' ? 3000 : 250;
const SEED = 20_260_511;

let served: ServedPractices;
let practiceId: PracticeId;
const charts = [newId<ChartId>(), newId<ChartId>()];
/** Every observation there is or was; requests name them, and now and then what is not there. */
const ids: string[] = [];
const visits: Visit[] = [];

beforeAll(async () => {
  served = await servePractices();
  practiceId = await served.makePractice();
  for (const [at, id] of charts.entries()) {
    const patient = { resourceType: 'Patient', id, name: [{ family: ['Ruiz', 'Stone'][at] }] };
    const records = Array.from({ length: 6 }, (_, place) => ({
      ...observation(id, place % 3 === 0 ? 'amended' : 'final'),
      id: newId(),
    }));
    await served.deposit(practiceId, patient as Deposit, ...(records as Deposit[]));
    ids.push(...records.map((record) => record.id));
  }
  ids.push(newId());
  for (const role of ['doctor', 'nurse', 'psychiatrist', 'billing'] as const) {
    visits.push(await admitted(await served.person(practiceId, { role })));
  }
  for (const chartId of charts) {
    visits.push(await admitted(await served.person(practiceId, { role: 'patient', chartId })));
  }
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => served.close());

async function admitted({ token }: { token: string }): Promise<Visit> {
  return (await served.gate.admit(token, null))!;
}

function observation(chart: ChartId, status: string) {
  return {
    resourceType: 'Observation',
    status,
    code: { text: 'pulse' },
    subject: { reference: `Patient/${chart}` },
    effectiveDateTime: '2026-01-05',
  };
}

/** Which version of which record; the same in rows, lines and answers. */
type Item = string;
const itemOf = ({ id, version }: { id: string; version: number }): Item => `${id}/${version}`;

/** What one request gave out. */
interface Answer {
  /** Versions that were read out of the database. */
  readonly released: readonly Stored[];
  /** Versions that the request itself made. */
  readonly made: readonly { id: string; version: number }[];
  /** The outcome in its access line; null where it leaves none. */
  readonly outcome: 'ok' | 'refused' | null;
}

const nothing: Answer = { released: [], made: [], outcome: 'refused' };
const gaveOut = (released: readonly Stored[]): Answer => ({ released, made: [], outcome: 'ok' });
const givesOut = (stored: Stored | null): Answer => (stored === null ? nothing : gaveOut([stored]));
const makes = (made: { id: string; version: number }): Answer => ({
  released: [],
  made: [made],
  outcome: 'ok',
});

/** Not-found is an answer; so is that a draft cannot be, a refusal where its owner is why. */
async function orNothing(work: Promise<Answer>): Promise<Answer> {
  return work.catch((error: unknown) => {
    if (!(error instanceof PosternError)) throw error;
    if (error.isRefusal) return nothing;
    if (error.code === 'not-processable') return { ...nothing, outcome: null };
    throw error;
  });
}

type Step = (visit: Visit) => Promise<Answer>;

const id = fc.nat().map((at) => () => ids[at % ids.length]!);
const QUERIES = ['', 'status=amended', '_count=2', '_count=1&status=final', 'date=ge2026-01-01&_count=3'];

const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  id.map((one): [string, Step] => [
    'read',
    async (visit) => givesOut(await served.store.read(visit, 'Observation', one())),
  ]),
  fc
    .tuple(id, fc.integer({ min: 1, max: 4 }))
    .map(([one, version]): [string, Step] => [
      'vread',
      async (visit) => givesOut(await served.store.vread(visit, 'Observation', one(), version)),
    ]),
  fc.tuple(id, fc.integer({ min: 1, max: 4 })).map(([one, count]): [string, Step] => [
    'history',
    async (visit) => {
      const page = await served.store.history(visit, 'Observation', one(), { count });
      return page === null ? nothing : gaveOut(page.versions);
    },
  ]),
  fc.constantFrom('Observation', 'Patient').chain((type) =>
    fc.constantFrom(...(type === 'Patient' ? ['', 'family=Ruiz'] : QUERIES)).map((query): [string, Step] => [
      'search',
      async (visit) => {
        const page = await served.store.search(visit, type, new URLSearchParams(query));
        return gaveOut(page.matches);
      },
    ]),
  ),
  fc.tuple(fc.constantFrom(...charts), fc.boolean()).map(([chart, closed]): [string, Step] => [
    'create',
    (visit) =>
      orNothing(
        served.store
          .create(visit, observation(chart, 'final'), closed ? { section: 'sensitive' } : {})
          .then((made) => {
            ids.push(made.id);
            return makes(made);
          }),
      ),
  ]),
  fc.tuple(id, fc.constantFrom(...charts)).map(([one, chart]): [string, Step] => [
    'update',
    (visit) => {
      const draft = { ...observation(chart, 'amended'), id: one() };
      return orNothing(served.store.update(visit, 'Observation', draft.id, draft).then(makes));
    },
  ]),
  id.map((one): [string, Step] => [
    'delete',
    async (visit) => {
      const removed = await served.store.remove(visit, 'Observation', one());
      return removed === null ? nothing : makes({ id: one(), version: removed.version });
    },
  ]),
);

interface Line {
  action: string;
  outcome: string;
  entries: [string | null, string, string, number | null][];
}

/** The lines of the requests; opening a session leaves one as well. */
async function linesSince(known: ReadonlySet<string>): Promise<(Line & { id: string })[]> {
  const { rows } = await served.database.owner.query<Line & { id: string }>(
    `select l.id, l.action, l.outcome, l.entries
     from postern.access_line l
     where l.practice_id = $1 and not l.id = any ($2)`,
    [practiceId, [...known]],
  );
  return rows;
}

test('what is opened is given out and named in a line, or was a candidate of a search', async () => {
  const opened: Item[] = [];
  const open = KeyRing.prototype.open;
  vi.spyOn(KeyRing.prototype, 'open').mockImplementation(function (this: KeyRing, row: SealedRow) {
    const content = open.call(this, row);
    if (content !== null) opened.push(itemOf(row));
    return content;
  });
  const known = new Set((await linesSince(new Set())).map((line) => line.id));
  const ringsBefore = opensOf(visits);
  const sum = { opened: 0, released: 0, deletions: 0, candidates: 0, entries: 0, made: 0, refused: 0 };
  const steps = fc.sample(fc.tuple(fc.nat(visits.length - 1), step), { numRuns: STEPS, seed: SEED });
  for (const [who, [action, run]] of steps) {
    opened.length = 0;
    const answer = await run(visits[who]!);
    const lines = await linesSince(known);
    for (const line of lines) known.add(line.id);
    const where = `${action} as ${visits[who]!.scope.roles.join()}`;

    const apart = [...opened];
    // Deletions too: what makes one is that its content opens and is empty.
    for (const item of answer.released.map(itemOf)) {
      expect(apart, `${where}: given out, so opened`).toContain(item);
      apart.splice(apart.indexOf(item), 1);
    }
    // Opened and not given out: only to see whether it matches.
    if (action !== 'search') expect(apart, where).toEqual([]);

    const told = lines.filter(({ outcome }) => outcome === 'ok');
    const named = told.flatMap(({ entries }) =>
      entries.map(([, , entryId, version]) => itemOf({ id: entryId, version: version! })),
    );
    expect(named.toSorted(), where).toEqual([...answer.released, ...answer.made].map(itemOf).toSorted());
    // One line for each request: of what it gave or made, or of the refusal.
    const left = lines.map((line) => ({ action: line.action, outcome: line.outcome }));
    expect(left, where).toEqual(answer.outcome === null ? [] : [{ action, outcome: answer.outcome }]);

    sum.opened += opened.length;
    sum.released += answer.released.length;
    sum.deletions += answer.released.filter(({ content }) => content === null).length;
    sum.candidates += apart.length;
    sum.entries += named.length;
    sum.made += answer.made.length;
    sum.refused += answer.outcome === 'refused' ? 1 : 0;
  }
  expect(sum.opened).toBe(sum.released + sum.candidates);
  expect(sum.entries).toBe(sum.released + sum.made);
  expect(opensOf(visits) - ringsBefore).toBe(sum.opened);
  for (const count of Object.values(sum)) expect(count).toBeGreaterThan(0);
});

test('who may read and not write is told nothing by a write, not even of what is deleted', async () => {
  const doctor = visits[0]!;
  const patient = visits.at(-2)!;
  const { id: made } = await served.store.create(doctor, observation(charts[0]!, 'final'));
  expect(await served.store.read(patient, 'Observation', made)).not.toBeNull();
  const draft = { ...observation(charts[0]!, 'amended'), id: made };
  const writes = [
    () => served.store.update(patient, 'Observation', made, draft).catch((error) => error.code),
    () =>
      served.store.update(patient, 'Observation', made, draft, { ifMatch: 7 }).catch((error) => error.code),
    () => served.store.remove(patient, 'Observation', made, { ifMatch: 7 }),
    () => served.store.remove(patient, 'Observation', made),
  ];
  const outcomes = async () => {
    const known = new Set((await linesSince(new Set())).map((line) => line.id));
    const answers = [];
    for (const write of writes) answers.push(await write());
    expect(answers).toEqual(['not-found', 'not-found', null, null]);
    return (await linesSince(known)).map(({ outcome }) => outcome);
  };
  expect(await outcomes()).toEqual(['refused', 'refused', 'refused', 'refused']);
  expect(await served.store.remove(doctor, 'Observation', made)).toMatchObject({ version: 2 });
  expect(await outcomes()).toEqual(['refused', 'refused', 'refused', 'refused']);
  // Who may delete is answered a second time, and that leaves a line as well.
  const known = new Set((await linesSince(new Set())).map((line) => line.id));
  expect(await served.store.remove(doctor, 'Observation', made)).toMatchObject({ version: 2 });
  expect(await linesSince(known)).toMatchObject([
    { action: 'delete', outcome: 'ok', entries: [[charts[0], 'Observation', made, 2]] },
  ]);
});

function opensOf(those: readonly Visit[]): number {
  return those.reduce((count, { scope }) => count + scope.keys.opens, 0);
}
