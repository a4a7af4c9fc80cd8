/** Exports as a client meets them: status, files, removal; whose they are; what the log says of them. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type ExportDesk,
  idsOf,
  locationOf,
  ofType,
  openExportDesk,
  outputOf,
  pathOf,
} from '../support/export-desk.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

let desk: ExportDesk;
let served: ServedPractices;
let practice: PracticeId;
let doctor: Person;
let charts: readonly ChartId[];
beforeAll(async () => {
  desk = await openExportDesk();
  ({ served, practice, doctor, charts } = desk);
});
afterAll(() => served.close());

describe('an export', () => {
  test('is told as under way, then listed with files that hold every resource once', async () => {
    const begun = await desk.kickOff(doctor.token);
    const location = locationOf(begun);
    const waiting = await served.ask(doctor.token, 'GET', location);
    expect(waiting.status).toBe(202);
    expect(Number(waiting.headers['retry-after'])).toBeGreaterThan(0);
    expect(waiting.headers['x-progress']!.length).toBeLessThan(100);
    expect(await served.work()).toBe(true);
    const done = await served.ask(doctor.token, 'GET', location);
    expect([done.status, done.headers['content-type']]).toEqual([200, 'application/json']);
    expect(Date.parse(done.headers.expires!)).toBeGreaterThan(Date.now());
    expect(done.json).toMatchObject({
      request: 'https://care.example/fhir/Patient/$export',
      requiresAccessToken: true,
      error: [],
    });
    const resources = await desk.resourcesOf(doctor.token, done);
    const of = (type: string) => idsOf(ofType(type, resources));
    for (const type of ['Patient', 'Observation', 'Condition'])
      expect(of(type)).toEqual(await desk.standing(type));
  });

  test("of a Group holds its members within reach, and the practice's directory", async () => {
    const groupId = newId();
    const practitioner = { resourceType: 'Practitioner', id: newId(), name: [{ family: 'House' }] };
    const entity = (id: string) => ({ entity: { reference: `Patient/${id}` } });
    await served.deposit(practice, practitioner, {
      resourceType: 'Group',
      id: groupId,
      type: 'person',
      actual: true,
      member: [entity(charts[0]!), { ...entity(charts[1]!), inactive: true }, entity(charts[2]!)],
    });
    const resources = await desk.resourcesOf(
      doctor.token,
      await desk.exported(doctor.token, `/fhir/Group/${groupId}/$export`),
    );
    const patients = ofType('Patient', resources);
    expect(idsOf(patients)).toEqual([charts[0]!, charts[2]!].sort());
    expect(ofType('Observation', resources)).toHaveLength(4);
    expect(idsOf(resources)).toContain(practitioner.id);
    expect(idsOf(resources)).not.toContain(groupId);
  });

  test('of the practice holds what it owns as well', async () => {
    const resources = await desk.resourcesOf(
      doctor.token,
      await desk.exported(doctor.token, '/fhir/$export'),
    );
    expect(new Set(resources.map(({ resourceType }) => resourceType))).toEqual(
      new Set(['Patient', 'Observation', 'Condition', 'Group', 'Practitioner']),
    );
  });

  test('takes types, elements and searches', async () => {
    const filter = encodeURIComponent('Observation?code:text=weight');
    const asked = `_type=Observation,Condition&_elements=Observation.code&_typeFilter=${filter}`;
    const answer = await desk.exported(doctor.token, `/fhir/Patient/$export?${asked}`);
    const resources = await desk.resourcesOf(doctor.token, answer);
    const observations = ofType('Observation', resources);
    expect(observations.map(({ code }) => code.text).sort()).toEqual([
      'weight of Ames',
      'weight of Berg',
      'weight of Cole',
    ]);
    expect(
      observations.every(
        ({ meta, subject }) => subject === undefined && /SUBSETTED/.test(JSON.stringify(meta)),
      ),
    ).toBe(true);
    expect(ofType('Condition', resources)).toHaveLength(3);
    expect(ofType('Patient', resources)).toHaveLength(0);
  });

  test('since an earlier one holds what was changed, and tells what was deleted', async () => {
    const done = await desk.exported(doctor.token);
    const [observation] = await desk.standing('Observation');
    expect(
      (await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${observation}`)).status,
    ).toBeLessThan(300);
    const [id] = await desk.standing('Condition');
    const read = await served.ask(doctor.token, 'GET', `/fhir/Condition/${id}`);
    const body = { ...(read.json as object), note: [{ text: 'better' }] };
    expect((await served.ask(doctor.token, 'PUT', `/fhir/Condition/${id}`, { body })).status).toBe(200);
    const target = `/fhir/Patient/$export?_since=${encodeURIComponent(String(done.json.transactionTime))}`;
    const answer = await desk.exported(doctor.token, target);
    expect(idsOf(await desk.resourcesOf(doctor.token, answer))).toEqual([id]);
    const [bundle] = await desk.resourcesOf(doctor.token, answer, 'deleted');
    expect(bundle).toMatchObject({
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: `Observation/${observation}` } }],
    });
  });

  test('until an instant holds what was last changed up to then', async () => {
    const [first] = await desk.standing('Observation');
    const read = await served.ask(doctor.token, 'GET', `/fhir/Observation/${first}`);
    const at = String(read.json.meta!.lastUpdated);
    const ids = async (query: string) => {
      const answer = await desk.exported(doctor.token, `/fhir/Patient/$export?_type=Observation&${query}`);
      return idsOf(await desk.resourcesOf(doctor.token, answer));
    };
    const [until, since] = [await ids(`_until=${at}`), await ids(`_since=${at}`)];
    expect([until.includes(first!), since.includes(first!)]).toEqual([true, false]);
    expect([...until, ...since].sort()).toEqual(await desk.standing('Observation'));
  });

  test('leaves out what does not open, and says so in a file of errors', async () => {
    const strange = await served.makePractice();
    await desk.chart('Dunn', strange);
    const { token } = await served.person(strange, { role: 'doctor' });
    const [id] = await desk.standing('Condition', strange);
    await served.database.owner.query(
      'update postern.resource set sealed = set_byte(sealed, 70, get_byte(sealed, 70) # 1) where id = $1',
      [id],
    );
    const answer = await desk.exported(token);
    expect(ofType('Condition', await desk.resourcesOf(token, answer))).toEqual([]);
    const [outcome] = await desk.resourcesOf(token, answer, 'error');
    expect(outcome).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'incomplete' }] });
  });

  test('waits for a change that was under way when it was asked for', async () => {
    const elsewhere = await served.makePractice();
    await desk.chart('Eves', elsewhere);
    const { token } = await served.person(elsewhere, { role: 'doctor' });
    const client = await served.database.owner.connect();
    const [id] = await desk.standing('Condition', elsewhere);
    await client.query('begin');
    await client.query('update postern.resource set deleted = deleted where id = $1', [id]);
    const begun = await desk.kickOff(token);
    const working = served.work();
    const early = await Promise.race([working, delay(300)]);
    await client.query('commit');
    client.release();
    expect([early, await working]).toEqual([undefined, true]);
    expect((await served.ask(token, 'GET', locationOf(begun))).status).toBe(200);
  });

  test('goes out in ranges, byte for byte', async () => {
    const done = await desk.exported(doctor.token, '/fhir/Patient/$export?_type=Patient');
    const path = pathOf(outputOf(done)[0]!.url);
    const whole = await served.ask(doctor.token, 'GET', path);
    const part = (range: string) => served.ask(doctor.token, 'GET', path, { headers: { range } });
    const length = Buffer.byteLength(whole.text);
    const first = await part('bytes=0-9');
    expect([first.status, first.text, first.headers['content-range']]).toEqual([
      206,
      whole.text.slice(0, 10),
      `bytes 0-9/${length}`,
    ]);
    expect((await part('bytes=10-')).text).toBe(whole.text.slice(10));
    expect((await part('bytes=-5')).text).toBe(whole.text.slice(-5));
    expect((await part(`bytes=${length}-`)).status).toBe(416);
    expect((await part('bytes=0-1,3-4')).text).toBe(whole.text);
  });
});

describe('whoever asks', () => {
  test.each([
    ['front-desk', 404],
    ['nurse', 404],
    ['billing', 404],
    ['privacy-officer', 404],
    ['partner', 404],
    ['doctor', 202],
    ['owner', 202],
  ] as const)('as %s for the practice is answered %i', async (role, status) => {
    const { token } = await served.person(practice, { role });
    expect((await desk.kickOff(token, '/fhir/$export')).status).toBe(status);
    if (status === 202) expect(await served.work()).toBe(true);
  });

  test('as a patient gets their own chart and nothing else', async () => {
    const { token } = await served.person(practice, { role: 'patient', chartId: charts[1]! });
    for (const target of ['/fhir/$export', '/fhir/Patient/$export', `/fhir/Patient/${charts[1]}/$export`]) {
      const resources = await desk.resourcesOf(
        token,
        await desk.exported(token, `${target}?_type=Patient,Observation`),
      );
      expect(idsOf(ofType('Patient', resources))).toEqual([charts[1]]);
      expect(JSON.stringify(resources)).not.toMatch(/Ames|Cole/);
    }
    const other = await desk.kickOff(token, `/fhir/Patient/${charts[0]}/$export`);
    const absent = await desk.kickOff(token, `/fhir/Patient/${newId()}/$export`);
    expect([other.status, other.text]).toEqual([404, absent.text]);
  });

  test('may poll, fetch and remove their own exports alone; to others they never were', async () => {
    const begun = await desk.kickOff(doctor.token);
    const location = locationOf(begun);
    await served.work();
    const done = await served.ask(doctor.token, 'GET', location);
    const file = pathOf(outputOf(done)[0]!.url);
    const elsewhere = await served.makePractice();
    const others = [
      await served.person(practice, { role: 'doctor' }),
      await served.person(practice, { role: 'owner' }),
      await served.person(elsewhere, { role: 'doctor' }),
    ];
    for (const { token } of others) {
      const absent = await served.ask(token, 'GET', `/bulk/${newId()}`);
      for (const [method, target] of [
        ['GET', location],
        ['DELETE', location],
        ['GET', file],
      ] as const) {
        const answer = await served.ask(token, method, target);
        expect([answer.status, answer.text]).toEqual([404, absent.text]);
      }
    }
    const app = await served.gate.openSession({
      practiceId: practice,
      accountId: doctor.accountId,
      purpose: 'app',
      client: 'another app',
      ttlSeconds: 600,
    });
    expect((await served.ask(app, 'GET', location)).status).toBe(404);
    expect((await served.ask(doctor.token, 'GET', file)).status).toBe(200);
    expect((await served.ask(doctor.token, 'DELETE', location)).status).toBe(202);
    for (const target of [location, file])
      expect((await served.ask(doctor.token, 'GET', target)).status).toBe(404);
    expect((await served.ask(doctor.token, 'DELETE', location)).status).toBe(404);
  });

  test('never gets anything of another practice', async () => {
    const elsewhere = await served.makePractice();
    await desk.chart('Strange', elsewhere);
    const { token } = await served.person(elsewhere, { role: 'doctor' });
    const theirs = await desk.resourcesOf(token, await desk.exported(token, '/fhir/$export'));
    const ours = await desk.resourcesOf(doctor.token, await desk.exported(doctor.token, '/fhir/$export'));
    expect(theirs).toHaveLength(4);
    expect(JSON.stringify(theirs)).not.toMatch(/Ames|Berg|Cole/);
    expect(JSON.stringify(ours)).not.toMatch(/Strange/);
  });
});

describe('the files of an export', () => {
  const folder = async () => (served.jobs.parts as { folder: string }).folder;

  test('are sealed, private, and worth nothing without the key that removal destroys', async () => {
    const begun = await desk.kickOff(doctor.token);
    const location = locationOf(begun);
    await served.work();
    const place = join(await folder(), practice, location.split('/').at(-1)!);
    const names = await readdir(place);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect((await stat(join(place, name))).mode & 0o777).toBe(0o600);
      expect((await readFile(join(place, name))).toString('latin1')).not.toMatch(/Ames|Patient|resourceType/);
    }
    expect((await served.ask(doctor.token, 'DELETE', location)).status).toBe(202);
    expect(await readdir(place).catch(() => [])).toEqual([]);
    const { rows } = await served.database.owner.query(
      'select wrapped, payload from postern.job where job_id = $1',
      [location.split('/').at(-1)],
    );
    expect(rows).toEqual([{ wrapped: null, payload: Buffer.alloc(0) }]);
  });

  test('expire, with the job and what a killed worker left', async () => {
    const begun = await desk.kickOff(doctor.token);
    const location = locationOf(begun);
    const id = location.split('/').at(-1);
    await served.work();
    await served.database.owner.query(
      "update postern.job set expires_at = clock_timestamp() - interval '1 second' where job_id = $1",
      [id],
    );
    expect((await served.ask(doctor.token, 'GET', location)).status).toBe(404);
    await served.jobs.sweep();
    const { rows } = await served.database.owner.query('select from postern.job where job_id = $1', [id]);
    expect(rows).toEqual([]);
    expect(await readdir(join(await folder(), practice))).not.toContain(id);
  });

  test('that are gone are said to be, and nothing is sent', async () => {
    const done = await desk.exported(doctor.token, '/fhir/Patient/$export?_type=Patient');
    const file = pathOf(outputOf(done)[0]!.url);
    await rm(join(await folder(), practice), { recursive: true });
    expect((await served.ask(doctor.token, 'GET', file)).status).toBe(500);
  });
});

test('the access log names every resource exported, each file and its bytes, start and end', async () => {
  const person = await served.person(practice, { role: 'doctor' });
  const answer = await desk.exported(person.token, '/fhir/Patient/$export?_type=Patient,Condition');
  const resources = await desk.resourcesOf(person.token, answer);
  const { rows } = await served.database.owner.query<{
    action: string;
    outcome: string;
    entries: string[][];
    bytes: string;
  }>(
    `select action, outcome, entries, bytes from postern.access_line
     where account_id = $1 and action like 'export%' order by at, xid`,
    [person.accountId],
  );
  const named = rows.filter(({ action }) => action === 'export').flatMap(({ entries }) => entries);
  expect(named.map((entry: string[]) => entry[2]).sort()).toEqual(idsOf(resources));
  const actions = rows.map(({ action, outcome }) => `${action} ${outcome}`);
  expect(actions[0]).toBe('export-start ok');
  expect(actions.filter((one) => one === 'export-end ok')).toHaveLength(1);
  expect(actions.filter((one) => one === 'export-file ok')).toHaveLength(2);
  const closed = rows.filter(({ outcome }) => outcome === 'closed');
  expect(closed.map(({ bytes }) => Number(bytes)).every((bytes) => bytes > 0)).toBe(true);
  expect(closed).toHaveLength(2);
});
