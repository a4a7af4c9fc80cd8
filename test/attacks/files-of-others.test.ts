/**
 * Files of others: by guessing, by what was swapped in the store and in the database, after signing out, by
 * naming them in records of one's own, and by asking what the server knows about content.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  blobPaths,
  type Fields,
  fileOf,
  PART,
  type Source,
  sendFile,
  TUS,
  uploadHeaders,
} from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let theirs: ChartId;
let mine: ChartId;
let doctor: Person;
const elsewhere = {} as { practice: PracticeId; chart: ChartId; doctor: Person };
/** With a record of their own. New each time, as all are: whoever is refused often is locked out. */
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  theirs = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  mine = await served.chart(practice, { name: [{ family: 'Mallory' }] });
  const other = await served.makePractice();
  Object.assign(elsewhere, { practice: other, chart: await served.chart(other) });
});
afterAll(() => served.close());
beforeEach(async () => {
  doctor = await served.person(practice, { role: 'doctor' });
  elsewhere.doctor = await served.person(elsewhere.practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: mine });
});

const CANARY = 'canary-7f3b';
const content = () => Buffer.from(`${CANARY} ${randomBytes(30_000).toString('hex')}`);
const at = (id: string) => `/fhir/Binary/${id}`;
const send = (who: Person, method: string, target: string, headers: Fields = {}, source?: Source) =>
  sendFile(served, who, method, target, headers, source);
const filed = (chart: ChartId, bytes = content()) => fileOf(served, doctor, `Patient/${chart}`, bytes);

/** What an answer says, without what is other in every answer. */
async function said(answer: Awaited<ReturnType<typeof send>>): Promise<object> {
  const bytes = await answer.bytes();
  expect(bytes.includes(CANARY)).toBe(false);
  return { status: answer.status, headers: answer.headers, text: bytes.toString() };
}

describe('a file of another record answers like none', () => {
  const ways: Readonly<Record<string, (who: Person, id: string) => ReturnType<typeof send>>> = {
    read: (who, id) => send(who, 'GET', at(id)),
    'asked for by HEAD': (who, id) => send(who, 'HEAD', at(id)),
    'read in part': (who, id) => send(who, 'GET', at(id), { range: 'bytes=0-9' }),
    'read beyond its end': (who, id) => send(who, 'GET', at(id), { range: 'bytes=99999999-' }),
    'known to whoever asks': (who, id) => send(who, 'GET', at(id), { 'if-none-match': '"1"' }),
    'known, whichever it is': (who, id) => send(who, 'GET', at(id), { 'if-none-match': '*' }),
    'known since': (who, id) =>
      send(who, 'GET', at(id), { 'if-modified-since': new Date(Date.now() + 1000).toUTCString() }),
    'gone on with': (who, id) => send(who, 'GET', at(id), { range: 'bytes=5-', 'if-range': '"1"' }),
    'in JSON': (who, id) => send(who, 'GET', at(id), { accept: 'application/fhir+json' }),
    'as it was': (who, id) => send(who, 'GET', `${at(id)}/_history/1`),
    'in its history': (who, id) => send(who, 'GET', `${at(id)}/_history`),
    'as a picture': (who, id) => send(who, 'GET', `${at(id)}/$preview`),
    'as a known picture': (who, id) => send(who, 'GET', `${at(id)}/$preview`, { 'if-none-match': '"1"' }),
    written: (who, id) => send(who, 'PUT', at(id), { 'content-type': 'image/png' }, content()),
    'written where it fits': (who, id) =>
      send(who, 'PUT', at(id), { 'content-type': 'image/png', 'if-match': 'W/"7"' }, content()),
    deleted: (who, id) => send(who, 'DELETE', at(id)),
  };

  test.each(Object.entries(ways))('%s', async (_, way) => {
    const id = await filed(theirs);
    for (const who of [patient, elsewhere.doctor]) {
      expect(await said(await way(who, id))).toEqual(await said(await way(who, newId())));
    }
    const own = await way(doctor, await filed(theirs));
    expect([own.status < 400 || [412, 416, 422].includes(own.status), own.status]).toEqual([
      true,
      own.status,
    ]);
  });

  test('by names that lead elsewhere, which are no names', async () => {
    const id = await filed(mine);
    expect((await send(patient, 'GET', at(id))).status).toBe(200);
    const other = await filed(theirs);
    const odd = [
      `../Binary/${other}`,
      `..%2fBinary%2f${other}`,
      `${id}%2f..%2f${other}`,
      `${other}%00`,
      `${id}%00${other}`,
      `%2e%2e%2f${practice}%2f${other.slice(0, 2)}`,
      other.toUpperCase(),
      `${other}.pdf`,
      `{${other}}`,
      `urn:uuid:${other}`,
    ];
    for (const name of odd) {
      const who = await served.person(practice, { role: 'patient', chartId: mine });
      const answer = await send(who, 'GET', at(name));
      expect([name, [400, 404].includes(answer.status)]).toEqual([name, true]);
      expect([name, (await answer.bytes()).includes(CANARY)]).toEqual([name, false]);
    }
  });
});

