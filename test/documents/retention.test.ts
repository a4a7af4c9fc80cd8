/** How long documents are kept: nothing is destroyed that was not approved, and nothing that is held. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { shredChart } from '../../src/chart/index.ts';
import { blobsOf, fileOf } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let owner: Person;
let privacy: Person;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  owner = await served.person(practice, { role: 'owner' });
  privacy = await served.person(practice, { role: 'privacy-officer' });
  doctor = await served.person(practice, { role: 'doctor' });
  await setRules([{ type: 'letter', after: 'document-date', years: 10 }]);
});
afterAll(() => served.close());

const json = { 'content-type': 'application/json' };
const post = (who: Person, path: string, body: object, method = 'POST') =>
  served.ask(who.token, method, path, { headers: json, body: JSON.stringify(body) });

async function setRules(rules: readonly object[], who = owner) {
  const { json: standing } = await served.ask(owner.token, 'GET', '/practice/retention');
  return post(who, '/practice/retention', { rules, version: standing.version }, 'PUT');
}

interface Filed {
  readonly chart: ChartId;
  readonly document: string;
  readonly file: string;
}

const letter = (chart: ChartId, file: string, more: object = {}) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: '68608-9' }] },
  subject: { reference: `Patient/${chart}` },
  content: [{ attachment: { url: `Binary/${file}`, creation: '2001-02-03', title: 'To Dr. Lam' } }],
  ...more,
});

async function filed(more: object = {}, patient: object = {}): Promise<Filed> {
  const chart = await served.chart(practice, patient);
  const file = await fileOf(served, doctor, `Patient/${chart}`, Buffer.from(`letter ${newId()}`));
  const made = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', {
    body: letter(chart, file, more),
  });
  expect(made.status, made.text).toBe(201);
  return { chart, file, document: String(made.json.id) };
}

const look = () => served.retention.lookThrough(practice);
const list = async (who = privacy) => served.ask(who.token, 'GET', '/retention/due');
const dueOf = async (document: string, who = privacy) =>
  (await list(who)).json.documents!.find((one) => String(one.document) === document);
const WHY = 'The time to keep it is over.';
async function approve({ document }: Filed, who = privacy) {
  const version = Number((await dueOf(document))?.version ?? 1);
  return post(who, '/retention/due', { documents: [{ document, version }], reason: WHY });
}
const hold = (who: Person, body: object) => post(who, '/holds', { reason: 'A lawsuit is coming.', ...body });
const open = (file: string, version = '') =>
  served.ask(doctor.token, 'GET', `/fhir/Binary/${file}${version}`);

describe('what is due', () => {
  test('is nothing where the practice has set no rules', async () => {
    const other = await served.makePractice();
    const chart = await served.chart(other, {});
    await served.deposit(other, { ...letter(chart, newId()), id: newId() });
    expect(await served.retention.lookThrough(other)).toEqual({ due: 0, destroyed: 0 });
  });

  test('is listed, and stays until somebody approves it', async () => {
    const one = await filed();
    await look();
    expect(await dueOf(one.document)).toMatchObject({ type: 'letter', since: '2011-02-03', state: 'due' });
    await look();
    expect((await open(one.file)).status).toBe(200);
  });

  test('goes by the last visit, and by the 18th birthday where a rule says so', async () => {
    await setRules([
      { type: 'letter', after: 'last-visit', years: 10 },
      { type: 'letter', after: 'birthday-18', years: 3 },
    ]);
    const grown = { birthDate: '1980-05-05' };
    const [old, recent, child, unknown] = [
      await filed({}, grown),
      await filed({}, grown),
      await filed({}, { birthDate: '2015-05-05' }),
      await filed(),
    ];
    const visit = (chart: ChartId, start: string) => ({
      resourceType: 'Encounter',
      id: newId(),
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: `Patient/${chart}` },
      period: { start, end: start },
    });
    await served.deposit(practice, visit(old.chart, '2005-01-01T10:00:00Z'));
    await served.deposit(practice, visit(recent.chart, new Date().toISOString()));
    await look();
    expect((await dueOf(old.document))!.since).toBe('2015-01-01');
    for (const kept of [recent, child, unknown]) expect(await dueOf(kept.document)).toBeUndefined();
    await setRules([{ type: 'letter', after: 'document-date', years: 10 }]);
  });

  test('says nothing of whose it is to whoever may not see that', async () => {
    const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
    const closed = await filed({ meta: { security: [label] } });
    await look();
    for (const who of [owner, privacy]) {
      const answer = await list(who);
      expect((await dueOf(closed.document, who))!.chart).toBeNull();
      expect(answer.text).not.toContain(closed.chart);
      expect(answer.text).not.toContain('Dr. Lam');
    }
  });

  test('is nobody else’s to see or approve, and the owner approves nothing', async () => {
    const one = await filed();
    await look();
    const clerk = await served.person(practice, { role: 'front-desk' });
    const patient = await served.person(practice, { role: 'patient', chartId: one.chart });
    for (const who of [clerk, doctor, patient]) {
      expect((await list(who)).status).toBe(404);
      expect((await setRules([], who)).status).toBe(404);
      expect((await hold(who, { chart: one.chart })).status).toBe(404);
    }
    for (const who of [clerk, doctor, patient, owner]) expect((await approve(one, who)).status).toBe(404);
    expect((await setRules([], privacy)).status).toBe(404);
    expect((await open(one.file)).status).toBe(200);
  });
});

describe('what was approved', () => {
  test('is gone in every version with its file, and that it was there stays', async () => {
    const one = await filed();
    const before = (await blobsOf(served)).length;
    await look();
    expect((await approve(one)).json.destroyed).toEqual([one.document]);
    expect((await open(one.file)).status).toBe(410);
    for (const path of [`Binary/${one.file}/_history/1`, `DocumentReference/${one.document}/_history/1`]) {
      expect([path, (await served.ask(doctor.token, 'GET', `/fhir/${path}`)).status]).toEqual([path, 404]);
    }
    expect((await served.ask(doctor.token, 'GET', `/fhir/DocumentReference/${one.document}`)).status).toBe(
      410,
    );
    expect((await blobsOf(served)).length).toBe(before - 1);
    const { rows } = await served.database.owner.query<{ sealed: Buffer; file: Buffer | null }>(
      'select v.sealed, v.file from postern.resource_version v where v.id = any($1)',
      [[one.file, one.document]],
    );
    expect(rows.every(({ sealed, file }) => sealed.length === 0 && file === null)).toBe(true);
    expect(await dueOf(one.document)).toMatchObject({ state: 'destroyed' });
    for (const action of ['approve-destroying', 'destroy']) {
      const lines = await served.database.owner.query(
        'select from postern.access_line l where l.action = $1 and l.entries::text like $2',
        [action, `%${one.document}%`],
      );
      expect([action, lines.rowCount]).toEqual([action, 1]);
    }
    expect((await approve(one)).json.destroyed).toEqual([one.document]);
  });

  test('is not what was changed since it was listed', async () => {
    const one = await filed();
    await look();
    const version = (await dueOf(one.document))!.version;
    const { json: document } = await served.ask(
      doctor.token,
      'GET',
      `/fhir/DocumentReference/${one.document}`,
    );
    const body = { ...(document as object), description: 'still needed' };
    await served.ask(doctor.token, 'PUT', `/fhir/DocumentReference/${one.document}`, { body });
    const asked = { documents: [{ document: one.document, version }], reason: WHY };
    expect((await post(privacy, '/retention/due', asked)).json.destroyed).toEqual([]);
    expect((await open(one.file)).status).toBe(200);
  });

  test('takes no file along that another document names, or has named', async () => {
    const one = await filed();
    const second = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', {
      body: letter(one.chart, one.file, {
        type: { coding: [{ system: 'http://loinc.org', code: '11488-4' }] },
      }),
    });
    const other = await fileOf(served, doctor, `Patient/${one.chart}`, Buffer.from('another'));
    const replaced = { ...(second.json as object), ...letter(one.chart, other), id: second.json.id };
    await served.ask(doctor.token, 'PUT', `/fhir/DocumentReference/${String(second.json.id)}`, {
      body: replaced,
    });
    expect((await hold(owner, { chart: one.chart, document: second.json.id })).status).toBe(201);
    await look();
    expect((await approve(one)).json.destroyed).toEqual([one.document]);
    expect((await open(one.file)).status).toBe(200);
  });

  test('by a row in the database and nobody is not destroyed, and opens an incident', async () => {
    const one = await filed();
    await look();
    await served.database.owner.query(
      `update postern.due_document
       set state = 'approved', approved_by = $2, approval = '\\x00'
       where document_id = $1`,
      [one.document, privacy.accountId],
    );
    expect((await look()).destroyed).toBe(0);
    expect((await open(one.file)).status).toBe(200);
    const { rowCount } = await served.database.owner.query(
      "select from postern.incident where practice_id = $1 and kind = 'key-ring'",
      [practice],
    );
    expect(rowCount).toBe(1);
    await served.database.owner.query('delete from postern.due_document where document_id = $1', [
      one.document,
    ]);
  });
});

describe('what is held', () => {
  test('is not destroyed, whoever approves it, until the hold ends', async () => {
    const [byRecord, byDocument] = [await filed(), await filed()];
    const first = await hold(privacy, { chart: byRecord.chart });
    const second = await hold(owner, { chart: byDocument.chart, document: byDocument.document });
    expect([first.status, second.status]).toEqual([201, 201]);
    await look();
    for (const one of [byRecord, byDocument]) {
      expect((await dueOf(one.document))!.held).toBe(true);
      expect((await approve(one)).json.destroyed).toEqual([]);
      await look();
      expect((await open(one.file)).status).toBe(200);
    }
    const { holds } = (await served.ask(owner.token, 'GET', '/holds')).json;
    expect(holds!.map(({ reason }) => String(reason))).toContain('A lawsuit is coming.');
    const end = `/holds/${String(first.json.id)}/end`;
    expect((await post(doctor, end, { reason: WHY })).status).toBe(404);
    expect((await post(owner, end, { reason: WHY })).status).toBe(204);
    expect((await post(owner, end, { reason: WHY })).status).toBe(404);
    expect((await approve(byRecord)).json.destroyed).toEqual([byRecord.document]);
  });

  test('holds also what was approved before', async () => {
    const one = await filed();
    await look();
    await Promise.all([approve(one), hold(owner, { chart: one.chart })]);
    const isGone = (await open(one.file)).status === 410;
    expect(String((await dueOf(one.document))!.state) === 'destroyed').toBe(isGone);
    await look();
    expect((await open(one.file)).status === 410).toBe(isGone);
  });

  test('keeps its file through a withdrawal, a replacement and a deletion of its document', async () => {
    const one = await filed();
    await hold(owner, { chart: one.chart, document: one.document });
    const at = `/fhir/DocumentReference/${one.document}`;
    const { json: document } = await served.ask(doctor.token, 'GET', at);
    const other = await fileOf(served, doctor, `Patient/${one.chart}`, Buffer.from('another'));
    const replaced = { ...(document as object), ...letter(one.chart, other), id: one.document };
    expect((await served.ask(doctor.token, 'PUT', at, { body: replaced })).status).toBe(200);
    expect((await served.ask(doctor.token, 'DELETE', at)).status).toBe(204);
    await look();
    await approve(one);
    expect((await open(one.file)).status).toBe(200);
  });

  test('is not shredded, and a hold of this moment is before it or after it', async () => {
    const one = await filed();
    const { id } = (await hold(owner, { chart: one.chart, document: one.document })).json;
    const shred = async () =>
      shredChart(
        { owner: served.database.owner, keys: await served.keychain.of(practice), clock: served.clock },
        { chartId: one.chart, reason: 'asked for', backupDays: 7 },
      );
    await expect(shred()).rejects.toThrow(/on hold/);
    await post(owner, `/holds/${String(id)}/end`, { reason: WHY });
    const [shredded, held] = await Promise.allSettled([shred(), hold(owner, { chart: one.chart })]);
    const isHeld = held.status === 'fulfilled' && held.value.status === 201;
    if (shredded.status === 'rejected') expect(isHeld).toBe(true);
    expect((await open(one.file)).status).toBe(shredded.status === 'fulfilled' ? 404 : 200);
  });

  test('is of a record and a document of this practice that stand', async () => {
    const [one, other] = [await filed(), await filed()];
    expect((await hold(owner, { chart: newId() })).status).toBe(404);
    expect((await hold(owner, { chart: one.chart, document: other.document })).status).toBe(404);
    expect((await hold(owner, { chart: one.chart, reason: '' })).status).toBe(400);
    const foreign = await served.person(await served.makePractice(), { role: 'owner' });
    expect((await hold(foreign, { chart: one.chart })).status).toBe(404);
  });
});
