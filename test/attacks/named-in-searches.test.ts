/** Who searches for what is hidden from him is answered like any other, and noticed as who reads it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let own: ChartId;
let foreign: ChartId;
let canary: ChartId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  own = await served.chart(practice);
  foreign = await served.chart(practice);
  canary = await served.chart(practice);
  await served.database.owner.query('update postern.resource set section = 0 where id = $1', [canary]);
});
afterAll(() => served.close());

async function refusedNames({ accountId }: Person): Promise<string[]> {
  const { rows } = await served.database.owner.query<{ id: string }>(
    `select e.entry ->> 2 as id
     from postern.access_line l cross join jsonb_array_elements(l.entries) e (entry)
     where l.account_id = $1 and l.action = 'search' and l.outcome = 'refused'
     order by l.at`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}

async function alarms({ accountId }: Person): Promise<string[]> {
  const { rows } = await served.database.owner.query<{ chart_id: string }>(
    `select i.chart_id from postern.incident i where i.kind = 'canary' and i.account_id = $1`,
    [accountId],
  );
  return rows.map((row) => row.chart_id);
}

const search = ({ token }: Person, query: string) => served.ask(token, 'GET', `/fhir/${query}`);
const doctor = () => served.person(practice, { role: 'doctor' });
const patient = () => served.person(practice, { role: 'patient', chartId: own });

test('what is one’s own and empty is no refusal', async () => {
  for (const person of [await doctor(), await patient()]) {
    for (const query of [`Observation?patient=${own}`, `Patient?_id=${own}`]) {
      expect((await search(person, query)).status).toBe(200);
    }
    expect(await refusedNames(person)).toEqual([]);
  }
});

describe.each([
  ['a patient', patient, () => foreign],
  ['a canary', doctor, () => canary],
] as const)('%s that is hidden', (_, who, hidden) => {
  test('is answered like one that is absent, and both leave a line', async () => {
    const [person, other, absent] = [await who(), await who(), newId()];
    const queries = (id: string) => [`Observation?patient=${id}`, `Patient?_id=${id}`];
    for (const [at, query] of queries(hidden()).entries()) {
      const answer = await search(person, query);
      const same = await search(other, queries(absent)[at]!);
      expect(answer.status).toBe(200);
      expect(answer.text.replaceAll(hidden(), 'ID')).toBe(same.text.replaceAll(absent, 'ID'));
    }
    expect(await refusedNames(person)).toEqual([hidden(), hidden()]);
    expect(await refusedNames(other)).toEqual([absent, absent]);
    expect(new Set(await alarms(person))).toEqual(new Set(hidden() === canary ? [canary] : []));
    expect(await alarms(other)).toEqual([]);
  });

  test('counts: a burst is told to wait', async () => {
    const person = await who();
    const statuses: number[] = [];
    for (let count = 0; count < 22; count += 1) {
      const id = count % 2 === 0 ? hidden() : newId();
      statuses.push((await search(person, `Observation?patient=${id}`)).status);
    }
    expect(statuses.slice(0, 19)).toEqual(Array(19).fill(200));
    expect(statuses.at(-1)).toBe(429);
  });
});
