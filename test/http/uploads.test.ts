/** Files sent in parts: resumed, checked, limited, and filed in the chart that they were begun for. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { blobsOf, sendFile } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const LIMITS = {
  bytesOfFile: 5_000_000,
  bytesOfPractice: 9_000_000,
  filesOfPractice: 1000,
  openOfPerson: 10,
};
let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices({ fileLimits: LIMITS });
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

/** A PDF of that size, other each time. */
function pdf(bytes: number): Buffer {
  const head = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n');
  const tail = Buffer.from('\ntrailer\n<<>>\n%%EOF\n');
  const filling = randomBytes(bytes - head.length - tail.length).map((byte) => 65 + (byte % 26));
  return Buffer.concat([head, filling, tail]);
}

const TUS = { 'tus-resumable': '1.0.0' };
const PART = { ...TUS, 'content-type': 'application/offset+octet-stream' };
const metadata = (said: Readonly<Record<string, string>>) =>
  Object.entries(said)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

const send = (
  who: Person,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = TUS,
  source: Uint8Array | AsyncIterable<Uint8Array> = Buffer.alloc(0),
) => sendFile(served, who, method, path, headers, source instanceof Uint8Array ? inPieces(source) : source);

async function* inPieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 60_000) yield content.subarray(at, at + 60_000);
}

async function begun(
  who: Person,
  content: Uint8Array,
  more: Readonly<Record<string, string>> = {},
  of = chart,
) {
  const said = { chart: of, filename: 'Überweisung.pdf', type: 'referral', title: 'To Dr. Lam', ...more };
  const headers = { ...TUS, 'upload-length': String(content.length), 'upload-metadata': metadata(said) };
  const { status, headers: told } = await send(who, 'POST', '/uploads', headers);
  return { status, path: told.location! };
}

const part = (
  who: Person,
  path: string,
  offset: number,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  more = {},
) => send(who, 'PATCH', path, { ...PART, 'upload-offset': String(offset), ...more }, source);

const documentOf = async (who: Person, reference: string) =>
  (await served.ask(who.token, 'GET', `/fhir/${reference}`)).json;

async function bytesOf(who: Person, reference: string): Promise<Buffer> {
  const { json } = await served.ask(who.token, 'GET', `/fhir/${reference}`, {
    headers: { accept: 'application/fhir+json' },
  });
  return Buffer.from(json.data as unknown as string, 'base64');
}

const blobCount = async () => (await blobsOf(served)).length;

