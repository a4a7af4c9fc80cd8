/** Families over HTTP: who gives, sees, changes and ends access, and what ends by itself as children grow. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { type ChartId, type GrantId, newId, type PracticeId } from '../../src/base/ids.ts';
import { birthDatesIn } from '../../src/chart/index.ts';
import { growUp } from '../../src/doors/index.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
const clock = new ManualClock(new Date());
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const DAY = 86_400;
const inDays = (days: number) => new Date(Date.now() + days * DAY * 1000);
const bornYearsAgo = (years: number, days = 0) => {
  const now = new Date();
  const born = Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), now.getUTCDate() + days);
  return new Date(born).toISOString().slice(0, 10);
};

function send({ token }: Person, method: string, target: string, body?: object): Promise<Answered> {
  const options = body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) };
  return served.ask(token, method, target, options);
}

async function emailOf({ accountId }: Person): Promise<string> {
  return (await served.gate.accounts.describeAccount(accountId))!.email;
}

const reads = async ({ token }: Person, chart: ChartId) =>
  (await served.ask(token, 'GET', `/fhir/Patient/${chart}`)).status === 200;

async function sectionsOf(person: Person, chart: ChartId): Promise<readonly string[]> {
  // What has changed is found out by the next statement.
  await reads(person, chart);
  const { json } = await served.ask(person.token, 'GET', '/session');
  const charts = json.charts as unknown as { chart: string; sections: string[] }[];
  return charts.find((each) => each.chart === chart)?.sections ?? [];
}

interface PersonTold {
  id: string;
  account: string;
  name: string;
  role: string;
  sections: string[];
  until: string | null;
  sensitiveUntil: string | null;
  mayEnd: boolean;
  mayChange: boolean;
}

async function peopleOn(who: Person, chart: ChartId): Promise<PersonTold[]> {
  const { json, status, text } = await served.ask(who.token, 'GET', `/family?chart=${chart}`);
  expect(status, text).toBe(200);
  return (json.records as unknown as { people: PersonTold[] }[])[0]!.people;
}

describe('a patient', () => {
  test('offers access by a code, sees who took it, changes it, and ends it at once', async () => {
    const chart = await served.chart(practice);
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const sister = await served.person(practice);
    const until = inDays(30).toISOString();
    const offered = await send(patient, 'POST', '/family', { chart, sections: ['administrative'], until });
    expect(offered.status, offered.text).toBe(201);
    const taken = await send(sister, 'POST', '/family/accept', { code: offered.json.code });
    expect(taken.status, taken.text).toBe(201);
    expect(await sectionsOf(sister, chart)).toEqual(['administrative']);
    expect(await reads(sister, chart)).toBe(true);
    const people = await peopleOn(patient, chart);
    const [record] = (await send(patient, 'GET', `/family?chart=${chart}`)).json
      .records as unknown as object[];
    expect(record).toMatchObject({ passedOn: ['administrative', 'clinical', 'financial', 'sensitive'] });
    // As it says: who was given it offers it in turn, and no more than that.
    const pass = (sections: string[]) =>
      send(sister, 'POST', '/family', { chart, sections, until: inDays(20) });
    expect((await pass(['administrative'])).status).toBe(201);
    expect((await pass(['administrative', 'clinical'])).status).toBe(404);
    const own = people.find(({ account }) => account === patient.accountId);
    const proxy = people.find(({ account }) => account === sister.accountId);
    expect(own).toMatchObject({ role: 'patient', mayEnd: false, mayChange: false });
    expect(proxy).toMatchObject({ role: 'proxy', name: 'Someone', mayEnd: true, mayChange: true });
    const changed = await send(patient, 'PATCH', `/family/${proxy!.id}`, { sections: ['clinical'] });
    expect(changed.status, changed.text).toBe(200);
    expect(await sectionsOf(sister, chart)).toEqual(['clinical']);
    expect(await reads(sister, chart)).toBe(false);
    const { json } = await send(sister, 'GET', '/family');
    expect(json.acting).toMatchObject([{ chart, role: 'proxy', sections: ['clinical'], until: null }]);
    expect((await send(patient, 'DELETE', `/family/${changed.json.id}`)).status).toBe(204);
    expect(await sectionsOf(sister, chart)).toEqual([]);
    expect((await send(patient, 'DELETE', `/family/${changed.json.id}`)).status).toBe(404);
  });

  test('gives to somebody seen with a record already, and to nobody else by account', async () => {
    const [first, second] = [await served.chart(practice), await served.chart(practice)];
    const mother = await served.person(
      practice,
      { role: 'patient', chartId: first },
      { role: 'parent', chartId: second },
    );
    const father = await served.person(practice, { role: 'parent', chartId: second });
    const give = (account: string) => send(mother, 'POST', '/family', { chart: first, account });
    const stranger = await served.person(practice);
    for (const account of [stranger.accountId, newId(), mother.accountId]) {
      expect((await give(account)).status).toBe(404);
    }
    expect((await give(father.accountId)).status).toBe(201);
    expect(await sectionsOf(father, first)).toEqual(['administrative', 'clinical', 'financial']);
    expect((await give(father.accountId)).status).toBe(409);
  });

  test('needs to have been there within five minutes to give or change, and not to end', async () => {
    const chart = await served.chart(practice);
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const proxy = await served.person(practice, { role: 'proxy', chartId: chart });
    const tie = (await peopleOn(patient, chart)).find(({ account }) => account === proxy.accountId);
    const later = await servedLater(patient);
    const give = await later('POST', '/family', { chart });
    expect([give.status, give.text]).toEqual([403, expect.stringContaining('Confirm that it is you')]);
    expect((await later('PATCH', `/family/${tie!.id}`, { sections: ['clinical'] })).status).toBe(403);
    expect((await later('DELETE', `/family/${tie!.id}`)).status).toBe(204);
  });
});

/** Asks in a session that was opened ten minutes ago. */
async function servedLater({ accountId, token }: Person) {
  const hash = (await served.gate.admit(token, null))!.scope.sessionHash;
  await served.database.owner.query(
    `update postern.session set created_at = created_at - interval '10 minutes'
     where account_id = $1`,
    [accountId],
  );
  await served.gate.renew((await served.gate.admit(token, null))!.scope);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  return (method: string, target: string, body?: object) => send({ accountId, token }, method, target, body);
}

