/** What a practice sets about its files: by its owner, within what the operator gives, at once everywhere. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { PracticeFiles, USUAL_UPLOAD_LIMITS } from '../../src/documents/index.ts';
import { Gate } from '../../src/gate/index.ts';
import { sendFile } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let owner: Person;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, {});
  owner = await served.person(practice, { role: 'owner' });
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

const standing = async () => (await served.ask(owner.token, 'GET', '/practice/files')).json;
const set = async (changed: object, who = owner) => {
  const { kinds, limits, keepsOriginals, version } = await standing();
  const body = JSON.stringify({ kinds, limits, keepsOriginals, version, ...changed });
  const headers = { 'content-type': 'application/json' };
  return served.ask(who.token, 'PUT', '/practice/files', { headers, body });
};
const filed = async (content: Uint8Array) => {
  const headers = { 'content-type': 'application/octet-stream', 'x-security-context': `Patient/${chart}` };
  return (await sendFile(served, doctor, 'POST', '/fhir/Binary', headers, content)).status;
};
const PAGE = Buffer.from('<!doctype html><html><body>hello</body></html>');

test('the owner says which kinds are taken, and that counts for the next file', async () => {
  expect(await filed(PAGE)).toBe(415);
  const { kinds } = await standing();
  expect((await set({ kinds: { ...kinds, pages: 'inert' } })).status).toBe(200);
  expect(await filed(PAGE)).toBe(201);
  expect((await set({ kinds: { ...kinds, pages: 'refused' } })).status).toBe(200);
  expect(await filed(PAGE)).toBe(415);
});

test('what can run is never shown, whatever is asked for', async () => {
  const { kinds } = await standing();
  for (const group of ['pages', 'programs', 'macros', 'archives', 'others']) {
    expect([group, (await set({ kinds: { ...kinds, [group]: 'shown' } })).status]).toEqual([group, 400]);
  }
  expect((await set({ kinds: { ...kinds, pdf: 'refused' } })).status).toBe(400);
  expect((await set({ kinds: { ...kinds, office: 'refused', videos: 'inert' } })).status).toBe(200);
});

test('limits count at once, and none is above what the operator gives', async () => {
  const { limits } = await standing();
  const least = 1024 ** 2;
  expect((await set({ limits: { ...limits, bytesOfFile: least } })).status).toBe(200);
  expect(await filed(Buffer.alloc(least, 'a'))).toBe(201);
  expect(await filed(Buffer.alloc(least + 1, 'a'))).toBe(413);
  const more = USUAL_UPLOAD_LIMITS.bytesOfFile + 1;
  for (const wrong of [more, 1, 0.5, '9', -1]) {
    expect((await set({ limits: { ...limits, bytesOfFile: wrong } })).status).toBe(400);
  }
  expect((await set({ limits: { ...limits, bytesOfFile: null } })).status).toBe(200);
  expect(await filed(Buffer.alloc(least + 1, 'a'))).toBe(201);
});

test('another server knows of it within a second', async () => {
  const { server } = served.database;
  const gate = new Gate({ server, keychain: served.keychain, clock: served.clock });
  const elsewhere = new PracticeFiles({ gate, most: USUAL_UPLOAD_LIMITS });
  expect((await elsewhere.of(practice)).limits.openOfPerson).toBe(50);
  const { limits } = await standing();
  await set({ limits: { ...limits, openOfPerson: 7 } });
  await delay(1000);
  expect((await elsewhere.of(practice)).limits.openOfPerson).toBe(7);
  await gate.close();
});

test('who was slower is told, and nobody but the owner sets anything', async () => {
  const { version } = await standing();
  expect((await set({ version: Number(version) - 1 })).status).toBe(412);
  const clerk = await served.person(practice, { role: 'front-desk' });
  const privacy = await served.person(practice, { role: 'privacy-officer' });
  const patient = await served.person(practice, { role: 'patient', chartId: chart });
  for (const who of [clerk, doctor, privacy, patient]) expect((await set({}, who)).status).toBe(404);
  expect((await standing()).version).toBe(version);
});

test('what was set by hand in the database sets nothing, and opens an incident', async () => {
  const { kinds } = await standing();
  await set({ kinds: { ...kinds, programs: 'refused', others: 'refused' } });
  await served.database.owner.query(
    `update postern.practice_rule
     set content = replace(content, '"programs":"refused"', '"programs":"inert"')
     where practice_id = $1`,
    [practice],
  );
  await delay(600);
  expect((await standing()).kinds).toMatchObject({ programs: 'refused', others: 'inert' });
  const { rows } = await served.database.owner.query(
    "select from postern.incident where practice_id = $1 and kind = 'key-ring'",
    [practice],
  );
  expect(rows).toHaveLength(1);
  expect((await set({})).status).toBe(200);
});