describe('a file', () => {
  test('sent in parts stands in the chart as a document with the bytes that were sent', async () => {
    const content = pdf(450_000);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const { status, path } = await begun(doctor, content, { sha256, date: '2026-02-03' });
    expect(status).toBe(201);
    expect((await part(doctor, path, 0, content.subarray(0, 200_001))).headers['upload-offset']).toBe(
      '200001',
    );
    expect((await send(doctor, 'GET', path)).headers).toMatchObject({
      'upload-offset': '200001',
      'upload-length': '450000',
    });
    const last = await part(doctor, path, 200_001, content.subarray(200_001));
    expect([last.status, last.headers['upload-offset']]).toEqual([204, '450000']);
    const document = await documentOf(doctor, last.headers['upload-document']!);
    expect(document).toMatchObject({
      docStatus: 'final',
      description: 'To Dr. Lam',
      subject: { reference: `Patient/${chart}` },
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] },
      content: [{ attachment: { contentType: 'application/pdf', size: 450_000, creation: '2026-02-03' } }],
    });
    const url = document.content![0]!.attachment!.url as unknown as string;
    expect(await bytesOf(doctor, url)).toEqual(content);
    const name = await send(doctor, 'HEAD', `/fhir/${url}`);
    expect(name.headers['content-disposition']).toContain("filename*=UTF-8''%C3%9Cberweisung.pdf");
    expect((await send(doctor, 'GET', path)).headers['upload-document']).toBe(
      last.headers['upload-document'],
    );
  });

  test('without a title is called like its file, and never by where that lay', async () => {
    for (const filename of ['../Berichte/Knie.pdf', 'C:\\Scans\\Knie.pdf', 'Knie.pdf']) {
      const content = pdf(2_000);
      const { path } = await begun(doctor, content, { filename, title: '' });
      const { headers } = await part(doctor, path, 0, content);
      expect(await documentOf(doctor, headers['upload-document']!)).toMatchObject({
        description: 'Knie.pdf',
        content: [{ attachment: { title: 'Knie.pdf' } }],
      });
    }
  });

  test('whose connection is lost goes on from the last byte that came', async () => {
    const content = pdf(400_000);
    const { path } = await begun(doctor, content);
    const lost = (async function* () {
      yield content.subarray(0, 150_000);
      yield content.subarray(150_000, 230_000);
      throw new Error('the connection is gone');
    })();
    expect((await part(doctor, path, 0, lost)).status).toBe(400);
    const arrived = Number((await send(doctor, 'GET', path)).headers['upload-offset']);
    expect(arrived).toBe(230_000);
    expect((await part(doctor, path, 0, content)).status).toBe(409);
    const last = await part(doctor, path, arrived, content.subarray(arrived));
    const document = await documentOf(doctor, last.headers['upload-document']!);
    expect(await bytesOf(doctor, document.content![0]!.attachment!.url as unknown as string)).toEqual(
      content,
    );
  });

  test('of which a part did not arrive as it was sent keeps nothing of that part', async () => {
    const content = pdf(250_000);
    const { path } = await begun(doctor, content);
    const digest = createHash('sha256').update(content).digest('base64');
    const wrong = Buffer.from(content);
    wrong[200_000]! ^= 1;
    const before = await blobCount();
    const check = { 'upload-checksum': `sha256 ${digest}` };
    expect((await part(doctor, path, 0, wrong, check)).status).toBe(460);
    expect((await send(doctor, 'GET', path)).headers['upload-offset']).toBe('0');
    expect(await blobCount()).toBe(before);
    expect((await part(doctor, path, 0, content, check)).status).toBe(204);
  });

  test('that as a whole is not what its sender reckoned is not filed', async () => {
    const content = pdf(50_000);
    const before = await blobCount();
    const { path } = await begun(doctor, content, { sha256: '0'.repeat(64) });
    expect((await part(doctor, path, 0, content)).status).toBe(422);
    expect((await send(doctor, 'GET', path)).status).toBe(404);
    expect(await blobCount()).toBe(before);
  });

  test('is sent by a patient into their own record, as a preliminary document', async () => {
    const content = pdf(120_000);
    const { status, path } = await begun(patient, content, { type: 'letter' });
    expect(status).toBe(201);
    const last = await part(patient, path, 0, content);
    expect(last.status).toBe(204);
    const document = await documentOf(patient, last.headers['upload-document']!);
    expect(document.docStatus).toBe('preliminary');
    expect(await bytesOf(patient, document.content![0]!.attachment!.url as unknown as string)).toEqual(
      content,
    );
    expect((await documentOf(doctor, last.headers['upload-document']!)).docStatus).toBe('preliminary');
  });

  test('is what its bytes are, and what may run is not taken', async () => {
    const before = await blobCount();
    const page = Buffer.from('<!doctype html><html><script>alert(1)</script></html>');
    const { path } = await begun(doctor, page, { filename: 'card.png', filetype: 'image/png' });
    expect((await part(doctor, path, 0, page)).status).toBe(415);
    expect((await send(doctor, 'GET', path)).status).toBe(404);
    expect(await blobCount()).toBe(before);
  });

  test('that is ended leaves nothing', async () => {
    const before = await blobCount();
    const content = pdf(250_000);
    const { path } = await begun(doctor, content);
    await part(doctor, path, 0, content.subarray(0, 120_000));
    expect(await blobCount()).toBeGreaterThan(before);
    expect((await send(doctor, 'DELETE', path)).status).toBe(204);
    expect((await send(doctor, 'GET', path)).status).toBe(404);
    expect(await blobCount()).toBe(before);
  });
});

