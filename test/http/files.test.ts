/** Files through the door: in JSON and as the bytes they are, over versions, sections and damage. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { blobsOf } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let stranger: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  stranger = await served.person(await served.makePractice(), { role: 'doctor' });
});
afterAll(() => served.close());

const CONTENT = randomBytes(100_000);
type Source = Uint8Array | AsyncIterable<Uint8Array>;

/** As a socket would carry it, with the bytes of the answer. */
async function send(
  who: Person,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  source: Source = Buffer.alloc(0),
) {
  const body =
    source instanceof Uint8Array
      ? (async function* () {
          yield source;
        })()
      : source;
  const authorization = `Bearer ${who.token}`;
  const address = '192.0.2.1';
  const request = { method, path, query: '', headers: { authorization, ...headers }, address, body };
  const answer = await served.server.handle(request);
  const bytes = () =>
    answer.body === null || answer.body instanceof Uint8Array
      ? Promise.resolve(Buffer.from(answer.body ?? []))
      : buffer(answer.body as AsyncIterable<Uint8Array>);
  return { ...answer, bytes };
}

const inContext = (of: string = chart, type = 'application/pdf') => ({
  'content-type': type,
  'x-security-context': `Patient/${of}`,
});

async function filed(source: Source = CONTENT): Promise<string> {
  const { status, headers } = await send(doctor, 'POST', '/fhir/Binary', inContext(), source);
  expect(status).toBe(201);
  return /\/Binary\/([0-9a-f-]{36})\//.exec(headers.location!)![1]!;
}

const at = (id: string) => `/fhir/Binary/${id}`;
const JSON_FORM = { accept: 'application/fhir+json' };

const blobs = () => blobsOf(served);

const rowOf = async (id: string) =>
  (await served.database.owner.query('select * from postern.resource where id = $1', [id])).rows[0]!;

describe('a file', () => {
  test('sent as bytes comes back as bytes, whole, in parts, or not at all where it is known', async () => {
    const id = await filed();
    const whole = await send(doctor, 'GET', at(id));
    expect(await whole.bytes()).toEqual(CONTENT);
    expect(whole).toMatchObject({
      status: 200,
      headers: {
        'content-length': '100000',
        'accept-ranges': 'bytes',
        etag: '"1"',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining('sandbox'),
      },
    });
    const part = await send(doctor, 'GET', at(id), { range: 'bytes=40000-59999', 'if-range': '"1"' });
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 40000-59999/100000' } });
    expect(await part.bytes()).toEqual(CONTENT.subarray(40_000, 60_000));
    const beyond = await send(doctor, 'GET', at(id), { range: 'bytes=100000-' });
    expect(beyond).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */100000' } });
    const known = await send(doctor, 'GET', at(id), { 'if-none-match': '"1"' });
    expect([known.status, known.body]).toEqual([304, null]);
  });

  test('in JSON is the same file, whichever way it came', async () => {
    const id = await filed();
    const told = await served.ask(doctor.token, 'GET', at(id), { headers: JSON_FORM });
    expect(told.json).toMatchObject({
      resourceType: 'Binary',
      id,
      contentType: 'application/pdf',
      securityContext: { reference: `Patient/${chart}` },
      data: CONTENT.toString('base64'),
    });
    const made = await served.ask(doctor.token, 'POST', '/fhir/Binary', {
      body: { ...told.json, id: undefined, meta: undefined },
    });
    expect(made.status).toBe(201);
    const other = made.json.id as unknown as string;
    expect(await (await send(doctor, 'GET', at(other))).bytes()).toEqual(CONTENT);
  });

  test('lies sealed in blobs, and neither in its row nor in the clear', async () => {
    const before = new Set(await blobs());
    const words = Buffer.from('Adaeze Okafor has a molar that hurts. '.repeat(1000));
    const id = await filed(words);
    const [blob, ...others] = (await blobs()).filter((path) => !before.has(path));
    expect(others).toEqual([]);
    expect((await readFile(blob!)).includes('Okafor')).toBe(false);
    const row = await rowOf(id);
    expect(row.sealed.length).toBeLessThan(1000);
    expect(row.file.length).toBeLessThan(1000);
    const { rows } = await served.database.owner.query(
      'select chart_id, bytes::integer from postern.blob where file_id = $1',
      [id],
    );
    expect(rows).toEqual([{ chart_id: chart, bytes: (await readFile(blob!)).length }]);
  });

  test('is replaced by a new version, and the one before stays', async () => {
    const id = await filed();
    const next = randomBytes(70_000);
    const headers = { 'content-type': 'image/png', 'if-match': 'W/"1"' };
    expect((await send(doctor, 'PUT', at(id), headers, next)).status).toBe(200);
    expect(await (await send(doctor, 'GET', at(id))).bytes()).toEqual(next);
    expect(await (await send(doctor, 'GET', `${at(id)}/_history/1`)).bytes()).toEqual(CONTENT);
    const stale = await blobs();
    expect((await send(doctor, 'PUT', at(id), headers, next)).status).toBe(412);
    expect(await blobs()).toHaveLength(stale.length);
    const { json } = await served.ask(doctor.token, 'GET', `${at(id)}/_history`, { headers: JSON_FORM });
    const versions = json.entry!.map((entry) => entry.resource!.data);
    expect(versions).toEqual([next.toString('base64'), CONTENT.toString('base64')]);
  });

  test('goes on with a version that changes everything but its content', async () => {
    const id = await filed();
    const patch = [{ op: 'replace', path: '/contentType', value: 'image/jpeg' }];
    const patched = await served.ask(doctor.token, 'PATCH', at(id), {
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(patch),
    });
    expect(patched.status).toBe(200);
    expect(await (await send(doctor, 'GET', at(id))).bytes()).toEqual(CONTENT);
    const closed = {
      ...patched.json,
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] },
    };
    expect((await served.ask(doctor.token, 'PUT', at(id), { body: closed })).status).toBe(200);
    expect((await rowOf(id)).section).toBe(4);
    expect(await (await send(doctor, 'GET', at(id))).bytes()).toEqual(CONTENT);
    expect(await (await send(doctor, 'GET', `${at(id)}/_history/1`)).bytes()).toEqual(CONTENT);
    const hygienist = await served.person(practice, { role: 'hygienist' });
    expect((await send(hygienist, 'GET', at(id))).status).toBe(404);
    expect((await send(hygienist, 'GET', `${at(id)}/_history/1`)).status).toBe(404);
  });

  test('is told with its data wherever a bundle tells of it, and is gone when it was deleted', async () => {
    const own = await served.chart(practice, { name: [{ family: 'Bundle' }] });
    const { headers } = await send(doctor, 'POST', '/fhir/Binary', inContext(own), CONTENT);
    const id = /\/Binary\/([0-9a-f-]{36})\//.exec(headers.location!)![1]!;
    const everything = await served.ask(doctor.token, 'GET', `/fhir/Patient/${own}/$everything?_type=Binary`);
    expect(everything.json.entry).toMatchObject([{ resource: { id, data: CONTENT.toString('base64') } }]);
    expect((await served.ask(doctor.token, 'DELETE', at(id))).status).toBe(204);
    expect((await send(doctor, 'GET', at(id))).status).toBe(410);
    expect(await (await send(doctor, 'GET', `${at(id)}/_history/1`)).bytes()).toEqual(CONTENT);
  });

  test('of nothing is no file', async () => {
    const answer = await send(doctor, 'POST', '/fhir/Binary', inContext());
    expect([answer.status, (await answer.bytes()).includes('The file is empty.')]).toEqual([400, true]);
  });
});

