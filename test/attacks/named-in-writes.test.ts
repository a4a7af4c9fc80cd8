/**
 * Who writes and names a patient, or a record, that is hidden from him: refused as for what does not exist,
 * and noticed as a read of it would be, with a line, in the count of refusals and, for a canary, an incident.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let own: ChartId;
let foreign: ChartId;
let canary: ChartId;
let hiddenRecord: string;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  own = await served.chart(practice, { name: [{ family: 'Own' }] });
  foreign = await served.chart(practice, { name: [{ family: 'Foreign' }] });
  canary = await served.chart(practice, { name: [{ family: 'Nobody' }] });
  hiddenRecord = newId();
  await served.deposit(practice, { ...observationOf(foreign), id: hiddenRecord } as Deposit);
  await served.database.owner.query('update postern.resource set section = 0 where id = $1', [canary]);
});
afterAll(() => served.close());

function observationOf(chart: string) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'pulse' },
    subject: { reference: `Patient/${chart}` },
  };
}

function provenanceOf(target: string) {
  return {
    resourceType: 'Provenance',
    target: [{ reference: `Observation/${target}` }],
    recorded: '2026-01-05T10:00:00Z',
    agent: [{ who: { display: 'Somebody' } }],
  };
}

const doctor = () => served.person(practice, { role: 'doctor' });
const patient = () => served.person(practice, { role: 'patient', chartId: own });

const create = ({ token }: Person, resource: { resourceType: string }) =>
  served.ask(token, 'POST', `/fhir/${resource.resourceType}`, { body: resource });

interface Noticed {
  readonly action: string;
  readonly outcome: string;
  readonly entries: readonly (readonly unknown[])[];
}

async function noticed({ accountId }: Person): Promise<Noticed[]> {
  const { rows } = await served.database.owner.query<Noticed>(
    `select l.action, l.outcome, l.entries
     from postern.access_line l
     where l.account_id = $1 and l.action in ('create', 'update')
     order by l.at`,
    [accountId],
  );
  return rows;
}

async function canaryAlarms(accountId: string): Promise<unknown[]> {
  const { rows } = await served.database.owner.query<{ chart_id: string }>(
    `select i.chart_id from postern.incident i where i.kind = 'canary' and i.account_id = $1`,
    [accountId],
  );
  return rows.map((row) => row.chart_id);
}

/** Everything of an answer but its time. */
const said = ({ status, headers, text }: Awaited<ReturnType<typeof create>>) => ({ status, headers, text });

test('who writes of a patient he may write of is let in', async () => {
  const person = await doctor();
  const { status, json } = await create(person, observationOf(own));
  expect(status).toBe(201);
  expect(await noticed(person)).toEqual([
    { action: 'create', outcome: 'ok', entries: [[own, 'Observation', json.id, 1]] },
  ]);
  expect((await create(person, provenanceOf(json.id as unknown as string))).status).toBe(201);
});

describe('a create that names what is hidden', () => {
  test.each([
    ['a patient', () => patient(), () => observationOf(foreign), observationOf, 'Patient', () => foreign],
    ['a canary', () => doctor(), () => observationOf(canary), observationOf, 'Patient', () => canary],
    ['a record', () => patient(), () => provenanceOf(hiddenRecord), provenanceOf, 'Observation', null],
  ] as const)(
    '%s, is refused as for what is absent, and noticed',
    async (_, who, hidden, make, type, chart) => {
      const [person, other] = [await who(), await who()];
      const absent = newId();
      const answer = await create(person, hidden());
      expect(answer.status).toBe(422);
      expect(said(answer)).toEqual(said(await create(other, make(absent))));
      const id = chart === null ? hiddenRecord : chart();
      const line = { action: 'create', outcome: 'refused' };
      expect(await noticed(person)).toEqual([{ ...line, entries: [[chart?.() ?? foreign, type, id, null]] }]);
      expect(await noticed(other)).toEqual([{ ...line, entries: [[null, type, absent, null]] }]);
      expect(await canaryAlarms(person.accountId)).toEqual(id === canary ? [canary] : []);
      expect(await canaryAlarms(other.accountId)).toEqual([]);
    },
  );

  test('asks the database the same as for what is absent', async () => {
    const person = await doctor();
    await create(person, observationOf(newId()));
    const asked = async (chart: string) => {
      const spy = vi.spyOn(pg.Client.prototype, 'query');
      await create(person, observationOf(chart));
      const texts = spy.mock.calls.map(([query]) => (typeof query === 'string' ? query : textOf(query)));
      spy.mockRestore();
      return texts.map((text) => text.replace(/'[0-9a-f/-]{60,}'/, 'SESSION'));
    };
    const hidden = await asked(canary);
    expect(hidden.join()).toContain('note_refusal');
    expect(hidden).toEqual(await asked(newId()));
  });

  test('counts: a burst is told to wait', async () => {
    const person = await doctor();
    const statuses: number[] = [];
    for (let count = 0; count < 22; count += 1) {
      statuses.push((await create(person, observationOf(count % 2 === 0 ? canary : newId()))).status);
    }
    expect(statuses).toEqual([...Array(20).fill(422), 429, 429]);
  });

  test('by an id of another form, is refused too', async () => {
    const person = await doctor();
    expect((await create(person, provenanceOf('no-uuid'))).status).toBe(422);
    expect((await noticed(person))[0]).toMatchObject({ outcome: 'refused' });
  });
});