/** Who signs in here already, for a record of their own. */
async function aPatient(): Promise<Person> {
  return served.person(practice, { role: 'patient', chartId: await served.chart(practice) });
}

describe('the desk', () => {
  const reason = 'Shown the birth certificate';

  test('registers a parent, narrowed at 13 and ended at 18 by the birth date of the record', async () => {
    const desk = await served.person(practice, { role: 'front-desk' });
    const chart = await served.chart(practice, { birthDate: bornYearsAgo(5) });
    const parent = await aPatient();
    const body = { chart, role: 'parent', email: await emailOf(parent), reason };
    const registered = await send(desk, 'POST', '/family', body);
    expect(registered.status, registered.text).toBe(201);
    expect(await sectionsOf(parent, chart)).toEqual(['administrative', 'clinical', 'financial', 'sensitive']);
    const [tie] = await peopleOn(desk, chart);
    const now = new Date();
    const birthday = (years: number) =>
      new Date(Date.UTC(now.getUTCFullYear() - 5 + years, now.getUTCMonth(), now.getUTCDate())).toISOString();
    expect(tie).toMatchObject({ role: 'parent', until: birthday(18), sensitiveUntil: birthday(13) });
    expect((await send(desk, 'POST', '/family', body)).status).toBe(409);
    expect((await send(desk, 'DELETE', `/family/${tie!.id}`)).status).toBe(204);
    expect(await sectionsOf(parent, chart)).toEqual([]);
  });

  test('gives a parent of a child of 13 nothing that is sensitive, and nobody of 18 a parent', async () => {
    const desk = await served.person(practice, { role: 'front-desk' });
    const parent = await aPatient();
    const email = await emailOf(parent);
    const child = await served.chart(practice, { birthDate: bornYearsAgo(13) });
    expect(
      (await send(desk, 'POST', '/family', { chart: child, role: 'parent', email, reason })).status,
    ).toBe(201);
    expect(await sectionsOf(parent, child)).toEqual(['administrative', 'clinical', 'financial']);
    for (const patient of [{ birthDate: bornYearsAgo(18) }, {}]) {
      const chart = await served.chart(practice, patient);
      const answer = await send(desk, 'POST', '/family', { chart, role: 'parent', email, reason });
      expect(answer.status).toBe(422);
      // A carer or guardian of an adult has an end.
      for (const role of ['guardian', 'carer']) {
        const ask = (until?: string) => send(desk, 'POST', '/family', { chart, role, email, reason, until });
        expect((await ask()).status).toBe(422);
        expect((await ask(inDays(30).toISOString())).status).toBe(201);
      }
      expect(await sectionsOf(parent, chart)).toEqual(['administrative', 'clinical', 'financial']);
    }
  });

  test('registers nobody who does not sign in here, nor itself, nor colleagues', async () => {
    const desk = await served.person(practice, { role: 'front-desk' });
    const owner = await served.person(practice, { role: 'owner' });
    const nurse = await served.person(practice, { role: 'nurse' });
    const elsewhere = await served.person(await served.makePractice(), { role: 'nurse' });
    const chart = await served.chart(practice, { birthDate: bornYearsAgo(5) });
    const ask = async (who: Person, email: string) =>
      (await send(who, 'POST', '/family', { chart, role: 'parent', email, reason })).status;
    for (const whom of [desk, nurse, elsewhere]) expect(await ask(desk, await emailOf(whom))).toBe(422);
    expect(await ask(desk, 'nobody@nowhere.example')).toBe(422);
    expect(await ask(owner, await emailOf(owner))).toBe(422);
    expect(await ask(owner, await emailOf(nurse))).toBe(201);
    expect(
      (await send(desk, 'POST', '/family', { chart: newId(), role: 'parent', email: 'x@y.example', reason }))
        .status,
    ).toBe(404);
  });
});

