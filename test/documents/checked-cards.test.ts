/** Cards that were looked at: what is noted of a look, how long a photo is kept, and how it goes for good. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { FolderStore, lookAfterCards } from '../../src/documents/index.ts';
import { blobPaths, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let desk: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());
beforeEach(async () => {
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  desk = await served.person(practice, { role: 'front-desk' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});

const PHOTO = Buffer.from(`canary-card-77a0 ${'x'.repeat(40_000)}`);
const DAY_MS = 86_400_000;
const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

const parameters = (said: Readonly<Record<string, object>>) => ({
  resourceType: 'Parameters',
  parameter: Object.entries(said).map(([name, value]) => ({ name, ...value })),
});
const check = (who: Person, said: Readonly<Record<string, object>>, of: string = chart) =>
  served.ask(who.token, 'POST', `/fhir/Patient/${of}/$check-card`, { body: parameters(said) });
const ID = { kind: { valueCode: 'photo-id' } };

/** A photo ID that the desk captured; its document and its file. */
async function captured(): Promise<{ document: string; file: string }> {
  const said = { chart, filename: 'id.txt', type: 'photo-id' };
  const headers = uploadHeaders(PHOTO.length, said);
  const begun = await sendFile(served, desk, 'POST', '/uploads', headers);
  const part = { ...PART, 'upload-offset': '0' };
  const done = await sendFile(served, desk, 'PATCH', begun.headers.location!, part, PHOTO);
  const named = done.headers['upload-document']!;
  const { json } = await served.ask(desk.token, 'GET', `/fhir/${named}`);
  const url = String(json.content?.[0]?.attachment?.url);
  return { document: named.slice('DocumentReference/'.length), file: url.slice('Binary/'.length) };
}

const read = async (document: string) =>
  (await served.ask(patient.token, 'GET', `/fhir/DocumentReference/${document}`)).json;

function upkeep(days: number, told: string[] = []) {
  const now = () => new Date(Date.now() + days * DAY_MS);
  const store = new FolderStore(served.filesFolder, 0);
  const tell = async (_: unknown, of: string) => void told.push(of);
  const parts = { gate: served.gate, records: served.store, store, clock: { now }, tell };
  return lookAfterCards(parts, practice);
}

function part(json: Awaited<ReturnType<typeof read>>, name: string) {
  const CHECK = 'urn:postern:card-check';
  const said = [...(json.extension ?? [])].find(({ url }) => String(url) === CHECK);
  const found = [...(said?.extension ?? [])].find(({ url }) => String(url) === name);
  return found === undefined ? null : String(found.valueDate ?? found.valueInstant ?? found.valueString);
}

test('a look is enough: it notes who looked and what the desk typed, without a photo', async () => {
  const looked = await check(desk, {
    ...ID,
    issuer: { valueString: 'Ohio' },
    expires: { valueDate: day(900) },
    last4: { valueString: '4821' },
  });
  expect(looked.status).toBe(201);
  const json = await read(String(looked.json.id));
  expect(json).toMatchObject({
    docStatus: 'final',
    identifier: [{ value: '••••4821', period: { end: day(900) }, assigner: { display: 'Ohio' } }],
  });
  expect(JSON.stringify(json.content)).not.toContain('Binary/');
  expect([part(json, 'at') !== null, part(json, 'by') !== null, part(json, 'until')]).toEqual([
    true,
    true,
    null,
  ]);
});

test.each<[string, Record<string, object>]>([
  ['no kind', {}],
  ['a kind that there is not', { kind: { valueCode: 'fingerprint' } }],
  ['the whole number', { ...ID, last4: { valueString: '123456789' } }],
  ['markup for the last places', { ...ID, last4: { valueString: '<b>1' } }],
  ['a day that is none', { ...ID, expires: { valueDate: '2031-02-31' } }],
  ['an issuer with controls', { ...ID, issuer: { valueString: 'Ohio\u0000' } }],
  ['more than is asked', { ...ID, number: { valueString: '123456789' } }],
])('%s is refused', async (_, said) => {
  expect((await check(desk, ID)).status).toBe(201);
  expect((await check(desk, said)).status).toBe(400);
});

test('nobody checks a card but who files documents in the chart, and no app', async () => {
  const owner = await served.person(practice, { role: 'owner' });
  const other = await served.person(await served.makePractice(), { role: 'front-desk' });
  const writing = { scope: 'user/Patient.rs user/DocumentReference.cruds', patient: null };
  const app = await served.app(practice, writing, { role: 'front-desk' });
  for (const who of [patient, owner, other, app]) expect((await check(who, ID)).status).toBe(404);
  expect((await check(desk, ID)).status).toBe(201);
});

