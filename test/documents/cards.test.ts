/** Photos of cards: shown to nobody who has not asked for them on purpose, whichever way leads to them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Fields, fileOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
});
afterAll(() => served.close());
beforeEach(async () => {
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});

const CANARY = 'canary-card-5e21';
const PHOTO = Buffer.from(`${CANARY} ${'x'.repeat(60_000)}`);
const BASE64 = PHOTO.toString('base64').slice(0, 16);

const documentOf = (file: string | null, code = '53245-7', more: object = {}) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code }] },
  subject: { reference: `Patient/${chart}` },
  content: [{ attachment: file === null ? { title: 'Seen at the desk' } : { url: `Binary/${file}` } }],
  ...more,
});

async function write(who: Person, method: string, target: string, body: object) {
  const answer = await served.ask(who.token, method, target, { body });
  return { status: answer.status, id: answer.json?.id as unknown as string, text: answer.text };
}

/** A card with a photo, as the practice files it. */
async function card(): Promise<{ file: string; document: string }> {
  const file = await fileOf(served, doctor, `Patient/${chart}`, PHOTO);
  expect((await open(doctor, file)).status).toBe(200);
  const { status, id } = await write(doctor, 'POST', '/fhir/DocumentReference', documentOf(file));
  expect(status).toBe(201);
  return { file, document: id };
}

const at = (id: string) => `/fhir/Binary/${id}`;
const send = (who: Person, method: string, target: string, headers: Fields = {}, source?: Buffer) =>
  sendFile(served, who, method, target, headers, source);
const open = (who: Person, id: string, headers: Fields = {}) => send(who, 'GET', at(id), headers);

const parameters = (purpose: string) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'purpose', valueCode: purpose }],
});

function reveal(who: Person, id: string, purpose = 'identity') {
  return served.ask(who.token, 'POST', `${at(id)}/$reveal`, { body: parameters(purpose) });
}

test('the photo of a card opens for who has asked on purpose, and a line says what for', async () => {
  const { file } = await card();
  const before = await open(doctor, file);
  expect(before.status).toBe(403);
  expect(JSON.parse((await before.bytes()).toString())).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ code: 'suppressed', details: { coding: [{ code: 'masked' }] } }],
  });
  const shown = await reveal(doctor, file);
  expect(shown.status).toBe(200);
  expect(shown.json.parameter?.[0]).toMatchObject({ name: 'until' });
  expect(await (await open(doctor, file)).bytes()).toEqual(PHOTO);
  const { rows } = await served.database.owner.query(
    `select l.action, l.outcome, l.purpose from postern.access_line l
     where l.practice_id = $1 and l.account_id = $2 and l.entries @> $3
     order by l.at, l.id`,
    [practice, doctor.accountId, JSON.stringify([[chart, 'Binary', file]])],
  );
  const said = rows.map(({ action, outcome, purpose }) => `${action} ${outcome} ${purpose}`);
  expect(said).toContain('reveal ok identity');
  expect(said.findIndex((each) => each.startsWith('read refused'))).toBeGreaterThan(-1);
});

