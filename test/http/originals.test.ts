/** Originals of photos: kept where the practice says so, for staff who write there alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { sealedSize } from '../../src/seal/index.ts';
import { blobsOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { jpegWithPlace } from '../support/rule-attacks.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let owner: Person;
let doctor: Person;
let patient: Person;
let photo: Buffer;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, {});
  owner = await served.person(practice, { role: 'owner' });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  photo = await jpegWithPlace();
});
afterAll(() => served.close());

async function keeps(keepsOriginals: boolean): Promise<void> {
  const { json } = await served.ask(owner.token, 'GET', '/practice/files');
  const { kinds, limits, version } = json;
  const body = JSON.stringify({ kinds, limits, version, keepsOriginals });
  const headers = { 'content-type': 'application/json' };
  expect((await served.ask(owner.token, 'PUT', '/practice/files', { headers, body })).status).toBe(200);
}

async function sent(type = 'photo'): Promise<string> {
  const said = { chart, filename: 'wound.jpg', type };
  const begun = await sendFile(served, patient, 'POST', '/uploads', uploadHeaders(photo.length, said));
  const part = { ...PART, 'upload-offset': '0' };
  const done = await sendFile(served, patient, 'PATCH', begun.headers.location!, part, photo);
  const { json } = await served.ask(doctor.token, 'GET', `/fhir/${done.headers['upload-document']}`);
  return String(json.content![0]!.attachment!.url).slice('Binary/'.length);
}
const file = async (who: Person, id: string) =>
  Buffer.from(await (await sendFile(served, who, 'GET', `/fhir/Binary/${id}`)).bytes());
const original = (who: Person, id: string) => sendFile(served, who, 'GET', `/files/${id}/original`);
const toOriginal = async (who: Person, id: string) =>
  (await sendFile(served, who, 'GET', `/fhir/Binary/${id}`)).headers.link;
const hold = async (body: object) => {
  const headers = { 'content-type': 'application/json' };
  const said = JSON.stringify({ chart, reason: 'A lawsuit is coming.', ...body });
  const { status, json } = await served.ask(owner.token, 'POST', '/holds', { headers, body: said });
  expect(status).toBe(201);
  return String(json.id);
};
const remove = (who: Person, id: string) => served.ask(who.token, 'DELETE', `/files/${id}/original`);

test('nothing is kept where the practice has not said so', async () => {
  const id = await sent();
  expect((await file(patient, id)).equals(photo)).toBe(false);
  expect((await original(doctor, id)).status).toBe(404);
});

test('the original is as it was sent, for staff alone, with a line', async () => {
  await keeps(true);
  const id = await sent();
  expect((await file(patient, id)).includes('Somebody')).toBe(false);
  const answer = await original(doctor, id);
  expect([answer.status, Buffer.from(await answer.bytes()).equals(photo)]).toEqual([200, true]);
  expect(answer.headers['content-disposition']).toMatch(/^attachment/);
  for (const who of [patient, owner]) expect((await original(who, id)).status).toBe(404);
  const billing = await served.person(practice, { role: 'billing' });
  expect((await original(billing, id)).status).toBe(404);
  const { rows } = await served.database.owner.query(
    "select from postern.access_line where practice_id = $1 and action = 'open-original'",
    [practice],
  );
  expect(rows.length).toBeGreaterThan(0);
});

test('it is removed from every version and from the store, and the photo stays', async () => {
  const id = await sent();
  const before = (await blobsOf(served)).length;
  const standing = await file(doctor, id);
  expect((await remove(patient, id)).status).toBe(404);
  expect((await remove(doctor, id)).json).toEqual({ removed: true });
  expect((await blobsOf(served)).length).toBe(before - 1);
  expect((await original(doctor, id)).status).toBe(404);
  expect((await remove(doctor, id)).status).toBe(404);
  expect((await file(doctor, id)).equals(standing)).toBe(true);
});

test('who may have it is led to it from the photo, and nobody else hears that there is one', async () => {
  const id = await sent();
  const link = `</files/${id}/original>; rel="urn:postern:original"`;
  expect(await toOriginal(doctor, id)).toBe(link);
  expect(await toOriginal(patient, id)).toBeUndefined();
  expect((await remove(doctor, id)).status).toBe(200);
  expect(await toOriginal(doctor, id)).toBeUndefined();
});

test('it stays while something of its record is on hold, and goes when the hold has ended', async () => {
  const id = await sent();
  const other = await served.chart(practice, {});
  const held = await hold({});
  const elsewhere = await hold({ chart: other });
  const { json } = await served.ask(owner.token, 'GET', `/holds?chart=${chart}`);
  expect(json.holds!.map((one) => [one.id, one.chart])).toEqual([[held, chart]]);
  expect((await served.ask(owner.token, 'GET', '/holds')).json.holds).toHaveLength(2);
  expect((await served.ask(owner.token, 'GET', '/holds?chart=none')).status).toBe(400);
  const refused = await remove(doctor, id);
  expect([refused.status, refused.text.includes('on hold')]).toEqual([409, true]);
  expect((await original(doctor, id)).status).toBe(200);
  const body = JSON.stringify({ reason: 'It was settled.' });
  const headers = { 'content-type': 'application/json' };
  for (const one of [held, elsewhere])
    expect((await served.ask(owner.token, 'POST', `/holds/${one}/end`, { headers, body })).status).toBe(204);
  expect((await remove(doctor, id)).json).toEqual({ removed: true });
});

test('it takes room of its own, to the byte; where there is none nothing is left of the photo', async () => {
  const changes =
    '(select coalesce(sum(c.bytes), 0) from postern.file_use_change c where c.practice_id = u.practice_id)';
  const use = async () => {
    const { rows } = await served.database.owner.query<{ bytes: string }>(
      `select u.bytes + ${changes} as bytes from postern.file_use u where u.practice_id = $1`,
      [practice],
    );
    return Number(rows[0]!.bytes);
  };
  const fill = (bytes: number) =>
    served.database.owner.query(
      `update postern.file_use u set bytes = $2 - ${changes} where u.practice_id = $1`,
      [practice, bytes],
    );
  const { json } = await served.ask(owner.token, 'GET', '/practice/files');
  const most = Number((json.most as unknown as Record<string, number>).bytesOfPractice);
  const before = await use();
  const blobs = (await blobsOf(served)).length;
  const said = { chart, filename: 'wound.jpg', type: 'photo' };
  const sending = async (left: number) => {
    await fill(most - left);
    const begun = await sendFile(served, patient, 'POST', '/uploads', uploadHeaders(photo.length, said));
    const part = { ...PART, 'upload-offset': '0' };
    return sendFile(served, patient, 'PATCH', begun.headers.location!, part, photo);
  };
  // An upload counts as long as it is open, and of what it becomes the room of the photo is asked for.
  const both = photo.length + sealedSize(photo.length);
  const refused = await sending(both - 1);
  expect([refused.status, (await blobsOf(served)).length]).toEqual([507, blobs]);
  expect(await use()).toBe(most - both + 1);
  expect((await sending(both)).status).toBe(204);
  expect((await blobsOf(served)).length).toBe(blobs + 2);
  const { rows } = await served.database.owner.query('select from postern.file_promise');
  expect(rows).toEqual([]);
  await fill(before + 2 * sealedSize(photo.length));
});

test('of cards no original is kept', async () => {
  const before = (await blobsOf(served)).length;
  await sent('photo-id');
  expect((await blobsOf(served)).length).toBe(before + 1);
  await keeps(false);
});
