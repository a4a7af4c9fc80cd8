/**
 * Each wall alone. Where PostgreSQL lets every row through, the key ring still opens none of them; where the
 * key ring refuses nothing, PostgreSQL still gives no foreign row. Every foreign record holds a word that
 * must come out of no function of the store, whatever is tried.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { ACTIONS } from '../../src/base/section.ts';
import type { Stored } from '../../src/chart/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import {
  type Deposit,
  type HeldRole,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const MARK = 'kingfisher';
const OWN = 'sparrow';

interface Record {
  readonly type: string;
  readonly id: string;
}

let served: ServedPractices;
let practiceId: PracticeId;
const own: Record[] = [];
const foreign: Record[] = [];
const ana = newId<ChartId>();
const ben = newId<ChartId>();
let bensNote: Record;
let bensDiagnosis: Record;
let bensDeleted: Record;
let elsewhere: Record;

beforeAll(async () => {
  served = await servePractices();
  practiceId = await served.makePractice();
  own.push(...(await depositChart(practiceId, ana, OWN)));
  foreign.push(...(await depositChart(practiceId, ben, MARK)));
  bensDiagnosis = foreign.find(({ type }) => type === 'Condition')!;
  const psychiatrist = await visitor({ role: 'psychiatrist' });
  const note = await served.store.create(psychiatrist, observation(ben, MARK), { section: 'psychotherapy' });
  await served.store.update(psychiatrist, 'Observation', note.id, {
    ...observation(ben, MARK),
    id: note.id,
    status: 'amended',
  });
  bensNote = { type: 'Observation', id: note.id };
  foreign.push(bensNote);
  const gone = await served.store.create(psychiatrist, observation(ben, MARK), { section: 'psychotherapy' });
  await served.store.remove(psychiatrist, 'Observation', gone.id);
  bensDeleted = { type: 'Observation', id: gone.id };
  foreign.push(bensDeleted);
  const other = await served.makePractice();
  const [patient] = await depositChart(other, newId<ChartId>(), MARK);
  elsewhere = patient!;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => served.close());

const observation = (chart: ChartId, word: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: word },
  subject: { reference: `Patient/${chart}` },
  effectiveDateTime: '2026-01-05',
  valueString: word,
});

/** A Patient, an Observation in two versions, and a Condition about HIV. */
async function depositChart(practice: PracticeId, chart: ChartId, word: string): Promise<Record[]> {
  const seen = { ...observation(chart, word), id: newId() };
  const hiv = {
    resourceType: 'Condition',
    id: newId(),
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }], text: word },
    subject: { reference: `Patient/${chart}` },
  };
  const patient = { resourceType: 'Patient', id: chart, name: [{ family: word, given: [word] }] };
  await served.deposit(practice, patient as Deposit, seen as Deposit, hiv as Deposit);
  await served.deposit(practice, { ...seen, status: 'amended' } as Deposit);
  return [patient, seen, hiv].map(({ resourceType, id }) => ({ type: resourceType, id }));
}

async function visitor(...held: HeldRole[]): Promise<Visit> {
  const { token } = await served.person(practiceId, ...held);
  return (await served.gate.admit(token, '192.0.2.1'))!;
}

const SEARCHES: readonly [string, string][] = [
  ['Patient', ''],
  ['Patient', `name=${MARK}`],
  ['Patient', `_id=${ben}`],
  ['Observation', ''],
  ['Observation', `patient=${ben}`],
  ['Observation', 'status=amended'],
  ['Observation', 'date=ge2025-01-01'],
  ['Observation', '_lastUpdated=ge2020-01-01'],
  ['Observation', 'status=amended&date=ge2025-01-01&_sort=-_lastUpdated'],
  ['Condition', ''],
  ['Condition', 'code=B20'],
  ['Condition', `patient=${ben}`],
];

function textOf(stored: Stored | null): string {
  return stored?.content?.bytes().toString() ?? '';
}

/** Everything that the store's functions give to that visit, as one text. */
async function everything(visit: Visit, records: readonly Record[]): Promise<string> {
  const { store } = served;
  const told: string[] = [];
  for (const { type, id } of records) {
    const answers = [await store.read(visit, type, id)];
    for (const version of [1, 2]) answers.push(await store.vread(visit, type, id, version));
    told.push(...answers.map(textOf));
    const page = await store.history(visit, type, id, { count: 10 });
    const stood = [...answers, ...(page?.versions ?? [])].some((stored) => stored !== null);
    if (stood) told.push(`told of ${type}/${id}`);
    told.push(...(page?.versions ?? []).map(textOf));
    const removed = await store.remove(visit, type, id);
    if (removed !== null) told.push(`removed ${type}/${id}`);
    const draft = { ...observation(ben, 'crow'), resourceType: type, id };
    const updated = await store.update(visit, type, id, draftOf(type, draft)).catch(safeMessage);
    told.push(typeof updated === 'string' ? updated : `updated ${textOf(updated)}`);
  }
  for (const [type, query] of SEARCHES) {
    const page = await store.search(visit, type, new URLSearchParams(query));
    told.push(...page.matches.map(textOf));
  }
  return told.join('\n');
}

function draftOf(type: string, { id, ...draft }: ReturnType<typeof observation> & { id: string }) {
  if (type === 'Observation') return { ...draft, id };
  if (type === 'Patient') return { resourceType: 'Patient', id };
  const clinicalStatus = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  };
  return { resourceType: 'Condition', id, clinicalStatus, subject: draft.subject, code: { text: 'crow' } };
}

function safeMessage(error: Error & { code?: string }): string {
  expect(['not-found', 'not-processable', '42501']).toContain(error.code);
  return error.message;
}

