/** Previews through the door: for whoever may open the file, noted in the log, and gone with it. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import { pdfOf } from '../support/made-pdf.ts';
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
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

async function filed(content: Buffer): Promise<string> {
  const id = newId<ResourceId>();
  const securityContext = { reference: `Patient/${chart}` };
  const data = content.toString('base64');
  await served.deposit(practice, {
    resourceType: 'Binary',
    id,
    contentType: 'text/html',
    securityContext,
    data,
  });
  return id;
}

async function preview(who: Person, id: string, query = '', headers: Record<string, string> = {}) {
  const answer = await served.server.handle({
    method: 'GET',
    path: `/fhir/Binary/${id}/$preview`,
    query,
    headers: { authorization: `Bearer ${who.token}`, ...headers },
    address: '192.0.2.1',
    body: (async function* () {})(),
  });
  return { ...answer, bytes: Buffer.from((answer.body ?? []) as Uint8Array) };
}

const picture = () =>
  sharp({ create: { width: 900, height: 300, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();

test('a picture is shown small and a document by its pages, whatever the sender called it', async () => {
  const small = await preview(patient, await filed(await picture()));
  expect(small).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'image/webp',
      'content-disposition': 'inline',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-pages': '1',
    },
  });
  expect(await sharp(small.bytes).metadata()).toMatchObject({ format: 'webp', width: 320, height: 107 });
  const letter = await filed(pdfOf('0 0 1 rg 0 0 200 100 re f', { pages: 2 }));
  const page = await preview(doctor, letter, 'size=page&page=2');
  expect(page).toMatchObject({ status: 200, headers: { 'x-pages': '2' } });
  expect(await sharp(page.bytes).metadata()).toMatchObject({ width: 1240, height: 620 });
  expect((await preview(doctor, letter, 'page=3')).status).toBe(422);
  for (const query of ['size=huge', 'size=__proto__', 'page=0', 'page=-1', 'page=1e3', 'page=99999']) {
    expect([query, (await preview(doctor, letter, query)).status]).toEqual([query, 400]);
  }
});

test('what cannot be drawn says so, and what is known already is not sent again', async () => {
  for (const content of ['a letter', '<html><script>alert(1)</script>', '%PDF-1.7 nothing more']) {
    const answer = await preview(doctor, await filed(Buffer.from(content)));
    expect(answer.status).toBe(422);
    expect(answer.bytes.toString()).toContain('There is no preview');
  }
  const id = await filed(await picture());
  const { headers } = await preview(doctor, id);
  const known = await preview(doctor, id, '', { 'if-none-match': headers.etag! });
  expect([known.status, known.bytes.length]).toEqual([304, 0]);
});

test('each look leaves a line, and nobody else gets a look, also at one that is kept', async () => {
  const id = await filed(await picture());
  expect((await preview(patient, id)).status).toBe(200);
  const { rows } = await served.database.owner.query<{ file_id: string; chart_id: string }>(
    'select file_id, chart_id from postern.blob where file_id = $1 order by made_at',
    [id],
  );
  // The file itself, and the preview, which the patient could not have noted.
  expect(rows).toEqual([1, 2].map(() => ({ file_id: id, chart_id: chart })));
  const { rows: lines } = await served.database.owner.query(
    `select l.action, l.outcome from postern.access_line l
     where l.practice_id = $1 and l.account_id = $2 and l.entries::text like $3`,
    [practice, patient.accountId, `%${id}%`],
  );
  expect(lines).toEqual([{ action: 'read', outcome: 'ok' }]);
  const stranger = await served.person(await served.makePractice(), { role: 'doctor' });
  const desk = await served.person(practice, { role: 'billing' });
  for (const who of [stranger, desk]) {
    const hidden = await preview(who, id);
    const absent = await preview(who, newId());
    expect([hidden.status, hidden.bytes.toString()]).toEqual([404, absent.bytes.toString()]);
  }
});

test('a new version has a preview of its own, and a deleted file none', async () => {
  const id = await filed(await picture());
  const before = await preview(doctor, id);
  const tall = await sharp({ create: { width: 100, height: 900, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const resource = await served.ask(doctor.token, 'GET', `/fhir/Binary/${id}`, {
    headers: { accept: 'application/fhir+json' },
  });
  const body = { ...resource.json, data: tall.toString('base64') };
  expect((await served.ask(doctor.token, 'PUT', `/fhir/Binary/${id}`, { body })).status).toBe(200);
  const after = await preview(doctor, id);
  expect(after.headers.etag).not.toBe(before.headers.etag);
  expect(await sharp(after.bytes).metadata()).toMatchObject({ width: 36, height: 320 });
  expect((await served.ask(doctor.token, 'DELETE', `/fhir/Binary/${id}`)).status).toBe(204);
  expect((await preview(doctor, id)).status).toBe(410);
});

test('one that is lost or damaged is drawn again, and noted as it is', async () => {
  const id = await filed(await picture());
  await preview(doctor, id);
  const noted = async () => {
    const { rows } = await served.database.owner.query<{ id: string; bytes: string }>(
      'select id, bytes from postern.blob where file_id = $1 order by made_at desc',
      [id],
    );
    return { count: rows.length, name: rows[0]!.id, bytes: Number(rows[0]!.bytes) };
  };
  const { name, bytes } = await noted();
  const path = join(served.filesFolder, practice, name.slice(0, 2), name);
  await writeFile(path, 'nothing');
  await served.database.owner.query('update postern.blob set bytes = 7 where id = $1', [name]);
  expect((await preview(patient, id)).status).toBe(200);
  expect(await noted()).toEqual({ count: 2, name, bytes });
  expect((await stat(path)).size).toBe(bytes);
});

test('a session that has ended sees none', async () => {
  const id = await filed(await picture());
  const leaving = await served.person(practice, { role: 'doctor' });
  expect((await preview(leaving, id)).status).toBe(200);
  await served.ask(leaving.token, 'DELETE', '/session');
  expect((await preview(leaving, id)).status).toBe(401);
});