describe('what is swapped', () => {
  async function withBlob(who: Person, chart: ChartId, bytes = content()) {
    const before = new Set(await blobPaths(served));
    const id = await fileOf(served, who, `Patient/${chart}`, bytes);
    const [path, ...others] = (await blobPaths(served)).filter((each) => !before.has(each));
    expect(others).toEqual([]);
    return { id, bytes, path: path! };
  }

  async function notOpened(who: Person, id: string): Promise<void> {
    const answer = await send(who, 'GET', at(id));
    expect([answer.status, (await answer.bytes()).includes(CANARY)]).toEqual([500, false]);
    const part = await send(who, 'GET', at(id), { range: 'bytes=0-3' });
    expect([part.status, (await part.bytes()).includes(CANARY.slice(0, 4))]).toEqual([500, false]);
  }

  test.each(['of one chart', 'of two charts', 'of two practices'])(
    'in the store, between files %s, does not open',
    async (which) => {
      const [owner, chart] =
        which === 'of two practices' ? [elsewhere.doctor, elsewhere.chart] : [doctor, theirs];
      const victim = await withBlob(owner, chart);
      const own = await withBlob(doctor, which === 'of one chart' ? theirs : mine);
      expect(await (await send(doctor, 'GET', at(own.id))).bytes()).toEqual(own.bytes);
      const [one, other] = [await readFile(victim.path), await readFile(own.path)];
      await writeFile(own.path, one);
      await writeFile(victim.path, other);
      await notOpened(doctor, own.id);
      await notOpened(owner, victim.id);
      await writeFile(own.path, other);
      expect(await (await send(doctor, 'GET', at(own.id))).bytes()).toEqual(own.bytes);
    },
  );

  test('in the database, between rows, does not open', async () => {
    const own = await filed(mine);
    expect((await send(patient, 'GET', at(own))).status).toBe(200);
    const { owner } = served.database;
    const columns = 'file, sealed';
    const [row] = (await owner.query(`select ${columns} from postern.resource where id = $1`, [own])).rows;
    for (const from of [await filed(theirs), await filed(mine)]) {
      for (const taken of ['file', columns]) {
        await owner.query(
          `update postern.resource r
           set (${taken}) = (select ${taken} from postern.resource v where v.id = $2)
           where r.id = $1`,
          [own, from],
        );
        const answer = await send(patient, 'GET', at(own));
        expect([answer.status, (await answer.bytes()).includes(CANARY)]).toEqual([500, false]);
        const set = 'update postern.resource set file = $2, sealed = $3 where id = $1';
        await owner.query(set, [own, row!.file, row!.sealed]);
      }
    }
    expect((await send(patient, 'GET', at(own))).status).toBe(200);
  });

  test('between uploads on their way is not gone on with', async () => {
    const half = Buffer.concat([Buffer.from('%PDF-1.4\n'), content()]);
    const begin = async (who: Person, chart: ChartId) => {
      const said = { chart, filename: 'scan.pdf' };
      const begun = await send(who, 'POST', '/uploads', uploadHeaders(half.length + 10, said));
      const path = begun.headers.location!;
      const part = await send(who, 'PATCH', path, { ...PART, 'upload-offset': '0' }, half);
      expect(part.headers['upload-offset']).toBe(String(half.length));
      return path.slice('/uploads/'.length);
    };
    const [victim, own] = [await begin(doctor, theirs), await begin(patient, mine)];
    const { owner } = served.database;
    const rest = { ...PART, 'upload-offset': String(half.length) };
    const go = (id: string) => send(patient, 'PATCH', `/uploads/${id}`, rest, Buffer.from('\n%%EOF\n...'));
    // Another's upload, made one's own by whoever can write rows: its key still asks whose chart it is.
    await owner.query('update postern.upload set account_id = $2 where id = $1', [victim, patient.accountId]);
    expect((await go(victim)).status).toBe(404);
    const [row] = (await owner.query('select sealed from postern.upload where id = $1', [own])).rows;
    await owner.query(
      'update postern.upload set sealed = (select sealed from postern.upload where id = $2) where id = $1',
      [own, victim],
    );
    expect((await go(own)).status).toBe(500);
    await owner.query('update postern.upload set sealed = $2 where id = $1', [own, row!.sealed]);
    expect((await go(own)).status).toBe(204);
  });
});