describe('a photo that was checked', () => {
  test('is kept for the days that the practice sets, and no longer than the card is valid', async () => {
    const [one, other] = [await captured(), await captured()];
    const of = (document: string) => ({
      document: { valueReference: { reference: `DocumentReference/${document}` } },
    });
    expect((await check(desk, { ...ID, ...of(one.document) })).status).toBe(200);
    expect(part(await read(one.document), 'until')).toBe(day(30));
    const short = { ...ID, ...of(other.document), expires: { valueDate: day(10) } };
    expect((await check(desk, short)).status).toBe(200);
    expect(part(await read(other.document), 'until')).toBe(day(10));
  });

  test('is destroyed on its day: no key, no blob, and a record of who checked it and when', async () => {
    const before = new Set(await blobPaths(served));
    const { document, file } = await captured();
    const blobs = (await blobPaths(served)).filter((path) => !before.has(path));
    expect(blobs.length).toBeGreaterThan(0);
    const reference = { reference: `DocumentReference/${document}` };
    await check(desk, { ...ID, document: { valueReference: reference } });
    const reveal = parameters({ purpose: { valueCode: 'identity' } });
    const ask = (target: string) => sendFile(served, desk, 'GET', target);
    await served.ask(desk.token, 'POST', `/fhir/Binary/${file}/$reveal`, { body: reveal });
    await upkeep(29);
    expect((await ask(`/fhir/Binary/${file}`)).status).toBe(200);
    expect((await upkeep(30)).destroyed).toBeGreaterThan(0);
    // Also to whoever was being shown it at that moment.
    expect((await ask(`/fhir/Binary/${file}`)).status).toBe(410);
    for (const target of [`/fhir/Binary/${file}/_history/1`, `/fhir/Binary/${file}/$preview`]) {
      const answer = await ask(target);
      expect([target, answer.status, (await answer.bytes()).includes('canary')]).toEqual([
        target,
        410,
        false,
      ]);
    }
    const again = await served.ask(desk.token, 'POST', `/fhir/Binary/${file}/$reveal`, { body: reveal });
    expect(again.status).toBe(410);
    const left = await served.database.owner.query(
      `select count(*)::int as n from (
         select r.file from postern.resource r where r.id = $1
         union all
         select v.file from postern.resource_version v where v.id = $1) f
       where f.file is not null`,
      [file],
    );
    expect(left.rows[0]!.n).toBe(0);
    const standing = new Set(await blobPaths(served));
    expect(blobs.filter((path) => standing.has(path))).toEqual([]);
    const json = await read(document);
    expect([part(json, 'by') !== null, part(json, 'at') !== null, part(json, 'destroyed') !== null]).toEqual([
      true,
      true,
      true,
    ]);
    expect(JSON.stringify(json.content)).not.toContain('Binary/');
    const { rows } = await served.database.owner.query(
      `select l.outcome from postern.access_line l
       where l.action = 'destroy-file' and l.entries @> $1`,
      [JSON.stringify([[chart, 'Binary', file]])],
    );
    expect(rows).toEqual([{ outcome: 'ok' }]);
    expect((await upkeep(31)).destroyed).toBe(0);
  });

  test('that somebody holds stays until the hold ends', async () => {
    const { document, file } = await captured();
    await check(desk, {
      ...ID,
      document: { valueReference: { reference: `DocumentReference/${document}` } },
    });
    const { owner } = served.database;
    await owner.query(
      `insert into postern.hold (practice_id, id, chart_id, document_id, by_account, reason)
       values ($1, gen_random_uuid(), $2, $3, $4, '\\x00')`,
      [practice, chart, document, desk.accountId],
    );
    await upkeep(40);
    expect((await sendFile(served, desk, 'GET', `/fhir/Binary/${file}`)).status).toBe(403);
    await owner.query('update postern.hold set ended_at = clock_timestamp() where document_id = $1', [
      document,
    ]);
    await upkeep(41);
    expect((await sendFile(served, desk, 'GET', `/fhir/Binary/${file}`)).status).toBe(410);
  });

  test('that nobody checked goes the same days after the card has ended', async () => {
    const { document, file } = await captured();
    const json = await read(document);
    const doctor = await served.person(practice, { role: 'doctor' });
    const ends = { ...json, identifier: [{ period: { end: day(5) } }] };
    const put = await served.ask(doctor.token, 'PUT', `/fhir/DocumentReference/${document}`, { body: ends });
    expect(put.status).toBe(200);
    await upkeep(34);
    expect((await sendFile(served, desk, 'GET', `/fhir/Binary/${file}`)).status).toBe(403);
    await upkeep(35);
    expect((await sendFile(served, desk, 'GET', `/fhir/Binary/${file}`)).status).toBe(410);
  });
});

test('thirty days before a card ends the desk gets one task, and the patient is told once', async () => {
  await check(desk, { ...ID, expires: { valueDate: day(40) } });
  const told: string[] = [];
  await upkeep(9, told);
  const tasks = async () => {
    const { json } = await served.ask(desk.token, 'GET', `/fhir/Task?patient=${chart}&status=requested`);
    return [...(json.entry ?? [])].map(({ resource }) => resource);
  };
  expect([told.includes(chart), await tasks()]).toEqual([false, []]);
  await upkeep(10, told);
  await upkeep(11, told);
  expect(told.filter((each) => each === chart)).toHaveLength(1);
  expect(await tasks()).toMatchObject([{ restriction: { period: { end: day(40) } } }]);
});
