/** SMART Health Links: made by whoever may pass a record on, and opened by any client that has the link. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  askForLink,
  fetched,
  filedDocument,
  filesOf,
  JSON_BODY,
  makeLink,
  opened,
  openLink,
} from '../support/link-requests.ts';
import { type Json, type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let patient: Person;
let content: Buffer;
let letter: string;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor', given: ['Ada'] }] });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  content = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(300_000)]);
  letter = await filedDocument(served, practice, chart, content);
  const subject = { reference: `Patient/${chart}` };
  await served.deposit(
    practice,
    {
      resourceType: 'AllergyIntolerance',
      id: newId(),
      patient: subject,
      code: { text: 'Penicillin' },
    },
    { resourceType: 'Condition', id: newId(), subject, code: { text: 'Asthma' } },
    {
      resourceType: 'Condition',
      id: newId(),
      subject,
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
      code: { text: 'Something closed' },
    },
  );
});
afterAll(() => served.close());

const order = (more: object = {}) => ({ chart, documents: [letter], ...more });
const listed = async (who = patient) =>
  (await served.ask(who.token, 'GET', `/links?chart=${chart}`)).json.links as unknown as readonly Readonly<
    Record<string, unknown>
  >[];

/** Files lines under their charts, as the sequencer does. */
async function fileLines(): Promise<void> {
  await served.database.owner.query(
    `insert into postern.access_line_chart (practice_id, chart_id, at, line_id)
     select distinct l.practice_id, (e ->> 0)::uuid, l.at, l.id
     from postern.access_line l cross join jsonb_array_elements(l.entries) e
     where e ->> 0 is not null
     on conflict do nothing`,
  );
}

describe('a link', () => {
  test('is one of SMART Health Links, behind the address of our own page', async () => {
    const before = Date.now();
    const { link, payload } = await makeLink(served, patient, order({ passcode: '4711' }));
    expect(link).toMatch(/^https:\/\/care\.example\/shl#shlink:\/[\w-]+$/);
    expect(payload).toEqual({
      url: expect.stringMatching(/^https:\/\/care\.example\/shl\/[\w-]{65}$/),
      exp: expect.any(Number),
      flag: 'P',
      key: expect.stringMatching(/^[\w-]{43}$/),
      label: 'For Dr. Lam',
      v: 1,
    });
    // A week, where nothing is said.
    expect(Math.abs(payload.exp * 1000 - before - 7 * 86_400_000)).toBeLessThan(10_000);
    expect(payload.url.length).toBeLessThanOrEqual(128);
  });

  test('opens to any client: the document comes with its content', async () => {
    const { path, payload } = await makeLink(served, patient, order());
    const answer = await openLink(served, path, { embeddedLengthMax: 10_000_000 });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { files, status } = answer.json;
    expect(status).toBe('finalized');
    expect(files).toEqual([{ contentType: 'application/fhir+json', embedded: expect.any(String) }]);
    const [document] = await filesOf(served, answer.json, payload.key);
    expect(document).toMatchObject({ resourceType: 'DocumentReference', id: letter });
    const [{ attachment }] = document!.content as unknown as [{ attachment: Json }];
    expect(attachment.url).toBeUndefined();
    expect(Buffer.from(String(attachment.data), 'base64').equals(content)).toBe(true);
  });

  test('gives what is large at a place of its own, once', async () => {
    const { path, payload } = await makeLink(served, patient, order());
    const { json } = await openLink(served, path, { embeddedLengthMax: 1000 });
    const [file] = json.files as unknown as Json[];
    expect(file).toEqual({ contentType: 'application/fhir+json', location: expect.any(String) });
    const location = String(file!.location);
    expect(location).toMatch(/^https:\/\/care\.example\/shl\/files\/[\w-]{65}$/);
    const head = await served.ask(null, 'HEAD', new URL(location).pathname);
    expect(head.status).toBe(404);
    const document = await opened(await fetched(served, location), payload.key);
    expect(document.id).toBe(letter);
    expect((await served.ask(null, 'GET', new URL(location).pathname)).status).toBe(404);
  });

  test('holds a summary as one FHIR document, without what is specially protected', async () => {
    const { path, payload } = await makeLink(served, patient, { chart, summary: true });
    const { json } = await openLink(served, path);
    const [bundle] = await filesOf(served, json, payload.key);
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'document' });
    const types = (bundle!.entry as unknown as Json[]).map(({ resource }) => resource!.resourceType);
    expect(types).toEqual(['Composition', 'Patient', 'AllergyIntolerance', 'Condition']);
    expect(JSON.stringify(bundle)).not.toContain('Something closed');
    const composition = (bundle!.entry as unknown as Json[])[0]!.resource!;
    expect((composition.section as unknown as Json[]).map(({ title }) => title)).toEqual([
      'Allergies',
      'Problems',
    ]);
  });

  test('is nowhere in the database or in the log', async () => {
    const { path, payload } = await makeLink(served, patient, order({ label: 'Knee after the fall' }));
    await openLink(served, path, { recipient: 'Dr. Quentin Harbourlight' });
    const { rows } = await served.database.owner.query<{ text: string }>(
      `select l::text || coalesce((select string_agg(f::text, '') from postern.link_file f), '')
         || coalesce((select string_agg(x::text, '') from postern.access_line x), '') as text
       from postern.link l`,
    );
    const kept = rows.map(({ text }) => text).join('\n');
    expect(kept).not.toContain('Knee after');
    expect(kept).not.toContain('Harbourlight');
    const secret = Buffer.from(payload.key, 'base64url').toString('hex');
    for (const text of [payload.key, secret, path.slice('/shl/'.length)]) {
      expect(kept).not.toContain(text);
      expect(served.logged.join('\n')).not.toContain(text);
    }
  });
});