describe('nobody else', () => {
  test('gets a byte of it, or is told that it is there', async () => {
    const id = await filed();
    const hidden = await send(stranger, 'GET', at(id));
    const absent = await send(stranger, 'GET', at('6b1f4f0e-0c9d-4a3e-9d52-6f6f5b6f7a01'));
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(await hidden.bytes()).toEqual(await absent.bytes());
    const desk = await served.person(practice, { role: 'billing' });
    expect((await send(desk, 'GET', at(id))).status).toBe(404);
  });

  test('writes into a chart that is not theirs to write: the content is not even read', async () => {
    let read = 0;
    async function* watched(): AsyncGenerator<Uint8Array> {
      read += 1;
      yield CONTENT;
    }
    const before = await blobs();
    const foreign = await send(stranger, 'POST', '/fhir/Binary', inContext(), watched());
    expect(foreign.status).toBe(422);
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const other = await served.chart(practice, {});
    expect((await send(patient, 'POST', '/fhir/Binary', inContext(other), watched())).status).toBe(422);
    const id = await filed();
    expect((await send(stranger, 'PUT', at(id), { 'content-type': 'image/png' }, watched())).status).toBe(
      404,
    );
    expect(read).toBe(0);
    expect(await blobs()).toHaveLength(before.length + 1);
  });

  test('goes on reading when the session has ended in the middle', async () => {
    const leaving = await served.person(practice, { role: 'doctor' });
    const id = await filed(randomBytes(400_000));
    const answer = await send(leaving, 'GET', at(id));
    const chunks = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    expect((await chunks.next()).value!.length).toBeGreaterThan(0);
    await served.ask(leaving.token, 'DELETE', '/session');
    await expect(
      (async () => {
        while ((await chunks.next()).done !== true);
      })(),
    ).rejects.toThrow();
  });
});

describe('what breaks', () => {
  test('while it is sent leaves nothing', async () => {
    const before = await blobs();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield CONTENT;
      throw new Error('the connection is gone');
    }
    expect((await send(doctor, 'POST', '/fhir/Binary', inContext(), broken())).status).toBe(400);
    expect(await blobs()).toEqual(before);
  });

  test('in the store is told before a byte has gone out, or by an answer that ends short', async () => {
    const own = async () => {
      const before = new Set(await blobs());
      const id = await filed(randomBytes(200_000));
      return { id, path: (await blobs()).find((path) => !before.has(path))! };
    };
    const [gone, cut] = [await own(), await own()];
    await rm(gone.path);
    await truncate(cut.path, 150_000);
    for (const { id } of [gone, cut]) {
      const answer = await send(doctor, 'GET', at(id));
      expect([answer.status, (await answer.bytes()).includes('OperationOutcome')]).toEqual([500, true]);
    }
    const { id, path } = await own();
    const bytes = await readFile(path);
    bytes[150_000]! ^= 1;
    await writeFile(path, bytes);
    const answer = await send(doctor, 'GET', at(id));
    expect(answer.status).toBe(200);
    await expect(answer.bytes()).rejects.toMatchObject({ code: 'damaged' });
    expect(await (await send(doctor, 'GET', at(id), { range: 'bytes=0-999' })).bytes()).toHaveLength(1000);
  });
});
