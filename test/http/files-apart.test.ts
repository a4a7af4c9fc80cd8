/** Files in which the real clamd finds something: kept apart, looked after, removed or released. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { ClamAv, type Scan, type Scanner } from '../../src/documents/index.ts';
import { type Clamd, clamdProgram, EICAR, startClamd } from '../support/clamd.ts';
import { blobsOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const program = clamdProgram();
let clamd: Clamd;
let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let owner: Person;
let privacy: Person;
let patient: Person;
let doctor: Person;
/** Whether the scanner has learnt that it was mistaken, as by newer signatures. */
let isMended = false;

const CLEAN: Scan = {
  write: async () => undefined,
  finish: async () => ({ state: 'clean' }),
  abandon: () => undefined,
};

beforeAll(async () => {
  if (program === null) return;
  clamd = await startClamd(program);
  const real = new ClamAv({ kind: 'unix', path: clamd.path });
  const scanner: Scanner = { begin: () => (isMended ? CLEAN : real.begin()) };
  served = await servePractices({ scanner });
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  owner = await served.person(practice, { role: 'owner' });
  privacy = await served.person(practice, { role: 'privacy-officer' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(async () => {
  if (program === null) return;
  await served.close();
  await clamd.stop();
});

async function sent(who: Person, content: Buffer, more = {}) {
  const said = { chart, filename: 'letter.txt', type: 'letter', ...more };
  const begun = await sendFile(served, who, 'POST', '/uploads', uploadHeaders(content.length, said));
  const path = begun.headers.location!;
  const answer = await sendFile(served, who, 'PATCH', path, { ...PART, 'upload-offset': '0' }, content);
  return { id: path.slice('/uploads/'.length), status: answer.status, text: String(await answer.bytes()) };
}
const infected = (who = patient) => sent(who, Buffer.from(`${EICAR} ${Math.random()}`));
const json = { 'content-type': 'application/json' };
const list = async (who: Person) => served.ask(who.token, 'GET', '/files-apart');
const release = (
  who: Person,
  id: string,
  body: object = { reason: 'The lab says that it is a false alarm.' },
) =>
  served.ask(who.token, 'POST', `/files-apart/${id}/release`, { headers: json, body: JSON.stringify(body) });
const documentAt = (id: string) => served.ask(doctor.token, 'GET', `/fhir/DocumentReference/${id}`);
const lines = async (action: string) =>
  (
    await served.database.owner.query<{ detail: Buffer | null }>(
      'select detail from postern.access_line where practice_id = $1 and action = $2',
      [practice, action],
    )
  ).rows;

const when = test.skipIf(program === null);

when('the sender is told, and the owner sees from whom, since when, and what it is', async () => {
  const { id, status, text } = await infected();
  expect(status).toBe(422);
  expect(text).toContain('something malicious');
  const { files } = (await list(owner)).json;
  const file = files!.find((one) => String(one.id) === id)!;
  expect(file).toMatchObject({
    sender: { id: patient.accountId, name: 'Someone' },
    chart,
    finding: 'Postern.Test.Eicar.UNOFFICIAL',
  });
  const { rows } = await served.database.owner.query(
    "select from postern.incident where id = $1 and kind = 'malicious-file'",
    [file.incident],
  );
  expect(rows).toHaveLength(1);
  const days = (Date.parse(String(file.removedAt)) - Date.parse(String(file.at))) / 86_400_000;
  expect(days).toBe(14);
  expect((await documentAt(id)).status).toBe(404);
});

when('the privacy officer sees the same without the record', async () => {
  const { id } = await infected();
  const { files } = (await list(privacy)).json;
  expect(files!.find((one) => String(one.id) === id)!.chart).toBeNull();
});

when('nobody else sees, removes or releases any', async () => {
  const { id } = await infected();
  const clerk = await served.person(practice, { role: 'front-desk' });
  const foreign = await served.person(await served.makePractice(), { role: 'owner' });
  isMended = true;
  for (const who of [patient, doctor, clerk]) {
    expect((await list(who)).status).toBe(404);
    expect((await served.ask(who.token, 'DELETE', `/files-apart/${id}`)).status).toBe(404);
    expect((await release(who, id)).status).toBe(404);
  }
  expect((await list(foreign)).json.files).toEqual([]);
  expect((await served.ask(foreign.token, 'DELETE', `/files-apart/${id}`)).status).toBe(404);
  expect((await release(foreign, id)).status).toBe(404);
  isMended = false;
  expect((await documentAt(id)).status).toBe(404);
});

when('it is removed at once with what lies in the store', async () => {
  const before = (await blobsOf(served)).length;
  const { id } = await infected();
  expect((await blobsOf(served)).length).toBe(before + 1);
  expect((await served.ask(privacy.token, 'DELETE', `/files-apart/${id}`)).status).toBe(204);
  expect((await blobsOf(served)).length).toBe(before);
  expect((await served.ask(privacy.token, 'DELETE', `/files-apart/${id}`)).status).toBe(404);
  expect((await lines('remove-apart')).length).toBe(1);
});

when('what the scanner still finds is not released', async () => {
  const { id } = await infected();
  const answer = await release(owner, id);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Postern.Test.Eicar.UNOFFICIAL');
  expect((await release(owner, id, { reason: 'no' })).status).toBe(400);
  const other = { reason: 'It is harmless, I looked.', finding: 'Another.Thing' };
  expect((await release(owner, id, other)).status).toBe(422);
  expect((await documentAt(id)).status).toBe(404);
});

when('it is not released where the practice has no room for it, and stays', async () => {
  const { id } = await infected();
  const fill = (sign: string) =>
    served.database.owner.query(
      `update postern.file_use set bytes = bytes ${sign} 2::bigint ^ 50 where practice_id = $1`,
      [practice],
    );
  isMended = true;
  await fill('+');
  expect((await release(owner, id)).status).toBe(507);
  expect((await documentAt(id)).status).toBe(404);
  await fill('-');
  isMended = false;
  expect((await list(owner)).json.files!.some((one) => String(one.id) === id)).toBe(true);
});

when('what it no longer finds is filed for whom it was sent, with a line', async () => {
  const { id } = await infected();
  isMended = true;
  expect((await release(owner, id)).status).toBe(204);
  isMended = false;
  const { json: document } = await documentAt(id);
  expect(document).toMatchObject({ docStatus: 'preliminary', subject: { reference: `Patient/${chart}` } });
  const url = String(document.content![0]!.attachment!.url);
  const file = await served.ask(patient.token, 'GET', `/fhir/${url}`);
  expect([file.status, file.text.startsWith(EICAR)]).toEqual([200, true]);
  const released = await lines('release-apart');
  expect(released).toHaveLength(1);
  expect(released[0]!.detail!.includes('false alarm')).toBe(false);
  expect((await release(owner, id)).status).toBe(404);
  const { files } = (await list(owner)).json;
  expect(files!.some((one) => String(one.id) === id)).toBe(false);
});

when('a false alarm that stays one is filed for who names it, and is shown to nobody', async () => {
  const { id } = await infected(doctor);
  const named = { reason: 'A training text, read by hand.', finding: 'Postern.Test.Eicar.UNOFFICIAL' };
  expect((await release(privacy, id, named)).status).toBe(204);
  const url = String((await documentAt(id)).json.content![0]!.attachment!.url);
  const { headers } = await served.ask(doctor.token, 'GET', `/fhir/${url}`);
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toMatch(/^attachment/);
});

when('removed while it is released, it is one or the other', async () => {
  const { id } = await infected();
  isMended = true;
  const [released, removed] = await Promise.all([
    release(owner, id),
    served.ask(privacy.token, 'DELETE', `/files-apart/${id}`),
  ]);
  isMended = false;
  const stands = (await documentAt(id)).status === 200;
  expect([released.status === 204, removed.status === 204].filter(Boolean)).toHaveLength(1);
  expect(stands).toBe(released.status === 204);
});