describe('who made it', () => {
  test('sees how often it was opened, and who opened it in the access log', async () => {
    const { id, path } = await makeLink(served, patient, order({ label: 'Second opinion' }));
    expect((await listed()).find((one) => one.id === id)).toMatchObject({
      label: 'Second opinion',
      state: 'open',
      own: true,
      opened: 0,
      lastAt: null,
    });
    await openLink(served, path, { recipient: 'Dr. Amara Oyelaran' });
    await openLink(served, path, { recipient: 'Front desk' });
    const [link] = (await listed()).filter((one) => one.id === id);
    expect(link).toMatchObject({ opened: 2, firstAt: expect.any(String), lastAt: expect.any(String) });
    await fileLines();
    const audit = await served.ask(patient.token, 'GET', `/fhir/AuditEvent?patient=${chart}`);
    const events = (audit.json.entry as unknown as Json[]).map(({ resource }) => resource!);
    const openings = events.filter(({ subtype }) => String(subtype![0]!.code) === 'link-open');
    const [last, first] = openings as [Json, Json];
    expect([last.agent![0]!.name, first.agent![0]!.name]).toEqual(['Front desk', 'Dr. Amara Oyelaran']);
    const seen = (first.entity as unknown as Json[]).map(({ what }) => what!.reference);
    expect(seen).toContain(`Link/${id}`);
    expect(seen).toContain(`DocumentReference/${letter}/_history/1`);
  });

  test('ends it with one request, and it is as if it had never been', async () => {
    const { id, path } = await makeLink(served, patient, order());
    const { json } = await openLink(served, path, { embeddedLengthMax: 1000 });
    expect((await served.ask(patient.token, 'DELETE', `/links/${id}`)).status).toBe(204);
    const [over, unknown] = [await openLink(served, path), await openLink(served, `/shl/${'A'.repeat(65)}`)];
    expect(over.status).toBe(404);
    expect([over.text, over.headers]).toEqual([unknown.text, unknown.headers]);
    const place = new URL(String(json.files![0]!.location)).pathname;
    expect((await served.ask(null, 'GET', place)).status).toBe(404);
    expect((await listed()).find((one) => one.id === id)).toMatchObject({ state: 'revoked' });
    expect((await served.ask(patient.token, 'DELETE', `/links/${id}`)).status).toBe(404);
  });

  test('is told by mail the first time, and the mail says nothing of what it was', async () => {
    const count = async () =>
      Number(
        (
          await served.database.owner.query(
            `select count(*) from postern.mail m where m.kind = 'link-opened'`,
          )
        ).rows[0]!.count,
      );
    const { path } = await makeLink(served, patient, order());
    const before = await count();
    await openLink(served, path);
    expect(await count()).toBe(before + 1);
    await openLink(served, path);
    expect(await count()).toBe(before + 1);
  });

  test('is told what is missing or wrong of what they ask for', async () => {
    const wrong = [
      {},
      { documents: [], summary: false },
      { documents: [letter, letter] },
      { documents: ['1'] },
      { documents: [letter], label: '' },
      { documents: [letter], label: 'x'.repeat(81) },
      { documents: [letter], label: 'right \u202Eleft' },
      { documents: [letter], days: 0 },
      { documents: [letter], days: 31 },
      { documents: [letter], days: 1.5 },
      { documents: [letter], openings: 0 },
      { documents: [letter], passcode: '123' },
    ];
    for (const one of wrong) {
      const { status } = await askForLink(served, patient, { chart, label: 'For Dr. Lam', ...one });
      expect([one, status]).toEqual([one, 400]);
    }
  });

  test('has thirty that stand at most', async () => {
    const other = await served.person(practice, { role: 'patient', chartId: chart });
    const many = await Promise.all(
      Array.from({ length: 31 }, () => askForLink(served, other, order({ label: 'one of many' }))),
    );
    expect(many.filter(({ status }) => status === 201)).toHaveLength(30);
    expect(many.filter(({ status }) => status === 409)).toHaveLength(1);
  });
});