describe('nobody', () => {
  test('sends into a record that is not theirs', async () => {
    const other = await served.chart(practice, { name: [{ family: 'Else' }] });
    const content = pdf(10_000);
    expect((await begun(patient, content, {}, other)).status).toBe(422);
    const foreign = await served.person(await served.makePractice(), { role: 'doctor' });
    expect((await begun(foreign, content)).status).toBe(422);
    const carer = await served.person(practice, { role: 'carer', chartId: chart });
    expect((await begun(carer, content)).status).toBe(404);
    const billing = await served.person(practice, { role: 'billing' });
    expect((await begun(billing, content)).status).toBe(404);
  });

  test('goes on with, looks at or ends an upload of somebody else', async () => {
    const content = pdf(100_000);
    const { path } = await begun(doctor, content);
    const colleague = await served.person(practice, { role: 'doctor' });
    for (const who of [colleague, patient]) {
      expect((await send(who, 'GET', path)).status).toBe(404);
      expect((await part(who, path, 0, content)).status).toBe(404);
      expect((await send(who, 'DELETE', path)).status).toBe(404);
    }
    expect((await send(doctor, 'GET', path)).headers['upload-offset']).toBe('0');
  });

  test('goes on once the session has ended', async () => {
    const leaving = await served.person(practice, { role: 'patient', chartId: chart });
    const content = pdf(300_000);
    const { path } = await begun(leaving, content);
    const source = (async function* () {
      yield content.subarray(0, 120_000);
      await served.ask(leaving.token, 'DELETE', '/session');
      yield content.subarray(120_000);
    })();
    expect((await part(leaving, path, 0, source)).status).toBe(401);
  });

  test('gets past the limits, however many they begin at once', async () => {
    const other = await served.makePractice();
    const own = await served.chart(other, {});
    const clerk = await served.person(other, { role: 'doctor' });
    const big = { length: 4_000_000 } as Uint8Array;
    expect((await begun(clerk, { length: 5_000_001 } as Uint8Array, {}, own)).status).toBe(413);
    const statuses = (await Promise.all([1, 2, 3, 4, 5].map(() => begun(clerk, big, {}, own)))).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([201, 201, 507, 507, 507]);
  });

  test('gets past them by sending files at once, whole and in parts', async () => {
    const other = await served.makePractice();
    const own = await served.chart(other, {});
    const clerk = await served.person(other, { role: 'doctor' });
    const content = pdf(4_000_000);
    const whole = async () => {
      const said = { 'content-type': 'application/pdf', 'content-length': String(content.length) };
      const headers = { ...said, 'x-security-context': `Patient/${own}` };
      return (await send(clerk, 'POST', '/fhir/Binary', headers, content)).status;
    };
    const inParts = async () => (await begun(clerk, content, {}, own)).status;
    expect(await whole()).toBe(201);
    const before = await blobCount();
    const statuses = await Promise.all([whole(), inParts(), whole(), inParts(), whole()]);
    expect(statuses.toSorted()).toEqual([201, 507, 507, 507, 507]);
    const filed = statuses.filter((status, at) => at % 2 === 0 && status === 201);
    await expect.poll(blobCount).toBe(before + filed.length);
    const json = { resourceType: 'Binary', contentType: 'application/pdf', data: content.toString('base64') };
    const body = { ...json, securityContext: { reference: `Patient/${own}` } };
    expect((await served.ask(clerk.token, 'POST', '/fhir/Binary', { body })).status).toBe(507);
  });

  test('gets past them with bodies of untold length, and what is refused leaves nothing', async () => {
    const other = await served.makePractice();
    const own = await served.chart(other, {});
    const clerk = await served.person(other, { role: 'doctor' });
    const before = await blobCount();
    const chunked = async () => {
      const headers = { 'content-type': 'application/pdf', 'x-security-context': `Patient/${own}` };
      return (await send(clerk, 'POST', '/fhir/Binary', headers, pdf(4_000_000))).status;
    };
    const statuses = await Promise.all([1, 2, 3, 4, 5].map(chunked));
    const taken = statuses.filter((status) => status === 201).length;
    // Two fit; what several have taken of the room while they come may leave less than it was.
    expect(statuses.filter((status) => status !== 201 && status !== 507)).toEqual([]);
    expect(taken).toBeLessThanOrEqual(2);
    expect(await blobCount()).toBe(before + taken * Math.ceil(4_000_000 / (64 * 1024 ** 2)));
    for (let left = 2 - taken; left > 0; left -= 1) expect(await chunked()).toBe(201);
    expect(await chunked()).toBe(507);
    const { rows } = await served.database.owner.query('select from postern.file_promise');
    expect(rows).toEqual([]);
  });

  test('begins to send what there is no room for, and not one byte of it is read', async () => {
    const other = await served.makePractice();
    const own = await served.chart(other, {});
    const clerk = await served.person(other, { role: 'doctor' });
    let read = 0;
    const sending = () =>
      (async function* () {
        for (let at = 0; at < 40; at += 1) {
          read += 100_000;
          yield Buffer.alloc(100_000, 'a');
        }
      })();
    const headers = { 'content-type': 'text/plain', 'x-security-context': `Patient/${own}` };
    const told = { ...headers, 'content-length': '4000000' };
    const fits = async () => (await send(clerk, 'POST', '/fhir/Binary', told, sending())).status;
    expect(await fits()).toBe(201);
    expect(await fits()).toBe(201);
    read = 0;
    expect(await fits()).toBe(507);
    expect(read).toBe(0);
    // Of what comes without a length, no more than there is room for.
    expect((await send(clerk, 'POST', '/fhir/Binary', headers, sending())).status).toBe(507);
    expect(read).toBeLessThan(1_500_000);
    const large = { ...headers, 'content-length': '5000001' };
    expect((await send(clerk, 'POST', '/fhir/Binary', large, sending())).status).toBe(413);
  });

  test('leaves anything of a record that is refused for want of room', async () => {
    const other = await served.makePractice();
    const own = await served.chart(other, {});
    const clerk = await served.person(other, { role: 'doctor' });
    const content = pdf(4_000_000);
    const entry = () => ({
      resource: {
        resourceType: 'Binary',
        contentType: 'application/pdf',
        securityContext: { reference: `Patient/${own}` },
        data: content.toString('base64'),
      },
      request: { method: 'POST', url: 'Binary' },
    });
    const before = await blobCount();
    const body = { resourceType: 'Bundle', type: 'transaction', entry: [entry(), entry(), entry()] };
    expect((await served.ask(clerk.token, 'POST', '/fhir', { body })).status).toBe(507);
    expect(await blobCount()).toBe(before);
    const { rows } = await served.database.owner.query('select from postern.blob where practice_id = $1', [
      other,
    ]);
    expect(rows).toEqual([]);
  });

  test('sends more than was told, or what is no part', async () => {
    const content = pdf(50_000);
    const { path } = await begun(doctor, content.subarray(0, 40_000));
    expect((await part(doctor, path, 0, content)).status).toBe(413);
    expect((await part(doctor, path, 0, content, { 'content-type': 'application/pdf' })).status).toBe(415);
    expect((await send(doctor, 'PATCH', path, { ...PART, 'upload-offset': '-1' }, content)).status).toBe(400);
    expect((await send(doctor, 'GET', path, {})).status).toBe(412);
  });
});

test('two who send the same upload at once file one document', async () => {
  const content = pdf(300_000);
  const { path } = await begun(doctor, content);
  const answers = await Promise.all([1, 2, 3].map(() => part(doctor, path, 0, content)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409, 409]);
  const last = answers.find(({ status }) => status === 204)!;
  const document = await documentOf(doctor, last.headers['upload-document']!);
  expect(await bytesOf(doctor, document.content![0]!.attachment!.url as unknown as string)).toEqual(content);
});
