/**
 * Copies of what a record holds: links and zips keep no photo of a card, nothing that was destroyed, and no
 * more than the practice has room for. And what is destroyed: only what is due by what stands at that moment.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChartId } from '../../src/base/ids.ts';
import { mac } from '../../src/seal/index.ts';
import { type ArchiveDesk, openArchiveDesk } from '../support/archive-desk.ts';
import { blobsOf, fileOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { askForLink, type Made, madeOf, makeLink, openLink } from '../support/link-requests.ts';
import { jpegWithPlace } from '../support/rule-attacks.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

let desk: ArchiveDesk;
let served: ServedPractices;
let owner: Person;
let privacy: Person;
let doctor: Person;
let patient: Person;
let chart: ChartId;

beforeAll(async () => {
  desk = await openArchiveDesk();
  ({ served, doctor } = desk);
  owner = await served.person(desk.practice, { role: 'owner' });
  privacy = await served.person(desk.practice, { role: 'privacy-officer' });
});
afterAll(() => served.close());
beforeEach(async () => {
  chart = await served.chart(desk.practice, { name: [{ family: 'Okafor' }] });
  patient = await served.person(desk.practice, { role: 'patient', chartId: chart });
});

const CARD = '53245-7';
const LETTER = '68608-9';
const sql = (text: string, values: unknown[] = []) => served.database.owner.query(text, values);
const post = (who: Person, path: string, body: object, method = 'POST') =>
  served.ask(who.token, method, path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const documentOf = (file: string, code = LETTER) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code }] },
  subject: { reference: `Patient/${chart}` },
  content: [{ attachment: { url: `Binary/${file}`, creation: '2001-02-03', title: 'To Dr. Lam' } }],
});
const newFile = (bytes = 3000) => fileOf(served, doctor, `Patient/${chart}`, randomBytes(bytes));
async function filed(file: string, code = LETTER): Promise<string> {
  const { status, text, json } = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', {
    body: documentOf(file, code),
  });
  expect(status, text).toBe(201);
  return String(json.id);
}
const open = (file: string) => served.ask(doctor.token, 'GET', `/fhir/Binary/${file}`);
const reveal = (who: Person, file: string) =>
  served.ask(who.token, 'POST', `/fhir/Binary/${file}/$reveal`, {
    body: { resourceType: 'Parameters', parameter: [{ name: 'purpose', valueCode: 'own' }] },
  });

describe('the photo of a card that somebody was shown', () => {
  test('goes out by no link, under whatever other document', async () => {
    const [file, other] = [await newFile(), await newFile()];
    const [letter, plain] = [await filed(file), await filed(other)];
    await filed(file, CARD);
    expect((await reveal(patient, file)).status).toBe(200);
    expect((await served.ask(patient.token, 'GET', `/fhir/Binary/${file}`)).status).toBe(200);
    const order = { chart, label: 'x' };
    expect((await askForLink(served, patient, { ...order, documents: [plain] })).status).toBe(201);
    expect((await askForLink(served, patient, { ...order, documents: [letter] })).status).toBe(422);
  });

  test('is in no zip', async () => {
    const content = `cnry-face ${randomBytes(100).toString('hex')}`;
    const file = await fileOf(served, doctor, `Patient/${chart}`, Buffer.from(content));
    await filed(file, CARD);
    const names = async () => {
      const location = await desk.made(patient, chart);
      const entries = [...(await desk.entries(patient, location)).values()];
      await served.ask(patient.token, 'DELETE', location);
      return entries.filter(({ bytes }) => bytes.includes('cnry-face')).map(({ name }) => name);
    };
    expect(await names()).toEqual([]);
    expect((await reveal(patient, file)).status).toBe(200);
    expect(await names()).toEqual([]);
  });
});

test('the photo of a card that somebody was shown is in no export', async () => {
  const content = `cnry-exported ${randomBytes(100).toString('hex')}`;
  const file = await fileOf(served, doctor, `Patient/${chart}`, Buffer.from(content));
  const data = Buffer.from(content).toString('base64').slice(0, 40);
  const exported = async () => {
    const headers = { prefer: 'respond-async', accept: 'application/fhir+json' };
    const begun = await served.ask(doctor.token, 'GET', '/fhir/Patient/$export?_type=Binary', { headers });
    const location = new URL(begun.headers['content-location']!).pathname;
    expect(await served.work()).toBe(true);
    const { json } = await served.ask(doctor.token, 'GET', location);
    const output = json.output as unknown as { url: string }[];
    const texts: string[] = [];
    for (const { url } of output) {
      const answer = await sendFile(served, doctor, 'GET', new URL(url).pathname);
      texts.push((await answer.bytes()).toString());
    }
    return texts.join('').includes(data);
  };
  expect(await exported()).toBe(true);
  await filed(file, CARD);
  expect((await reveal(doctor, file)).status).toBe(200);
  expect(await exported()).toBe(false);
});

test('an app unmasks nothing by what its person sent', async () => {
  const said = { chart, filename: 'card.txt', type: 'insurance-card' };
  const photo = Buffer.from(`a card ${randomBytes(50).toString('hex')}`);
  const begun = await sendFile(served, patient, 'POST', '/uploads', uploadHeaders(photo.length, said));
  const part = { ...PART, 'upload-offset': '0' };
  const done = await sendFile(served, patient, 'PATCH', begun.headers.location!, part, photo);
  const named = done.headers['upload-document']!;
  const { json } = await served.ask(patient.token, 'GET', `/fhir/${named}`);
  const file = String(json.content![0]!.attachment!.url);
  const amend = (who: Pick<Person, 'token'>) =>
    served.ask(who.token, 'POST', `/fhir/${named}/$amend`, {
      headers: { 'if-match': 'W/"1"' },
      body: { resourceType: 'Parameters', parameter: [{ name: 'type', valueCode: 'letter' }] },
    });
  const narrowing = { scope: 'patient/*.cruds patient/*.rs', patient: chart };
  const session = { practiceId: desk.practice, accountId: patient.accountId, purpose: 'sign-in' };
  const terms = { methods: ['app'], device: null, narrowing } as const;
  const token = await served.gate.openSession({ ...session, client: 'an app', ttlSeconds: 600, terms });
  const app = { token };
  const read = await served.ask(token, 'GET', `/fhir/${named}`);
  expect([read.status, (await served.ask(token, 'GET', `/fhir/${file}`)).status]).toEqual([200, 403]);
  expect((await amend(app)).status).toBe(404);
  expect((await served.ask(patient.token, 'GET', `/fhir/${file}`)).status).toBe(403);
  expect((await amend(patient)).status).toBe(200);
  expect((await served.ask(patient.token, 'GET', `/fhir/${file}`)).status).toBe(200);
});

test('a link ends when its document turns out to be a card', async () => {
  const file = await newFile();
  const document = await filed(file);
  const link = await makeLink(served, patient, { chart, documents: [document] });
  expect((await openLink(served, link.path)).status).toBe(200);
  const body = { ...documentOf(file, CARD), id: document };
  const put = await served.ask(doctor.token, 'PUT', `/fhir/DocumentReference/${document}`, { body });
  expect(put.status).toBe(200);
  expect((await openLink(served, link.path)).status).toBe(404);
});

describe('what links keep', () => {
  const room = async () => {
    const { rows } = await sql(
      `select sum(n.bytes) as bytes from (
         select bytes from postern.file_use where practice_id = $1
         union all
         select bytes from postern.file_use_change where practice_id = $1) n`,
      [desk.practice],
    );
    return Number(rows[0]?.bytes ?? 0);
  };
  const kept = async () => {
    const blobs = new Set((await blobsOf(served)).map((path) => path.split('/').at(-1)));
    const { rows } = await sql(
      'select unnest(blobs)::text as id from postern.link_file where chart_id = $1',
      [chart],
    );
    return rows.filter(({ id }) => blobs.has(String(id))).length;
  };

  test('counts with the files of the practice, until it is removed', async () => {
    const document = await filed(await newFile(300_000));
    await served.links.sweep();
    const before = await room();
    const { id } = await makeLink(served, patient, { chart, documents: [document] });
    expect((await room()) - before).toBeGreaterThan(500_000);
    await served.ask(patient.token, 'DELETE', `/links/${id}`);
    await served.links.sweep();
    expect(await room()).toBe(before);
  });

  test('is refused where there is no room, and nothing of it is left', async () => {
    const document = await filed(await newFile(300_000));
    const blobs = (await blobsOf(served)).length;
    await sql('update postern.file_use set bytes = bytes + 5e12 where practice_id = $1', [desk.practice]);
    const refused = await askForLink(served, patient, { chart, documents: [document], label: 'x' });
    await sql('update postern.file_use set bytes = bytes - 5e12 where practice_id = $1', [desk.practice]);
    expect(refused.status).toBe(507);
    expect((await blobsOf(served)).length).toBe(blobs);
    const { rowCount } = await sql('select from postern.file_promise where account_id = $1', [
      patient.accountId,
    ]);
    expect(rowCount).toBe(0);
    expect((await askForLink(served, patient, { chart, documents: [document], label: 'x' })).status).toBe(
      201,
    );
  });

  test('does not grow by making and ending them in turn', async () => {
    const document = await filed(await newFile());
    const order = { chart, documents: [document], label: 'x' };
    const statuses: number[] = [];
    for (let round = 0; round < 32; round += 1) {
      const made = await askForLink(served, patient, order);
      statuses.push(made.status);
      if (made.status === 201) await served.ask(patient.token, 'DELETE', `/links/${madeOf(made.json).id}`);
    }
    expect(statuses).toEqual([...Array(30).fill(201), 409, 409]);
    expect(await kept()).toBe(30);
    await served.links.sweep();
    expect(await kept()).toBe(0);
    expect((await askForLink(served, patient, order)).status).toBe(201);
  });

  test('goes with one that was opened as often as it may be, and not while that is fetched', async () => {
    const order = { chart, documents: [await filed(await newFile())], openings: 1 };
    const fetching = await makeLink(served, patient, order);
    expect((await openLink(served, fetching.path, { embeddedLengthMax: 0 })).status).toBe(200);
    await served.links.sweep();
    expect(await kept()).toBe(1);
    await sql("update postern.link_ticket set expires_at = clock_timestamp() - interval '1 second'");
    await served.links.sweep();
    expect(await kept()).toBe(0);
  });
});

test('who has a link fills no log by opening it again and again', async () => {
  const { path } = await makeLink(served, patient, { chart, documents: [await filed(await newFile())] });
  const statuses: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const some = Array.from({ length: 10 }, (_, at) => openLink(served, path, {}, `198.51.${round}.${at}`));
    statuses.push(...(await Promise.all(some)).map(({ status }) => status));
  }
  expect(statuses.slice(0, 60).every((status) => status === 200)).toBe(true);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(7);
});

test('a hold that was written by hand hides none of the others', async () => {
  const held = await post(owner, '/holds', { chart, reason: 'A lawsuit is coming.' });
  expect(held.status).toBe(201);
  const { rows } = await sql(
    `insert into postern.hold (practice_id, id, chart_id, by_account, reason)
     values ($1, gen_random_uuid(), $2, $3, '\\x00') returning id`,
    [desk.practice, chart, owner.accountId],
  );
  const listed = await served.ask(privacy.token, 'GET', '/holds');
  expect(listed.status).toBe(200);
  for (const id of [held.json.id, rows[0]!.id]) expect(listed.text).toContain(String(id));
  await sql('delete from postern.hold where practice_id = $1', [desk.practice]);
});

describe('what is destroyed', () => {
  const WHY = 'The time to keep it is over.';
  const RULES = [{ type: 'letter', after: 'last-visit', years: 10 }];
  const setRules = async (rules: readonly object[]) => {
    const { json } = await served.ask(owner.token, 'GET', '/practice/retention');
    const put = await post(owner, '/practice/retention', { rules, version: json.version }, 'PUT');
    expect(put.status).toBe(200);
  };
  const look = () => served.retention.lookThrough(desk.practice);
  const approve = (document: string) =>
    post(privacy, '/retention/due', { documents: [{ document, version: 1 }], reason: WHY });
  const hold = (body: object) => post(owner, '/holds', { reason: 'A lawsuit is coming.', ...body });
  beforeEach(() => setRules(RULES));

  test('is so in links, and in zips that were made before', async () => {
    const file = await newFile();
    const document = await filed(file);
    const link: Made = await makeLink(served, patient, { chart, documents: [document] });
    const zip = await desk.made(patient, chart);
    await look();
    expect((await sendFile(served, patient, 'GET', `${zip}/record.zip`)).status).toBe(200);
    expect((await approve(document)).json.destroyed).toEqual([document]);
    expect((await open(file)).status).toBe(410);
    expect((await openLink(served, link.path)).status).toBe(404);
    expect((await sendFile(served, patient, 'GET', `${zip}/record.zip`)).status).toBe(404);
    const { rowCount } = await sql('select from postern.link_file where chart_id = $1', [chart]);
    expect(rowCount).toBe(0);
  });

  test('is not what was due yesterday, once the rules were taken back', async () => {
    const file = await newFile();
    const document = await filed(file);
    await look();
    await setRules([]);
    expect((await approve(document)).json.destroyed).toEqual([]);
    expect((await open(file)).status).toBe(200);
    await setRules(RULES);
    expect((await approve(document)).json.destroyed).toEqual([document]);
  });

  test('is not the document of somebody who has come again since', async () => {
    const document = await filed(await newFile());
    await look();
    const now = new Date().toISOString();
    const visit = {
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: `Patient/${chart}` },
      period: { start: now, end: now },
    };
    expect((await served.ask(doctor.token, 'POST', '/fhir/Encounter', { body: visit })).status).toBe(201);
    expect((await approve(document)).json.destroyed).toEqual([]);
  });

  test('is not what was approved before a hold that has ended since', async () => {
    const [file, other] = [await newFile(), await newFile()];
    const [document, second] = [await filed(file), await filed(other)];
    await look();
    const keys = await served.keychain.of(desk.practice);
    for (const id of [document, second]) {
      const words = ['postern/destroy-approval/v1', desk.practice, id, '1', privacy.accountId];
      await sql(
        `update postern.due_document set state = 'approved', approved_by = $2, approval = $3
         where document_id = $1`,
        [id, privacy.accountId, mac(keys.macKey(), ...words)],
      );
    }
    const { json } = await hold({ chart, document });
    const ended = await post(owner, `/holds/${String(json.id)}/end`, { reason: WHY });
    expect(ended.status).toBe(204);
    await look();
    expect((await open(other)).status).toBe(410);
    expect((await open(file)).status).toBe(200);
    expect((await approve(document)).json.destroyed).toEqual([document]);
  });

  test('is no file that a report names, or has named', async () => {
    const [file, plain] = [await newFile(), await newFile()];
    const report = {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'Radiology' },
      subject: { reference: `Patient/${chart}` },
      presentedForm: [{ url: `Binary/${file}` }],
    };
    expect((await served.ask(doctor.token, 'POST', '/fhir/DiagnosticReport', { body: report })).status).toBe(
      201,
    );
    const [document, other] = [await filed(file), await filed(plain)];
    await look();
    await approve(document);
    await approve(other);
    expect([(await open(file)).status, (await open(plain)).status]).toEqual([200, 410]);
  });

  test('is no original of a photo while anything of its record is held', async () => {
    const { json: rules } = await served.ask(owner.token, 'GET', '/practice/files');
    const { kinds, limits, version } = rules;
    await post(owner, '/practice/files', { kinds, limits, version, keepsOriginals: true }, 'PUT');
    const photo = await jpegWithPlace();
    const said = { chart, filename: 'wound.jpg', type: 'photo' };
    const begun = await sendFile(served, patient, 'POST', '/uploads', uploadHeaders(photo.length, said));
    const part = { ...PART, 'upload-offset': '0' };
    const done = await sendFile(served, patient, 'PATCH', begun.headers.location!, part, photo);
    const named = done.headers['upload-document']!;
    const { json } = await served.ask(doctor.token, 'GET', `/fhir/${named}`);
    const file = String(json.content![0]!.attachment!.url).slice('Binary/'.length);
    const held = await hold({ chart, document: named.slice('DocumentReference/'.length) });
    expect(held.status).toBe(201);
    const remove = () => served.ask(doctor.token, 'DELETE', `/files/${file}/original`);
    expect((await remove()).status).toBe(409);
    const original = await sendFile(served, doctor, 'GET', `/files/${file}/original`);
    expect([original.status, (await original.bytes()).equals(photo)]).toEqual([200, true]);
    await post(owner, `/holds/${String(held.json.id)}/end`, { reason: WHY });
    expect((await remove()).json).toEqual({ removed: true });
  });
});
