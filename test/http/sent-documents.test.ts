/** Documents that patients send: theirs to change while they wait, the practice's to accept or withdraw. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { sendFile } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

type Json = Record<string, unknown>;

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let nurse: Person;
let frontDesk: Person;
let patient: Person;
let proxy: Person;
let stranger: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  const other = await served.chart(practice, { name: [{ family: 'Lindqvist' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  nurse = await served.person(practice, { role: 'nurse' });
  frontDesk = await served.person(practice, { role: 'front-desk' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  proxy = await served.person(practice, { role: 'proxy', chartId: chart });
  stranger = await served.person(practice, { role: 'patient', chartId: other });
});
afterAll(() => served.close());

const TUS = { 'tus-resumable': '1.0.0' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What is sent is a document at once; its id. */
async function sent(who: Person, text: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const said = { chart, filename: 'letter.txt', title: 'A letter', type: 'referral', ...more };
  const metadata = Object.entries(said).map(([name, value]) => `${name} ${base64(value)}`);
  const headers = {
    ...TUS,
    'content-type': 'application/offset+octet-stream',
    'upload-length': String(Buffer.byteLength(text)),
    'upload-metadata': metadata.join(','),
  };
  const told = await sendFile(served, who, 'POST', '/uploads', headers, once(text));
  expect(told.status).toBe(201);
  return told.headers['upload-document']!.slice('DocumentReference/'.length);
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const ask = (who: Person, method: string, target: string, body?: object, headers: Json = {}) =>
  served.ask(who.token, method, target, {
    ...(body === undefined ? {} : { body }),
    headers: headers as Record<string, string>,
  });

const read = async (who: Person, id: string) =>
  (await ask(who, 'GET', `/fhir/DocumentReference/${id}`)).json as Json;

const amend = (who: Person, id: string, parameter: object[], headers: Json = {}) =>
  ask(
    who,
    'POST',
    `/fhir/DocumentReference/${id}/$amend`,
    { resourceType: 'Parameters', parameter },
    headers,
  );

const put = (who: Person, document: Json, version: number) =>
  ask(who, 'PUT', `/fhir/DocumentReference/${document.id}`, document, { 'if-match': `W/"${version}"` });

const found = async (who: Person, query: string) => {
  const { json } = await ask(who, 'GET', `/fhir/DocumentReference?${query}`);
  return ((json as { entry?: { resource: Json }[] }).entry ?? []).map(({ resource }) => resource.id);
};

const fileOf = (document: Json) => (document.content as { attachment: { url: string } }[])[0]!.attachment.url;

describe('what a patient sent', () => {
  test('says who sent it, and waits at the desk until it is accepted', async () => {
    const id = await sent(patient, 'Whom I was sent to.');
    const document = await read(doctor, id);
    const { id: account } = (
      (await ask(patient, 'GET', '/session')).json as unknown as { account: { id: string } }
    ).account;
    expect(document).toMatchObject({
      docStatus: 'preliminary',
      author: [{ identifier: { system: 'urn:postern:account', value: account } }],
    });
    expect(await found(doctor, 'waiting=ge2000&_sort=date')).toContain(id);
    expect(await found(stranger, 'waiting=ge2000')).toEqual([]);
    expect((await put(doctor, { ...document, docStatus: 'final' }, 1)).status).toBe(200);
    expect(await found(doctor, 'waiting=ge2000')).not.toContain(id);
  });

  test('waits at the front desk where that may write it, and is not retyped out of its reach', async () => {
    const [card, letter] = [
      await sent(patient, 'A card.', { type: 'insurance-card' }),
      await sent(patient, 'Dear.'),
    ];
    const waiting = await found(frontDesk, 'waiting=ge2000');
    expect([waiting.includes(card), waiting.includes(letter)]).toEqual([true, false]);
    const document = await read(frontDesk, card);
    const report = { coding: [{ system: 'http://loinc.org', code: '11502-2' }] };
    expect((await put(frontDesk, { ...document, type: report }, 1)).status).toBe(404);
    expect(await read(frontDesk, card)).toEqual(document);
    expect((await put(frontDesk, { ...document, docStatus: 'final' }, 1)).status).toBe(200);
    expect((await put(frontDesk, { ...(await read(doctor, letter)), docStatus: 'final' }, 1)).status).toBe(
      404,
    );
    expect(await found(frontDesk, 'waiting=ge2000')).not.toContain(card);
  });

  test('is found again in its own chart by the digest of what was sent, and in no other', async () => {
    const text = `Sent twice, ${newId()}.`;
    const digest = createHash('sha256').update(text).digest('hex');
    const id = await sent(patient, text);
    expect(await found(patient, `patient=${chart}&sent-digest=${digest}`)).toEqual([id]);
    expect(await found(doctor, `patient=${chart}&sent-digest=${digest}`)).toEqual([id]);
    expect(await found(stranger, `sent-digest=${digest}`)).toEqual([]);
    const { rows } = await served.database.owner.query(
      'select from postern.practice_token t where t.resource_id = $1 and t.practice_id = $2',
      [id, practice],
    );
    expect(rows).toEqual([]);
  });

  test('is theirs to rename, retype, date and take back', async () => {
    const id = await sent(patient, 'To be renamed.');
    const named = await amend(patient, id, [
      { name: 'title', valueString: 'From Dr. Lam' },
      { name: 'type', valueCode: 'letter' },
      { name: 'date', valueDate: '2026-02-03' },
    ]);
    expect([named.status, named.headers.etag]).toEqual([200, 'W/"2"']);
    expect(await read(doctor, id)).toMatchObject({
      description: 'From Dr. Lam',
      docStatus: 'preliminary',
      type: { coding: [{ code: '68608-9' }] },
      content: [{ attachment: { title: 'From Dr. Lam', creation: '2026-02-03' } }],
    });
    expect((await amend(patient, id, [{ name: 'date' }])).status).toBe(200);
    expect(JSON.stringify(await read(doctor, id))).not.toContain('2026-02-03');
    expect((await amend(patient, id, [{ name: 'withdrawn', valueString: 'Wrong file' }])).status).toBe(200);
    expect(await read(patient, id)).toMatchObject({
      status: 'entered-in-error',
      extension: [{ url: 'urn:postern:withdrawn-reason', valueString: 'Wrong file' }],
    });
    expect((await amend(patient, id, [{ name: 'title', valueString: 'Again' }])).status).toBe(409);
  });

  test('gives way to another that they sent in its place', async () => {
    const [old, next] = [await sent(patient, 'First page only.'), await sent(patient, 'All pages.')];
    const reference = `DocumentReference/${next}`;
    const told = await amend(patient, old, [{ name: 'replaced-by', valueReference: { reference } }]);
    expect(told.status).toBe(200);
    expect(await read(doctor, old)).toMatchObject({ status: 'superseded' });
    expect(await read(doctor, next)).toMatchObject({
      relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${old}` } }],
    });
    expect((await ask(patient, 'GET', `/fhir/${fileOf(await read(patient, old))}`)).status).toBe(200);
  });

  test('is changed by its sender alone, and no longer once the practice has accepted it', async () => {
    const id = await sent(patient, 'Mine.');
    const rename = [{ name: 'title', valueString: 'Yours' }];
    for (const who of [proxy, doctor, stranger]) {
      const [hidden, absent] = [await amend(who, id, rename), await amend(who, newId(), rename)];
      expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    }
    expect((await put(doctor, { ...(await read(doctor, id)), docStatus: 'final' }, 1)).status).toBe(200);
    expect((await amend(patient, id, rename)).status).toBe(409);
    expect(await read(patient, id)).toMatchObject({ description: 'A letter' });
  });

  test('is neither accepted, nor signed as another, nor moved by a patient', async () => {
    const id = await sent(patient, 'Accept me.');
    const before = await read(patient, id);
    for (const more of [
      { name: 'docStatus', valueCode: 'final' },
      { name: 'author', valueReference: { reference: `Patient/${chart}` } },
      { name: 'subject', valueReference: { reference: `Patient/${newId()}` } },
      { name: 'status', valueCode: 'current' },
      { name: 'toString', valueString: 'x' },
    ]) {
      const told = await amend(patient, id, [{ name: 'title', valueString: 'Fine' }, more]);
      expect([more.name, told.status]).toEqual([more.name, 400]);
    }
    expect((await put(patient, { ...before, docStatus: 'final' }, 1)).status).toBe(404);
    const patch = [{ op: 'replace', path: '/docStatus', value: 'final' }];
    const patched = await ask(patient, 'PATCH', `/fhir/DocumentReference/${id}`, patch, {
      'content-type': 'application/json-patch+json',
    });
    expect(patched.status).toBe(404);
    expect(await read(doctor, id)).toEqual(before);
  });

  test('is either accepted or taken back where both are asked at once, and the other is told', async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = await sent(patient, `Now or never ${round}.`);
      const document = await read(doctor, id);
      const [accepted, taken] = await Promise.all([
        put(doctor, { ...document, docStatus: 'final' }, 1),
        amend(patient, id, [{ name: 'withdrawn', valueString: 'No' }], { 'if-match': 'W/"1"' }),
      ]);
      expect([accepted.status, taken.status].filter((status) => status === 200)).toHaveLength(1);
      const { status, docStatus } = await read(doctor, id);
      const won = accepted.status === 200 ? ['current', 'final'] : ['entered-in-error', 'preliminary'];
      expect([status, docStatus]).toEqual(won);
    }
  });

  test('says who changed it, and when, to whoever reads it', async () => {
    const id = await sent(patient, 'Changed by two.');
    await put(doctor, { ...(await read(doctor, id)), docStatus: 'final' }, 1);
    const { json } = await ask(patient, 'GET', `/fhir/DocumentReference/${id}/$changes`);
    const changes = (json as unknown as { parameter: { part: Json[] }[] }).parameter.map(({ part }) => part);
    expect(changes.map(([version]) => version!.valuePositiveInt)).toEqual([2, 1]);
    expect(changes[0]![2]).toMatchObject({ name: 'by' });
    const hidden = await ask(stranger, 'GET', `/fhir/DocumentReference/${id}/$changes`);
    const absent = await ask(stranger, 'GET', `/fhir/DocumentReference/${newId()}/$changes`);
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
  });
});

describe('a document that is withdrawn', () => {
  test('opens its file no more for who only reads, and again when it is taken back', async () => {
    const id = await sent(doctor, "Somebody else's findings.");
    const document = await read(doctor, id);
    const file = `/fhir/${fileOf(document)}`;
    expect((await ask(patient, 'GET', file)).status).toBe(200);
    const withdrawn = { ...document, status: 'entered-in-error' };
    expect((await put(doctor, withdrawn, 1)).status).toBe(200);
    const absent = await ask(patient, 'GET', `/fhir/Binary/${newId()}`);
    for (const target of [file, `${file}/_history/1`, `${file}/_history`, `${file}/$preview`]) {
      const told = await ask(patient, 'GET', target);
      expect([target, told.status, told.text]).toEqual([target, 404, absent.text]);
    }
    const json = { accept: 'application/fhir+json' };
    expect((await ask(patient, 'GET', file, undefined, json)).status).toBe(404);
    const everything = await ask(patient, 'GET', `/fhir/Patient/${chart}/$everything?_count=200`);
    expect(everything.text).not.toContain(base64("Somebody else's findings.").slice(0, 20));
    expect((await ask(doctor, 'GET', file)).status).toBe(200);
    expect((await put(doctor, document, 2)).status).toBe(200);
    expect((await ask(patient, 'GET', file)).status).toBe(200);
  });

  test('leaves its file where it is for whoever else opens that section and may write there', async () => {
    const id = await sent(nurse, 'For the nurse as well.');
    const document = await read(nurse, id);
    expect((await put(doctor, { ...document, status: 'entered-in-error' }, 1)).status).toBe(200);
    expect((await ask(nurse, 'GET', `/fhir/${fileOf(document)}`)).status).toBe(200);
  });
});

test('a document that becomes sensitive takes its file along, with all its versions', async () => {
  const id = await sent(doctor, 'A result.');
  const document = await read(doctor, id);
  const file = `/fhir/${fileOf(document)}`;
  expect((await ask(nurse, 'GET', file)).status).toBe(200);
  const renamed = { ...document, description: 'HIV test result' };
  expect((await put(nurse, renamed, 1)).status).toBe(404);
  expect((await put(doctor, renamed, 1)).status).toBe(200);
  expect((await ask(nurse, 'GET', `/fhir/DocumentReference/${id}`)).status).toBe(404);
  expect((await ask(nurse, 'GET', file)).status).toBe(404);
  expect((await ask(nurse, 'GET', `${file}/_history/1`)).status).toBe(404);
  expect((await ask(doctor, 'GET', file)).text).toBe('A result.');
});
