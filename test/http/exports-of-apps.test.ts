/** Exports that apps and backends ask for: they outlive the token, and end with what the app was allowed. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { SessionTerms } from '../../src/gate/index.ts';
import {
  type ExportDesk,
  idsOf,
  locationOf,
  openExportDesk,
  outputOf,
  pathOf,
} from '../support/export-desk.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

let desk: ExportDesk;
let served: ServedPractices;
let seat: Person;
beforeAll(async () => {
  desk = await openExportDesk();
  ({ served } = desk);
});
afterAll(() => served.close());
beforeEach(async () => {
  seat = await served.person(desk.practice, { role: 'nurse' });
});

/** An access token as the authorization server issues one. */
function token(
  { accountId }: Person,
  client: string,
  scope: string,
  patient: string | null = null,
): Promise<string> {
  const narrowing = { scope, patient } as SessionTerms['narrowing'];
  const terms: SessionTerms = { methods: ['app'], device: null, narrowing };
  const { practice: practiceId } = desk;
  return served.gate.openSession({ practiceId, accountId, purpose: 'app', client, ttlSeconds: 300, terms });
}

const status = async (by: string, target: string) => (await served.ask(by, 'GET', target)).status;

test('a backend exports what it reaches, and goes on with another token', async () => {
  const client = newId();
  const first = await token(seat, client, 'system/*.rs');
  const begun = await desk.kickOff(first);
  expect(begun.status).toBe(202);
  await served.gate.endSession(first);
  expect(await served.work()).toBe(true);
  const second = await token(seat, client, 'system/*.rs');
  const done = await served.ask(second, 'GET', locationOf(begun));
  expect(done.status, done.text).toBe(200);
  const resources = await desk.resourcesOf(second, done);
  expect(idsOf(resources.filter(({ resourceType }) => resourceType === 'Patient'))).toEqual(
    await desk.standing('Patient'),
  );
  const file = pathOf(outputOf(done)[0]!.url);
  const others = [
    await token(seat, client, 'system/Patient.rs'),
    await token(seat, newId(), 'system/*.rs'),
    await token(await served.person(desk.practice, { role: 'nurse' }), client, 'system/*.rs'),
  ];
  for (const other of others) {
    expect([await status(other, locationOf(begun)), await status(other, file)]).toEqual([404, 404]);
  }
  const { rows } = await served.database.owner.query(
    `select from postern.session
     where client = $1 and ended_at is null and expires_at > now() + interval '1 hour'`,
    [client],
  );
  expect(rows).toEqual([]);
});

test('an app acts for a nurse with no more right to export than the nurse has', async () => {
  expect((await desk.kickOff(await token(seat, newId(), 'user/*.rs'))).status).toBe(404);
});

test("a patient's app exports that chart, until the patient disconnects it", async () => {
  const [chart] = desk.charts;
  const patient = await served.person(desk.practice, { role: 'patient', chartId: chart! });
  const client = newId();
  const by = await token(patient, client, 'patient/*.rs', chart!);
  const consent = newId();
  await served.database.owner.query(
    `insert into postern.app_consent (
       practice_id, consent_id, account_id, client_id, chart_id, key_version, sealed, ends_at)
     values ($1, $2, $3, $4, $5, 1, '', now() + interval '1 day')`,
    [desk.practice, consent, patient.accountId, client, chart],
  );
  const done = await desk.exported(by);
  const patients = (await desk.resourcesOf(by, done)).filter(
    ({ resourceType }) => resourceType === 'Patient',
  );
  expect(idsOf(patients)).toEqual([chart]);
  const running = await desk.kickOff(by);
  await served.database.owner.query('update postern.app_consent set ended_at = now() where consent_id = $1', [
    consent,
  ]);
  expect(await served.work()).toBe(false);
  for (const gone of [locationOf(running), pathOf(outputOf(done)[0]!.url)]) {
    expect(await status(by, gone)).toBe(401);
  }
  const { rows } = await served.database.owner.query<{ keyed: boolean; live: boolean }>(
    `select j.wrapped is not null as keyed, s.ended_at is null as live
     from postern.job j join postern.session s using (practice_id, session_hash) where j.client = $1`,
    [client],
  );
  expect(rows).toEqual([
    { keyed: false, live: false },
    { keyed: false, live: false },
  ]);
});

test('a client that the operator ends loses its exports', async () => {
  const client = newId();
  const by = await token(seat, client, 'system/*.rs');
  await served.database.owner.query(
    `insert into postern.app_client (client_id, key_version, sealed) values ($1, 1, '')`,
    [client],
  );
  const done = await desk.exported(by, '/fhir/Patient/$export?_type=Patient');
  await served.database.owner.query('select postern.app_client_end($1)', [client]);
  const { rows } = await served.database.owner.query<{ keyed: boolean }>(
    'select wrapped is not null as keyed from postern.job where client = $1',
    [client],
  );
  expect(rows).toEqual([{ keyed: false }]);
  expect(await status(by, pathOf(outputOf(done)[0]!.url))).toBe(401);
});