describe('a passcode', () => {
  test('opens it, and five wrong ones end it for good, however they come', async () => {
    const { id, path } = await makeLink(served, patient, order({ passcode: 'blue door' }));
    const none = await openLink(served, path);
    expect([none.status, none.json]).toEqual([401, { remainingAttempts: 5 }]);
    expect((await openLink(served, path, { passcode: 'blue door' })).status).toBe(200);
    const wrong = await openLink(served, path, { passcode: 'Blue door' });
    expect([wrong.status, wrong.json]).toEqual([401, { remainingAttempts: 4 }]);
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        openLink(served, path, { passcode: `${at}` }, `198.51.100.${at}`),
      ),
    );
    const told = tries.filter(({ status }) => status === 401).map(({ json }) => json.remainingAttempts);
    expect(told.sort()).toEqual([0, 1, 2, 3]);
    expect(tries.filter(({ status }) => status === 404)).toHaveLength(8);
    expect((await openLink(served, path, { passcode: 'blue door' })).status).toBe(404);
    expect((await listed()).find((one) => one.id === id)).toMatchObject({ state: 'passcode' });
  });
});

describe('a link that opens once', () => {
  test('opens to one of those who come at once', async () => {
    const { id, path } = await makeLink(served, patient, order({ openings: 1 }));
    const all = await Promise.all(Array.from({ length: 8 }, () => openLink(served, path)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(404)]);
    expect((await listed()).find((one) => one.id === id)).toMatchObject({ state: 'used-up', opened: 1 });
  });

  test('gives its files afterwards, once each', async () => {
    const { path, payload } = await makeLink(served, patient, order({ openings: 1 }));
    const { json } = await openLink(served, path, { embeddedLengthMax: 0 });
    const [document] = await filesOf(served, json, payload.key);
    expect(document!.id).toBe(letter);
    await expect(filesOf(served, json, payload.key)).rejects.toThrow('404');
  });
});

test('what is asked is looked at before the link is, so that it tells nothing of it', async () => {
  const { path } = await makeLink(served, patient, order());
  for (const link of [path, `/shl/${'A'.repeat(65)}`, '/shl/x']) {
    const ask = (body: string, headers = JSON_BODY as Record<string, string>) =>
      served.ask(null, 'POST', link, { headers, body }).then(({ status }) => status);
    expect(await ask('{}')).toBe(400);
    expect(await ask('{"recipient":""}')).toBe(400);
    expect(await ask('{"recipient":"  "}')).toBe(400);
    expect(await ask('[]')).toBe(400);
    expect(await ask('{"recipient":"x"', JSON_BODY)).toBe(400);
    expect(await ask('{"recipient":"x"}', { 'content-type': 'text/plain' })).toBe(415);
    expect((await served.ask(null, 'GET', link)).status).toBe(405);
  }
});

test('files of links that are over are removed, and their blobs are no one else’s', async () => {
  const { id } = await makeLink(served, patient, order());
  const blobs = async () =>
    (
      await served.database.owner.query<{ blobs: string[] }>(
        'select f.blobs from postern.link_file f where f.link_id = $1',
        [id],
      )
    ).rows.flatMap((row) => row.blobs);
  const before = await blobs();
  expect(before.length).toBeGreaterThan(0);
  await served.links.sweep();
  expect(await blobs()).toEqual(before);
  await served.ask(patient.token, 'DELETE', `/links/${id}`);
  await served.links.sweep();
  expect(await blobs()).toEqual([]);
});
