/** That a search is bounded work and says what to do instead, and that a plain one is one statement. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { made, reference, SearchDesk } from '../support/search-desk.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { tapStatements } from '../support/statement-tap.ts';

const MANY = 2001;

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let desk: SearchDesk;
const visit = made('Encounter', { status: 'finished', class: { code: 'AMB' } });

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Ruiz' }] });
  const subject = { reference: `Patient/${chart}` };
  await served.deposit(practice, { ...visit, subject } as Deposit);
  const many = Array.from({ length: MANY }, (_, at) =>
    made('Observation', {
      status: 'final',
      code: { coding: [{ code: at % 2 === 0 ? 'even' : 'odd' }] },
      subject,
      encounter: reference(visit),
      effectiveDateTime: '2026-01-01',
      valueQuantity: { value: at },
    }),
  );
  for (let start = 0; start < MANY; start += 250) {
    await served.deposit(practice, ...many.slice(start, start + 250));
  }
  // As an import leaves it.
  await served.database.owner.query('analyze');
  desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
}, 60_000);
afterAll(() => served.close());

describe('a search is refused, with what to do instead, where it', () => {
  const repeated = (text: string, times: number) => Array.from({ length: times }, () => text).join('&');

  test.each([
    ['takes too many parameters', () => `Observation?${repeated('code=x', 31)}`, /at most 30 parameters/],
    ['takes too many chains', () => `Observation?${repeated('patient.name=x', 7)}`, /at most 6 chains/],
    [
      'takes too many includes',
      () => `Observation?${repeated('_include=Observation:patient', 13)}`,
      /at most 12/,
    ],
    [
      'nests _has too deeply',
      () =>
        'Patient?_has:Encounter:patient:_has:Observation:encounter:_has:DiagnosticReport:result:' +
        '_has:Provenance:target:_id=x',
      /at most 3 references/,
    ],
    [
      'sorts too many hits',
      () => `Observation?patient=${chart}&_sort=value-quantity`,
      /sort by _lastUpdated/,
    ],
    [
      'brings too much along',
      () => `Patient?_id=${chart}&_revinclude=Observation:patient`,
      /fewer with _count/,
    ],
    [
      'brings too much along twice',
      () => `Encounter?_id=${visit.id}&_revinclude=Observation:encounter`,
      /_count/,
    ],
    ['searches too many types', () => `?_type=${'Patient,'.repeat(2)}Nothing`, /_type/],
  ])('%s', async (_, search, words) => {
    expect(await desk.refusal(search())).toMatch(words);
  });
});

describe('alternatives in many charts', () => {
  const CHARTS = 320;
  const errand = made('Task', {
    status: 'requested',
    intent: 'order',
    code: { coding: [{ code: 'errand' }] },
  });
  let crowded: SearchDesk;

  beforeAll(async () => {
    const practice = await served.makePractice();
    const charts = Array.from({ length: CHARTS }, () => made('Patient'));
    const pulses = charts.map((patient) =>
      made('Observation', {
        status: 'final',
        code: { coding: [{ code: 'a1' }] },
        subject: reference(patient),
      }),
    );
    await served.deposit(practice, ...charts);
    await served.deposit(practice, ...pulses, errand);
    crowded = new SearchDesk(served, await served.person(practice, { role: 'front-desk' }));
    desks.push(crowded, new SearchDesk(served, await served.person(practice, { role: 'doctor' })));
  });
  const desks: SearchDesk[] = [];
  const codes = (count: number) => Array.from({ length: count }, (_, at) => `a${at}`).join(',');

  test('are looked up where they are some, and refused as too costly beyond, in bounded time', async () => {
    const doctor = desks[1]!;
    expect(await doctor.matches(`Observation?code=${codes(20)}&_count=500`)).toHaveLength(CHARTS);
    const many = Array.from({ length: 30 }, () => `code=${codes(100)}`).join('&');
    const started = performance.now();
    const { status, json } = await doctor.ask(`Observation?${many}`);
    expect([status, json.issue![0]!.code]).toEqual([400, 'too-costly']);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await crowded.ask(`Observation?${many}`)).status).toBe(200);
  });

  test('count what is in no chart once, however many charts there are', async () => {
    for (const desk of desks) {
      const search = 'Task?status=requested';
      expect(await desk.total(`${search}&_summary=count`)).toBe(1);
      expect(await desk.everyPage(`${search}&_count=1`)).toEqual([errand.id]);
      expect(await desk.total('Task?code=errand&_summary=count')).toBe(1);
    }
  });

  test('are at most a hundred, wherever they stand', async () => {
    for (const search of [
      `Observation?code=${codes(101)}`,
      `Observation?_id=${codes(101)}`,
      `Observation?date=${codes(101)}`,
      `Observation?patient.name=${codes(101)}`,
      `Patient?_has:Observation:patient:code=${codes(101)}`,
      `Observation?code:not=${codes(101)}`,
    ]) {
      expect(await crowded.refusal(search)).toContain('at most 100 values');
    }
  });
});

test('the same searches are answered once they are narrowed', async () => {
  const few = `Observation?patient=${chart}&value-quantity=lt10`;
  expect(await desk.matches(`${few}&_sort=-value-quantity`)).toHaveLength(10);
  expect(await desk.included(`${few}&_include=Observation:encounter`)).toEqual([visit.id]);
});

test('many are counted, and pages lead through all of them', async () => {
  expect(await desk.total(`Observation?patient=${chart}&_summary=count`)).toBe(MANY);
  expect(await desk.total(`Observation?code=odd&_count=1&_total=accurate`)).toBe((MANY - 1) / 2);
  expect(await desk.total(`Observation?value-quantity=ge1000&_total=estimate&_count=1`)).toBe(MANY - 1000);
  const everything = await desk.everyPage(`Observation?patient=${chart}&_count=500`);
  expect(new Set(everything).size).toBe(MANY);
});

test('a plain search by patient, code and date is one statement, and one line', async () => {
  const search = `Observation?patient=${chart}&code=odd&date=ge2026&_count=20`;
  await desk.page(search);
  const tap = tapStatements();
  await desk.page(search);
  const asked = tap.take();
  tap.close();
  expect(asked.filter((text) => text.startsWith('search'))).toHaveLength(1);
  expect(asked.filter((text) => text.includes('ledger_append_lines'))).toHaveLength(1);
});