describe('a citation of what its writer does not see', () => {
  const visitFor = (condition: string) => ({
    resourceType: 'Appointment',
    status: 'booked',
    start: '2026-12-01T09:00:00Z',
    end: '2026-12-01T09:30:00Z',
    reasonReference: [{ reference: `Condition/${condition}` }],
    participant: [{ actor: { reference: `Patient/${own}` }, status: 'accepted' }],
  });
  const conditionOf = () => ({
    resourceType: 'Condition',
    code: { text: 'Caries' },
    subject: { reference: `Patient/${own}` },
  });

  test('is refused as for what is absent, noticed, and cannot hide what it is about', async () => {
    const desk = () => served.person(practice, { role: 'front-desk' });
    const [person, other] = [await desk(), await desk()];
    const made = await create(await doctor(), conditionOf());
    const hidden = made.json.id as unknown as string;
    const absent = newId();
    const answer = await create(person, visitFor(hidden));
    expect(answer.status).toBe(422);
    expect(said(answer)).toEqual(said(await create(other, visitFor(absent))));
    const line = { action: 'create', outcome: 'refused' };
    expect(await noticed(person)).toEqual([{ ...line, entries: [[own, 'Condition', hidden, null]] }]);
    expect(await noticed(other)).toEqual([{ ...line, entries: [[null, 'Condition', absent, null]] }]);
  });

  test('that stands already may stay when the rest is changed', async () => {
    const made = await create(await doctor(), conditionOf());
    const cited = visitFor(made.json.id as unknown as string);
    const visit = await create(await doctor(), cited);
    expect(visit.status).toBe(201);
    const id = visit.json.id as unknown as string;
    const { token } = await served.person(practice, { role: 'front-desk' });
    const body = { ...cited, id, status: 'cancelled' };
    const answer = await served.ask(token, 'PUT', `/fhir/Appointment/${id}`, { body });
    expect(answer.status).toBe(200);
    const more = { ...body, basedOn: [{ reference: `ServiceRequest/${newId()}` }] };
    expect((await served.ask(token, 'PUT', `/fhir/Appointment/${id}`, { body: more })).status).toBe(422);
  });
});

test('an update that would name a canary leaves line and alarm', async () => {
  const person = await doctor();
  const { json } = await create(person, observationOf(own));
  const id = json.id as unknown as string;
  const moved = { ...observationOf(canary), id };
  const answer = await served.ask(person.token, 'PUT', `/fhir/Observation/${id}`, { body: moved });
  expect(answer.status).toBe(422);
  expect((await noticed(person))[1]).toEqual({
    action: 'update',
    outcome: 'refused',
    entries: [[canary, 'Patient', canary, null]],
  });
  expect(await canaryAlarms(person.accountId)).toEqual([canary]);
});

test('a create in a chart that one may only read says whose it was', async () => {
  const person = await patient();
  expect((await create(person, observationOf(own))).status).toBe(404);
  expect((await noticed(person))[0]!.entries).toEqual([[own, 'Patient', own, null]]);
});

function textOf(query: unknown): string {
  return (query as { text: string }).text;
}
