/**
 * Photos of cards are masked for all and go by themselves, which is no way to hide or to destroy what others
 * keep: files of others, of other records, held ones, and what was no card when the practice took it.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { FolderStore, lookAfterCards } from '../../src/documents/index.ts';
import { fileOf, sendFile } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let desk: Person;
let owner: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  owner = await served.person(practice, { role: 'owner' });
});
afterAll(() => served.close());
beforeEach(async () => {
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  desk = await served.person(practice, { role: 'front-desk' });
});

const CARD = '53245-7';
const LETTER = '68608-9';
const RADIOGRAPH = '18748-4';
const LONG_AGO = { identifier: [{ period: { end: '2001-01-31' } }] };
const CHECK = 'urn:postern:card-check';
const checkedBy = (by: string, until: string) => ({
  extension: [
    {
      url: CHECK,
      extension: [
        { url: 'at', valueInstant: '2001-01-01T00:00:00Z' },
        { url: 'by', valueString: by },
        { url: 'until', valueDate: until },
      ],
    },
  ],
});

const documentOf = (file: string | null, code: string, more: object = {}, of = chart) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code }] },
  subject: { reference: `Patient/${of}` },
  content: [{ attachment: file === null ? { title: 'No file' } : { url: `Binary/${file}` } }],
  ...more,
});

const newFile = (who = doctor, of = chart) => fileOf(served, who, `Patient/${of}`, randomBytes(3000));
const open = (file: string, who = doctor) => sendFile(served, who, 'GET', `/fhir/Binary/${file}`);
const write = (who: Person, body: object) =>
  served.ask(who.token, 'POST', '/fhir/DocumentReference', { body });
const rewrite = (who: Person, id: string, body: object) =>
  served.ask(who.token, 'PUT', `/fhir/DocumentReference/${id}`, { body: { ...body, id } });

async function filed(who: Person, body: object): Promise<string> {
  const made = await write(who, body);
  expect(made.status, made.text).toBe(201);
  return String(made.json.id);
}

/** The daily work, so many days from now. */
function upkeep(days = 400) {
  const now = () => new Date(Date.now() + days * 86_400_000);
  const store = new FolderStore(served.filesFolder, 0);
  const parts = { gate: served.gate, records: served.store, store, clock: { now }, tell: async () => {} };
  return lookAfterCards(parts, practice);
}

const isThere = async (file: string) => [200, 403].includes((await open(file)).status);

test('a card that has ended goes with the photo that it alone names', async () => {
  const file = await newFile();
  await filed(doctor, documentOf(file, CARD, LONG_AGO));
  expect((await open(file)).status).toBe(403);
  await upkeep();
  expect((await open(file)).status).toBe(410);
});

describe('who files a card neither hides nor destroys', () => {
  test('a file of a section that is not theirs to write', async () => {
    const file = await newFile();
    await filed(doctor, documentOf(file, RADIOGRAPH));
    expect((await open(file, desk)).status).toBe(404);
    const answer = await write(desk, documentOf(file, CARD, LONG_AGO));
    expect([201, 422]).toContain(answer.status);
    expect((await open(file)).status).toBe(200);
    await upkeep();
    expect((await open(file)).status).toBe(200);
  });

  test('a file of another record', async () => {
    const other = await served.chart(practice, { name: [{ family: 'Lam' }] });
    const file = await newFile(doctor, other);
    const narrowing = { scope: 'patient/*.cruds', patient: chart };
    const app = await served.app(practice, narrowing, { role: 'doctor' });
    for (const who of [app, doctor]) {
      const answer = await write(who, documentOf(file, CARD, LONG_AGO));
      expect([201, 422]).toContain(answer.status);
      expect((await open(file)).status).toBe(200);
    }
    await upkeep();
    expect((await open(file)).status).toBe(200);
  });

  test('a file that another document names as something else, or has named', async () => {
    const [file, second] = [await newFile(), await newFile()];
    await filed(doctor, documentOf(file, LETTER));
    const before = await filed(doctor, documentOf(second, LETTER));
    await rewrite(doctor, before, documentOf(null, LETTER));
    for (const one of [file, second]) await filed(doctor, documentOf(one, CARD, LONG_AGO));
    await upkeep();
    expect(await isThere(file)).toBe(true);
    expect(await isThere(second)).toBe(true);
  });

  test('what the practice had taken as something else, by calling it a card', async () => {
    const file = await newFile();
    const document = await filed(doctor, documentOf(file, RADIOGRAPH));
    expect((await rewrite(doctor, document, documentOf(file, CARD, LONG_AGO))).status).toBe(200);
    await upkeep();
    expect(await isThere(file)).toBe(true);
  });

  test('but what was sent as something else, and was found to be a card, goes as one', async () => {
    const file = await newFile();
    const sent = { docStatus: 'preliminary' };
    const document = await filed(doctor, documentOf(file, LETTER, sent));
    await rewrite(doctor, document, documentOf(file, CARD, LONG_AGO));
    await upkeep();
    expect((await open(file)).status).toBe(410);
  });
});