describe('a session that has ended', () => {
  test('opens nothing again, in whole, in part, or as it is known', async () => {
    const id = await filed(mine);
    const leaving = await served.person(practice, { role: 'patient', chartId: mine });
    const begun = await send(
      leaving,
      'POST',
      '/uploads',
      uploadHeaders(5000, { chart: mine, filename: 'a.pdf' }),
    );
    const upload = begun.headers.location!;
    const asks: (() => ReturnType<typeof send>)[] = [
      () => send(leaving, 'GET', at(id)),
      () => send(leaving, 'GET', at(id), { range: 'bytes=10-20', 'if-range': '"1"' }),
      () => send(leaving, 'GET', at(id), { 'if-none-match': '"1"' }),
      () => send(leaving, 'GET', `${at(id)}/_history/1`),
      () => send(leaving, 'GET', upload, TUS),
    ];
    const before = await Promise.all(asks.map(async (ask) => (await ask()).status));
    expect(before).toEqual([200, 206, 304, 200, 200]);
    await served.ask(leaving.token, 'DELETE', '/session');
    const after = await Promise.all(asks.map(async (ask) => said(await ask())));
    for (const answer of after) expect(answer).toMatchObject({ status: 401 });
  });

  test('ended in one practice opens nothing of the other, where somebody belongs to two', async () => {
    const id = await filed(theirs);
    const { accountId } = doctor;
    await served.gate.asJob(elsewhere.practice, 'system-setup', 'test', (visit) =>
      served.gate.grants.give(visit, {
        accountId,
        role: 'doctor',
        chartId: null,
        sections: null,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: null,
        reason: null,
      }),
    );
    const session = {
      practiceId: elsewhere.practice,
      accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 600,
    };
    const there = { accountId, token: await served.gate.openSession(session) };
    const begun = await send(
      doctor,
      'POST',
      '/uploads',
      uploadHeaders(500, { chart: theirs, filename: 'a.pdf' }),
    );
    const upload = begun.headers.location!;
    expect((await send(doctor, 'GET', upload, TUS)).status).toBe(200);
    expect((await send(there, 'GET', upload, TUS)).status).toBe(404);
    expect((await send(there, 'GET', at(id))).status).toBe(404);
    expect(
      (await send(there, 'POST', '/uploads', uploadHeaders(5, { chart: theirs, filename: 'a' }))).status,
    ).toBe(422);
  });
});

describe('an app', () => {
  test('that reads only documents gets no file, and none sends one', async () => {
    const id = await filed(mine);
    const app = (type: string) =>
      served.app(
        practice,
        { scope: `patient/Patient.rs patient/${type}.rs`, patient: mine },
        { role: 'patient', chartId: mine },
      );
    const whole = await app('Binary');
    expect((await send(whole, 'GET', at(id))).status).toBe(200);
    const less = await app('DocumentReference');
    for (const target of [at(id), `${at(id)}/$preview`, `${at(id)}/_history/1`]) {
      expect([target, (await send(less, 'GET', target)).status]).toEqual([target, 404]);
    }
    const reading = { scope: 'user/Patient.rs user/Binary.rs', patient: null };
    const doctors = await served.app(practice, reading, { role: 'doctor' });
    expect((await send(doctors, 'GET', at(id))).status).toBe(200);
    const headers = { 'content-type': 'application/pdf', 'x-security-context': `Patient/${mine}` };
    expect((await send(doctors, 'POST', '/fhir/Binary', headers, content())).status).toBeGreaterThanOrEqual(
      400,
    );
    const begin = uploadHeaders(10, { chart: mine, filename: 'a.pdf' });
    expect((await send(doctors, 'POST', '/uploads', begin)).status).toBe(404);
  });
});