describe('until it is revealed, a photo comes', () => {
  const ways: Readonly<Record<string, (who: Person, file: string, document: string) => string | Fields>> = {
    'not whole': (_, file) => at(file),
    'not in JSON': (_, file) => `${at(file)}?_format=json`,
    'not as it was': (_, file) => `${at(file)}/_history/1`,
    'not as it was, in JSON': (_, file) => `${at(file)}/_history/1?_format=json`,
    'not as a picture': (_, file) => `${at(file)}/$preview`,
    'not by a search': (_, file) => `/fhir/Binary?_id=${file}`,
    'not in its history': (_, file) => `${at(file)}/_history`,
    'not in the history of files': () => '/fhir/Binary/_history',
    'not in the history of everything': () => '/fhir/_history',
    'not with its document': (_, __, document) => `/fhir/DocumentReference?_id=${document}&_include=*`,
    'not with the patient': () => `/fhir/Patient?_id=${chart}&_revinclude=*&_revinclude:iterate=*`,
    'not with everything': () => `/fhir/Patient/${chart}/$everything`,
  };
  test.each(Object.entries(ways))('%s', async (_, way) => {
    const { file, document } = await card();
    for (const who of [doctor, patient]) {
      const answer = await send(who, 'GET', way(who, file, document) as string);
      const text = (await answer.bytes()).toString('latin1');
      expect([text.includes(CANARY), text.includes(BASE64)]).toEqual([false, false]);
    }
    await reveal(doctor, file);
    expect((await open(doctor, file)).status).toBe(200);
  });

  test('not in part, not by HEAD, and not as one that is known', async () => {
    const { file } = await card();
    const asks: [string, Fields][] = [
      ['GET', { range: 'bytes=0-9' }],
      ['GET', { range: 'bytes=5-', 'if-range': '"1"' }],
      ['GET', { 'if-none-match': '*' }],
      ['HEAD', {}],
    ];
    for (const [method, headers] of asks) {
      const answer = await send(doctor, method, at(file), headers);
      expect([method, headers, answer.status]).toEqual([method, headers, 403]);
      expect(answer.headers['content-range']).toBeUndefined();
      expect((await answer.bytes()).includes('canary')).toBe(false);
    }
  });

  test('not by a batch or a transaction', async () => {
    const { file } = await card();
    for (const type of ['batch', 'transaction']) {
      const entry = [{ request: { method: 'GET', url: `Binary/${file}` } }];
      const { text } = await served.ask(doctor.token, 'POST', '/fhir', {
        body: { resourceType: 'Bundle', type, entry },
      });
      expect([type, text.includes(BASE64), text.includes(CANARY)]).toEqual([type, false, false]);
    }
  });

  test('not by a copy of its document, by taking it off, or by taking the document away', async () => {
    const { file, document } = await card();
    await write(doctor, 'POST', '/fhir/DocumentReference', documentOf(file, '68608-9'));
    expect((await open(doctor, file)).status).toBe(403);
    const off = { ...documentOf(null), id: document };
    expect((await write(doctor, 'PUT', `/fhir/DocumentReference/${document}`, off)).status).toBe(200);
    expect((await open(doctor, file)).status).toBe(403);
    await served.ask(doctor.token, 'DELETE', `/fhir/DocumentReference/${document}`);
    expect((await open(doctor, file)).status).toBe(403);
  });
});

test('what somebody says is no card after all opens like every other', async () => {
  const { file, document } = await card();
  const letter = { ...documentOf(file, '68608-9'), id: document };
  expect((await write(doctor, 'PUT', `/fhir/DocumentReference/${document}`, letter)).status).toBe(200);
  expect((await open(doctor, file)).status).toBe(200);
});

test('a photo within its document is refused, since nothing could mask it', async () => {
  const within = documentOf(null, '64290-0', {
    content: [{ attachment: { contentType: 'image/png', data: PHOTO.toString('base64') } }],
  });
  expect((await write(doctor, 'POST', '/fhir/DocumentReference', within)).status).toBe(422);
});

test('what is uploaded as a card is masked from the beginning', async () => {
  const said = { chart, filename: 'card.txt', type: 'insurance-card' };
  const begun = await send(patient, 'POST', '/uploads', uploadHeaders(PHOTO.length, said));
  const done = await send(
    patient,
    'PATCH',
    begun.headers.location!,
    { ...PART, 'upload-offset': '0' },
    PHOTO,
  );
  const { json } = await served.ask(patient.token, 'GET', `/fhir/${done.headers['upload-document']}`);
  const url = String(json.content?.[0]?.attachment?.url);
  const file = url.slice('Binary/'.length);
  expect((await open(patient, file)).status).toBe(403);
  expect((await reveal(patient, file, 'own')).status).toBe(200);
  expect(await (await open(patient, file)).bytes()).toEqual(PHOTO);
});