describe('what was checked of a card is the server’s to say', () => {
  const check = (document: string) =>
    served.ask(desk.token, 'POST', `/fhir/Patient/${chart}/$check-card`, {
      body: {
        resourceType: 'Parameters',
        parameter: [
          { name: 'kind', valueCode: 'photo-id' },
          { name: 'document', valueReference: { reference: `DocumentReference/${document}` } },
        ],
      },
    });
  const saidOf = async (document: string) =>
    (await served.ask(desk.token, 'GET', `/fhir/DocumentReference/${document}`)).text;

  test('and nobody else’s, with a new document', async () => {
    const file = await newFile();
    const document = await filed(doctor, documentOf(file, CARD));
    expect((await check(document)).status).toBe(200);
    expect(await saidOf(document)).toContain(CHECK);
    const forged = await write(doctor, documentOf(file, CARD, checkedBy('Dr. Lam', '2001-01-31')));
    expect(forged.text).not.toContain('Dr. Lam');
  });

  test('nor with a change, a patch or a transaction, and a change that drops it leaves it', async () => {
    const file = await newFile();
    const document = await filed(doctor, documentOf(file, CARD));
    await check(document);
    const until = /"until","valueDate":"([\d-]+)"/.exec(await saidOf(document))![1]!;
    await rewrite(doctor, document, documentOf(file, CARD, checkedBy('Dr. Lam', '2001-01-31')));
    const operations = [{ op: 'remove', path: '/extension' }];
    await served.ask(desk.token, 'PATCH', `/fhir/DocumentReference/${document}`, {
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(operations),
    });
    const resource = { ...documentOf(file, CARD, checkedBy('Dr. Lam', '2001-01-31')), id: document };
    const request = { method: 'PUT', url: `DocumentReference/${document}` };
    const body = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource, request }] };
    await served.ask(desk.token, 'POST', '/fhir', { body });
    expect((await rewrite(doctor, document, documentOf(file, CARD))).status).toBe(200);
    const said = await saidOf(document);
    expect(said).not.toContain('Dr. Lam');
    expect(said).toContain(`"until","valueDate":"${until}"`);
    await upkeep(1);
    expect((await open(file)).status).toBe(403);
  });
});

describe('what somebody holds is not destroyed', () => {
  const hold = (body: object) =>
    served.ask(owner.token, 'POST', '/holds', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'A lawsuit is coming.', ...body }),
    });

  test('by another card that names the same photo', async () => {
    const file = await newFile();
    const held = await filed(doctor, documentOf(file, CARD));
    expect((await hold({ chart, document: held })).status).toBe(201);
    await filed(doctor, documentOf(file, CARD, LONG_AGO));
    await upkeep();
    expect((await open(file)).status).toBe(403);
  });

  test('however many other records are held, and these keep no other card', async () => {
    const [heldFile, file] = [await newFile(), await newFile()];
    const other = await served.chart(practice, {});
    const free = await newFile(doctor, other);
    await filed(doctor, documentOf(free, CARD, LONG_AGO, other));
    await filed(doctor, documentOf(heldFile, CARD, LONG_AGO));
    await filed(doctor, documentOf(file, CARD, LONG_AGO));
    expect((await hold({ chart })).status).toBe(201);
    await served.database.owner.query(
      `insert into postern.hold (practice_id, id, chart_id, by_account, reason)
       select $1, gen_random_uuid(), gen_random_uuid(), $2, '\\x00' from generate_series(1, 1200)`,
      [practice, owner.accountId],
    );
    await upkeep();
    for (const one of [heldFile, file]) expect((await open(one)).status).toBe(403);
    expect((await open(free)).status).toBe(410);
    await served.database.owner.query("delete from postern.hold where reason = '\\x00'");
  });

  test('by who destroys and who holds at once: one of both comes first', async () => {
    const file = await newFile();
    const document = await filed(doctor, documentOf(file, CARD, LONG_AGO));
    const [held] = await Promise.all([hold({ chart, document }), upkeep()]);
    expect(held.status).toBe(201);
    const { status } = await open(file);
    await upkeep();
    expect((await open(file)).status).toBe(status);
    expect([403, 410]).toContain(status);
    expect((await hold({ chart: newId() })).status).toBe(404);
  });
});
