/** Whom apps are told that they are used by (`fhirUser`): patients, who acts for them, and who works here. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { type AppStage, launchApp, setAppStage, type TokenAnswer } from '../support/app-stage.ts';
import type { Person } from '../support/served-practices.ts';

let stage: AppStage;
let owner: Person;
let desk: Person;
const practitioner = newId() as string;
const relative = newId() as string;
beforeAll(async () => {
  stage = await setAppStage();
  const { served, practice, chart } = stage;
  owner = await served.person(practice, { role: 'owner' });
  desk = await served.person(practice, { role: 'front-desk' });
  const patient = { reference: `Patient/${chart}` };
  await served.deposit(
    practice,
    { resourceType: 'Practitioner', id: practitioner, name: [{ text: 'Dr. Ngozi Adeyemi' }] },
    { resourceType: 'RelatedPerson', id: relative, patient, name: [{ text: 'Chidi Okafor' }] },
  );
});
afterAll(() => stage.close());

const put = (token: string, target: string, body: object) =>
  stage.served.ask(token, 'PUT', target, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const told = async (person: Person, scope: string, patient: string = stage.chart) => {
  const { client } = await stage.register();
  const { json } = await launchApp(stage, client, person, { scope, nonce: 'n' }, { patient });
  const claims = JSON.parse(Buffer.from(json.id_token.split('.')[1]!, 'base64url').toString());
  expect(claims.fhirUser).toBe(json.fhirUser);
  expect(claims.sub).toBe(person.accountId);
  return json;
};
const reads = async ({ access_token, fhirUser }: TokenAnswer) =>
  (await stage.served.ask(access_token, 'GET', new URL(String(fhirUser)).pathname)).status;

test('who works here is the Practitioner that the owner says, for every app from then on', async () => {
  const { served, practice, base } = stage;
  const doctor = await served.person(practice, { role: 'doctor' });
  const scope = 'user/*.rs openid fhirUser';
  expect((await told(doctor, scope)).fhirUser).toBeUndefined();
  const link = `/staff/${doctor.accountId}/practitioner`;
  expect((await put(owner.token, link, { id: practitioner })).status).toBe(204);
  const json = await told(doctor, scope);
  expect(json.fhirUser).toBe(`${base}/Practitioner/${practitioner}`);
  expect(await reads(json)).toBe(200);
  expect((await put(owner.token, link, { id: null })).status).toBe(204);
  expect((await told(doctor, scope)).fhirUser).toBeUndefined();
  const { rows } = await served.database.owner.query(
    "select entries from postern.access_line where action = 'say-person' and account_id = $1 order by at",
    [owner.accountId],
  );
  const account = [null, 'Account', doctor.accountId, null];
  expect(rows).toEqual([
    { entries: [account, [null, 'Practitioner', practitioner, null]] },
    { entries: [account] },
  ]);
});

test('who acts for a patient is the RelatedPerson that the desk says, for that patient alone', async () => {
  const { served, practice, base, chart, otherChart } = stage;
  const held = [{ role: 'proxy', chartId: chart } as const, { role: 'proxy', chartId: otherChart } as const];
  const proxy = await served.person(practice, ...held);
  const grant = await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
    const grants = await served.gate.grantsOf(visit, proxy.accountId);
    return grants.find(({ chartId }) => chartId === chart)!.grantId;
  });
  const scope = 'launch/patient patient/*.rs openid fhirUser';
  const said = { chart, id: relative };
  expect((await put(desk.token, `/family/${grant}/related-person`, said)).status).toBe(204);
  const json = await told(proxy, scope);
  expect(json.fhirUser).toBe(`${base}/RelatedPerson/${relative}`);
  expect(await reads(json)).toBe(200);
  expect((await told(proxy, scope, otherChart)).fhirUser).toBeUndefined();
});

test('a patient is their own Patient, also where they work here or act for somebody', async () => {
  const { served, practice, base, chart } = stage;
  const own = await served.chart(practice);
  const nurse = await served.person(practice, { role: 'nurse' }, { role: 'patient', chartId: own });
  await put(owner.token, `/staff/${nurse.accountId}/practitioner`, { id: practitioner });
  const scope = 'launch/patient patient/*.rs openid fhirUser';
  expect((await told(nurse, scope, own)).fhirUser).toBe(`${base}/Patient/${own}`);
  expect((await told(nurse, scope, chart)).fhirUser).toBe(`${base}/Practitioner/${practitioner}`);
});

test('nobody says it of themselves, without a touch, or of who does not work here', async () => {
  const { served, practice } = stage;
  const nurse = await served.person(practice, { role: 'nurse' });
  const link = (account: string) => `/staff/${account}/practitioner`;
  expect((await put(nurse.token, link(nurse.accountId), { id: practitioner })).status).toBe(404);
  expect((await put(owner.token, link(stage.patient.accountId), { id: practitioner })).status).toBe(404);
  expect((await put(owner.token, link(nurse.accountId), { id: newId() })).status).toBe(404);
  expect((await put(owner.token, link(nurse.accountId), { id: 7 })).status).toBe(400);
  const terms = { methods: ['single-sign-on'], device: null, narrowing: null } as const;
  const session = { practiceId: practice, purpose: 'sign-in', client: null, ttlSeconds: 600, terms };
  const vouched = await served.gate.openSession({ ...session, accountId: owner.accountId });
  const refused = await put(vouched, link(nurse.accountId), { id: practitioner });
  expect([refused.status, refused.text.includes('"step-up"')]).toEqual([403, true]);
});

test('a row that was moved by hand stands for nobody', async () => {
  const { served, practice } = stage;
  const [one, two] = [
    await served.person(practice, { role: 'nurse' }),
    await served.person(practice, { role: 'nurse' }),
  ];
  await put(owner.token, `/staff/${one.accountId}/practitioner`, { id: practitioner });
  await served.database.owner.query(
    'update postern.account_resource set account_id = $2 where account_id = $1',
    [one.accountId, two.accountId],
  );
  expect((await told(two, 'user/*.rs openid fhirUser')).fhirUser).toBeUndefined();
});