describe('the daily work', () => {
  const daily = () => growUp({ gate: served.gate, clock, birthDates: birthDatesIn(served.store) }, practice);
  const standing = async ({ accountId }: Person) => {
    const { rows } = await served.database.owner.query<{ grant_id: GrantId; ends_at: Date | null }>(
      `select g.grant_id, g.ends_at from postern.access_grant g
       where g.account_id = $1 and g.role = 'parent' and g.ended_at is null
       order by g.ends_at`,
      [accountId],
    );
    return rows;
  };

  test('narrows by new dates and ages, once, after missed days, and ends what is over', async () => {
    const desk = await served.person(practice, { role: 'front-desk' });
    const owner = await served.person(practice, { role: 'owner' });
    const parent = await aPatient();
    const chart = await served.chart(practice, { birthDate: bornYearsAgo(3) });
    const email = await emailOf(parent);
    const body = { chart, role: 'parent', email, reason: 'Shown the birth certificate' };
    expect((await send(desk, 'POST', '/family', body)).status).toBe(201);
    const first = await standing(parent);
    expect(first).toHaveLength(2);
    await daily();
    expect(await standing(parent)).toEqual(first);
    expect(await daily()).toBeNull();

    // It was typed wrongly: the child is 14.
    const corrected = { resourceType: 'Patient', id: chart, birthDate: bornYearsAgo(14) };
    const put = await served.ask(desk.token, 'PUT', `/fhir/Patient/${chart}`, { body: corrected });
    expect(put.status, put.text).toBe(200);
    clock.advance(3 * DAY);
    expect(await daily()).toMatchObject({ narrowed: 2 });
    expect(await sectionsOf(parent, chart)).toEqual(['administrative', 'clinical', 'financial']);
    const narrowed = await standing(parent);
    expect(narrowed).toHaveLength(1);
    clock.advance(3 * DAY);
    expect(await daily()).toMatchObject({ narrowed: 0 });
    expect(await standing(parent)).toEqual(narrowed);

    const settings = await send(owner, 'GET', '/practice/settings');
    const { version, ...rest } = settings.json as unknown as { version: number };
    const set = { ...rest, version, majorityAge: 16 };
    expect((await send(owner, 'PUT', '/practice/settings', set)).status).toBe(200);
    clock.advance(DAY);
    await daily();
    const [shorter] = await standing(parent);
    expect(Number(shorter!.ends_at)).toBeLessThan(Number(narrowed[0]!.ends_at));
    clock.advance(3 * 365 * DAY);
    const done = await daily();
    expect(done!.ended).toBeGreaterThan(0);
    expect(await standing(parent)).toEqual([]);
    const { rows } = await served.database.owner.query<{ lines: number }>(
      `select count(*)::integer as lines from postern.access_line l
       where l.action = 'end-grant' and l.purpose = 'families' and l.entries::text like $1`,
      [`%${shorter!.grant_id}%`],
    );
    expect(rows[0]!.lines).toBe(1);
  });
});