describe('a file of another record that is named in one of mine', () => {
  test('does not come along with it', async () => {
    const id = await filed(theirs);
    const document = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', {
      body: {
        resourceType: 'DocumentReference',
        status: 'current',
        subject: { reference: `Patient/${mine}` },
        content: [{ attachment: { url: `Binary/${id}`, contentType: 'text/plain' } }],
      },
    });
    expect(document.status).toBe(201);
    const own = document.json.id as unknown as string;
    expect((await served.ask(patient.token, 'GET', `/fhir/DocumentReference/${own}`)).status).toBe(200);
    const targets = [
      `/fhir/Patient/${mine}/$everything`,
      `/fhir/DocumentReference?_id=${own}&_include=*`,
      `/fhir/Binary?_id=${id}`,
    ];
    for (const target of targets) {
      const { text } = await served.ask(patient.token, 'GET', target);
      expect([
        target,
        text.includes(CANARY),
        text.includes(Buffer.from(CANARY).toString('base64').slice(0, 12)),
      ]).toEqual([target, false, false]);
    }
    expect(await said(await send(patient, 'GET', at(id)))).toEqual(
      await said(await send(patient, 'GET', at(newId()))),
    );
  });

  test('or the record that mine says it belongs to, seals nothing under keys of theirs', async () => {
    const document = newId();
    const hidden = await filed(theirs);
    await served.deposit(practice, {
      resourceType: 'DocumentReference',
      id: document,
      status: 'current',
      subject: { reference: `Patient/${theirs}` },
      content: [{ attachment: { url: `Binary/${hidden}` } }],
    });
    const clerk = elsewhere.doctor;
    const own = await fileOf(served, clerk, `Patient/${elsewhere.chart}`, content());
    const before = await blobPaths(served);
    const contexts = [`Patient/${theirs}`, `DocumentReference/${document}`, `Binary/${hidden}`];
    const absent = [`Patient/${newId()}`, `DocumentReference/${newId()}`, `Binary/${newId()}`];
    const ask = async (context: string) => {
      const headers = { 'content-type': 'image/png', 'x-security-context': context };
      const answer = await send(clerk, 'POST', '/fhir/Binary', headers, content());
      return { status: answer.status, text: (await answer.bytes()).toString().replaceAll(context, '') };
    };
    for (const [index, context] of contexts.entries()) {
      const refused = await ask(context);
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused).toEqual(await ask(absent[index]!));
    }
    const moved = await served.ask(clerk.token, 'PUT', at(own), {
      body: {
        resourceType: 'Binary',
        id: own,
        contentType: 'image/png',
        securityContext: { reference: `DocumentReference/${document}` },
      },
    });
    expect(moved.status).toBeGreaterThanOrEqual(400);
    expect(await blobPaths(served)).toHaveLength(before.length);
  });
});

test('nothing tells whether somebody else has the same content', async () => {
  const known = Buffer.concat([Buffer.from('%PDF-1.4\n'), content(), Buffer.from('\n%%EOF\n')]);
  const fresh = Buffer.concat([Buffer.from('%PDF-1.4\n'), content(), Buffer.from('\n%%EOF\n')]);
  const theirFile = await filed(theirs, known);
  expect(await (await send(doctor, 'GET', at(theirFile))).bytes()).toEqual(known);
  const told = async (bytes: Buffer) => {
    const before = (await blobPaths(served)).length;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const said = { chart: mine, filename: 'a.pdf', sha256 };
    const begun = await send(patient, 'POST', '/uploads', uploadHeaders(bytes.length, said));
    const path = begun.headers.location!;
    const last = await send(patient, 'PATCH', path, { ...PART, 'upload-offset': '0' }, bytes);
    const { json } = await served.ask(patient.token, 'GET', `/fhir/${last.headers['upload-document']}`);
    const shape = JSON.stringify({ begun, last, json }, (name, value) =>
      ['id', 'lastUpdated', 'date', 'url', 'location', 'upload-expires', 'upload-document'].includes(name)
        ? ''
        : value,
    );
    // The digest that they said themselves is theirs to be told.
    return { shape: shape.replaceAll(sha256, ''), blobs: (await blobPaths(served)).length - before };
  };
  expect(await told(known)).toEqual(await told(fresh));
  const hash = createHash('sha1').update(known).digest('base64');
  for (const query of [
    `hash=${encodeURIComponent(hash)}`,
    `_content=${CANARY}`,
    `contenttype=text/plain&_has=x`,
  ]) {
    const { text } = await served.ask(patient.token, 'GET', `/fhir/DocumentReference?${query}`);
    expect(text.includes(theirFile)).toBe(false);
  }
});