/** What stands of those records, by the database's owner: nothing that is tried may change it. */
async function standing(): Promise<unknown[]> {
  const { rows } = await served.database.owner.query(
    `select r.id, r.version, r.deleted, sha256(r.sealed) as sealed
     from postern.resource r
     where r.id = any ($1)
     order by r.id`,
    [[...foreign, elsewhere].map(({ id }) => id)],
  );
  return rows;
}

/** Who tries, and what is foreign to them. */
const ACTORS: readonly [string, HeldRole[], () => Record[]][] = [
  ['the patient of another chart', [{ role: 'patient', chartId: ana }], () => [...foreign, elsewhere]],
  ['somebody without a grant', [], () => [...foreign, elsewhere]],
  [
    'a nurse, of what is sensitive',
    [{ role: 'nurse' }],
    () => [bensDiagnosis, bensNote, bensDeleted, elsewhere],
  ],
  [
    'another psychiatrist, of a colleague’s note',
    [{ role: 'psychiatrist' }],
    () => [bensNote, bensDeleted, elsewhere],
  ],
];

/** What was told without the records that hold the mark too, but are the actor's to see. */
function ofSecrets(told: string, secret: readonly Record[]): string {
  const ids = secret.map(({ id }) => id);
  return told
    .split('\n')
    .filter((line) => !line.includes(MARK) || ids.some((id) => line.includes(id)))
    .join('\n');
}

describe('with both walls', () => {
  test('the patient gets the own chart, and the doctor the foreign one', async () => {
    const patient = await visitor({ role: 'patient', chartId: ana });
    for (const { type, id } of own) expect(textOf(await served.store.read(patient, type, id))).toContain(OWN);
    const doctor = await visitor({ role: 'doctor' });
    for (const record of foreign) {
      const text = textOf(await served.store.read(doctor, record.type, record.id));
      expect(text.includes(MARK)).toBe(record !== bensNote && record !== bensDeleted);
    }
  });
});

describe('where the key ring refuses nothing', () => {
  test.each(ACTORS)('row policies keep everything from %s', async (_who, held, secret) => {
    const visit = await visitor(...held);
    const before = await standing();
    takeKeyRingAway(visit);
    for (const action of ACTIONS) expect(visit.scope.allows(action, 'canary', ben, null)).toBe(true);
    const told = await everything(visit, secret());
    expect(ofSecrets(told, secret())).not.toContain(MARK);
    expect(told).not.toMatch(/^(updated|removed|told of) /m);
    expect(await standing()).toEqual(before);
  });

  test('what a session may see is still there', async () => {
    const visit = await visitor({ role: 'patient', chartId: ana });
    takeKeyRingAway(visit);
    for (const { type, id } of own) expect(textOf(await served.store.read(visit, type, id))).toContain(OWN);
    const page = await served.store.search(visit, 'Observation', new URLSearchParams('status=amended'));
    expect(page.matches.map(({ id }) => id)).toEqual([own[1]!.id]);
  });

  test('PostgreSQL refuses to make a record in a section that is not the session’s', async () => {
    const visit = await visitor({ role: 'nurse' });
    takeKeyRingAway(visit);
    const making = served.store.create(visit, observation(ben, 'crow'), { section: 'sensitive' });
    await expect(making).rejects.toMatchObject({ code: '42501' });
  });
});

/** From here on the session's reach says yes to everything, in searches, in the key ring and in writes. */
function takeKeyRingAway(visit: Visit): void {
  const real = Object.getPrototypeOf(visit.scope) as typeof visit.scope;
  vi.spyOn(real, 'allows').mockReturnValue(true);
  vi.spyOn(real, 'reachable').mockReturnValue({ allMask: 127, pairs: new Map() });
}

describe('where row security is off', () => {
  beforeAll(async () => {
    const { rows } = await served.database.owner.query<{ name: string }>(
      `select c.oid::regclass::text as name
       from pg_class c
       where c.relnamespace = 'postern'::regnamespace and c.relrowsecurity`,
    );
    for (const { name } of rows) {
      await served.database.owner.query(`alter table ${name} disable row level security`);
    }
    const visible = await served.database.server.query('select from postern.resource');
    expect(visible.rowCount).toBeGreaterThan(8);
  });

  test.each(ACTORS)('the key ring keeps everything from %s', async (_who, held, secret) => {
    const visit = await visitor(...held);
    const before = await standing();
    const told = await everything(visit, secret());
    expect(ofSecrets(told, secret())).not.toContain(MARK);
    expect(told).not.toMatch(/^(updated|removed|told of) /m);
    expect(await standing()).toEqual(before);
  });

  test('a row that came through and did not open raises an incident', async () => {
    const count = async () => {
      const { rows } = await served.database.owner.query<{ count: number }>(
        "select count(*)::integer as count from postern.incident where kind = 'key-ring'",
      );
      return rows[0]!.count;
    };
    const visit = await visitor({ role: 'patient', chartId: ana });
    const before = await count();
    expect(await served.store.read(visit, 'Observation', foreign[1]!.id)).toBeNull();
    expect(await count()).toBe(before + 1);
  });

  test('what a session may see is still there', async () => {
    const visit = await visitor({ role: 'patient', chartId: ana });
    for (const { type, id } of own) expect(textOf(await served.store.read(visit, type, id))).toContain(OWN);
  });

  test('and the key ring refuses nothing, all of it comes out: so it is these two that hold', async () => {
    for (const [, held, secret] of ACTORS.slice(0, 3)) {
      const visit = await visitor(...held);
      takeKeyRingAway(visit);
      const [{ type, id }] = secret() as [Record];
      expect(textOf(await served.store.read(visit, type, id))).toContain(MARK);
      const page = await served.store.search(visit, type, new URLSearchParams(`_id=${id}`));
      expect(page.matches.map(textOf).join()).toContain(MARK);
    }
  });
});