describe('a reveal', () => {
  test('is for one session, one file and some minutes', async () => {
    const [one, other] = [await card(), await card()];
    await reveal(doctor, one.file);
    expect((await open(doctor, one.file)).status).toBe(200);
    expect((await open(doctor, other.file)).status).toBe(403);
    expect((await open(patient, one.file)).status).toBe(403);
    // Another session of the same person.
    const session = {
      practiceId: practice,
      accountId: doctor.accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 600,
    };
    const again = { accountId: doctor.accountId, token: await served.gate.openSession(session) };
    expect((await open(again, one.file)).status).toBe(403);
    const late = "update postern.card_reveal set until = clock_timestamp() - interval '1 second'";
    await served.database.owner.query(late);
    expect((await open(doctor, one.file)).status).toBe(403);
  });

  test('ends with the session', async () => {
    const { file } = await card();
    await reveal(doctor, file);
    expect((await open(doctor, file)).status).toBe(200);
    await served.ask(doctor.token, 'DELETE', '/session');
    expect((await open(doctor, file)).status).toBe(401);
    expect((await reveal(doctor, file)).status).toBe(401);
  });

  test('takes a purpose that there is, and a file that is masked', async () => {
    const { file } = await card();
    expect((await reveal(doctor, file, '<script>alert(1)</script>')).status).toBe(400);
    const plain = await fileOf(served, doctor, `Patient/${chart}`, PHOTO);
    expect((await reveal(doctor, plain)).status).toBe(422);
    expect((await reveal(doctor, file)).status).toBe(200);
    expect((await reveal(doctor, file)).status).toBe(200);
  });

  test('of a card of others is of one that is not there', async () => {
    const { file } = await card();
    const other = await served.person(practice, { role: 'patient', chartId: await served.chart(practice) });
    const foreign = await served.person(await served.makePractice(), { role: 'doctor' });
    for (const who of [other, foreign]) {
      const [hidden, absent] = [await reveal(who, file), await reveal(who, newId())];
      expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    }
    expect((await reveal(doctor, file)).status).toBe(200);
  });

  test('is never an app’s, and an app neither sees a card nor unmakes one', async () => {
    const { file, document } = await card();
    const reading = { scope: 'user/Patient.rs user/Binary.rs user/DocumentReference.cruds', patient: null };
    const app = await served.app(practice, reading, { role: 'doctor' });
    const plain = await fileOf(served, doctor, `Patient/${chart}`, PHOTO);
    expect((await open(app, plain)).status).toBe(200);
    expect((await open(app, file)).status).toBe(403);
    expect((await reveal(app, file)).status).toBe(403);
    const letter = { ...documentOf(file, '68608-9'), id: document };
    expect((await write(app, 'PUT', `/fhir/DocumentReference/${document}`, letter)).status).toBe(200);
    expect((await open(app, file)).status).toBe(403);
    expect((await reveal(doctor, file)).status).toBe(200);
  });
});

test('cards that stood before are masked by upkeep, once', async () => {
  const { file } = await card();
  await served.database.owner.query('delete from postern.card');
  expect((await open(doctor, file)).status).toBe(200);
  const mark = () =>
    served.gate.asJob(practice, 'system-upkeep', 'test', (visit) => served.store.cards.mark(visit));
  expect(await mark()).toBeGreaterThan(0);
  expect((await open(doctor, file)).status).toBe(403);
  expect(await mark()).toBe(0);
});

test('patients are told for how many days the practice keeps a photo that it has checked', async () => {
  const owner = await served.person(practice, { role: 'owner' });
  const told = async () => (await served.ask(patient.token, 'GET', '/session')).json.cardDays;
  expect(await told()).toBe(30);
  const { json } = await served.ask(owner.token, 'GET', '/practice/settings');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ ...json, cardDays: 7 });
  expect((await served.ask(owner.token, 'PUT', '/practice/settings', { headers, body })).status).toBe(200);
  expect(await told()).toBe(7);
});
