/** Looking after the store of files: what is missing, damaged, or nobody's any more. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { shredChart } from '../../src/chart/index.ts';
import { collectBlobs, FolderStore, verifyBlobs } from '../../src/documents/index.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let store: FolderStore;

beforeAll(async () => {
  served = await servePractices();
  store = new FolderStore(served.filesFolder, 0);
});
afterAll(() => served.close());
beforeEach(async () => {
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'psychiatrist' });
});

const work = () => ({ owner: served.database.owner, gate: served.gate, records: served.store, store });
const verify = (options = {}) => verifyBlobs(work(), practice, options);
const collect = (options = {}) =>
  collectBlobs({ owner: served.database.owner, store, clock: systemClock, practices: [practice] }, options);

/** Its id, and where its only blob lies. */
async function filed(
  bytes = 50_000,
  of: ChartId = chart,
  label?: string,
): Promise<{ id: string; path: string }> {
  const before = new Set(await paths());
  const data = randomBytes(bytes).toString('base64');
  const security =
    label === undefined ? {} : { meta: { security: [{ system: CONFIDENTIALITY, code: label }] } };
  const securityContext = { reference: `Patient/${of}` };
  const body = { resourceType: 'Binary', ...security, contentType: 'image/png', securityContext, data };
  const { status, headers } = await served.ask(doctor.token, 'POST', '/fhir/Binary', { body });
  expect(status).toBe(201);
  const id = /\/Binary\/([0-9a-f-]{36})/.exec(headers.location!)![1]!;
  const [path, ...more] = (await paths()).filter((each) => !before.has(each));
  expect(more).toEqual([]);
  return { id, path: path! };
}
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

async function paths(of: PracticeId = practice): Promise<string[]> {
  const folder = join(served.filesFolder, of);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Where the store would put a blob of that practice. */
async function newPath(of: PracticeId = practice): Promise<string> {
  const name = newId();
  const path = join(served.filesFolder, of, name.slice(0, 2), name);
  await mkdir(dirname(path), { recursive: true });
  return path;
}

const nameOf = (path: string) => path.slice(-36);

test('a sound store has nothing to find, whatever section its files are in', async () => {
  await filed();
  await filed(1000, chart, 'R');
  await filed(200_000);
  const { findings, ...counts } = await verify();
  expect(findings).toEqual([]);
  expect(counts).toMatchObject({ blobs: 3, files: 3 });
  expect(await verify({ presenceOnly: true })).toMatchObject({ blobs: 3, files: 0, findings: [] });
  const { rows } = await served.database.owner.query(
    `select l.entries from postern.access_line l where l.practice_id = $1 and l.action = 'verify-files'`,
    [practice],
  );
  expect(rows.map(({ entries }) => entries.length)).toEqual([3]);
});

test('what is missing, cut, changed or swapped is found, and nothing else is', async () => {
  const [whole, gone, cut, changed, one, other, unknown] = [
    await filed(),
    await filed(),
    await filed(),
    await filed(),
    await filed(),
    await filed(),
    await filed(),
  ];
  const earlier = await verify();
  expect(earlier.findings).toEqual([]);
  await rm(gone.path);
  await truncate(cut.path, 20_000);
  const bytes = await readFile(changed.path);
  bytes[30_000]! ^= 1;
  await writeFile(changed.path, bytes);
  await rename(one.path, `${one.path}.aside`);
  await rename(other.path, one.path);
  await rename(`${one.path}.aside`, other.path);
  await served.database.owner.query(
    `update postern.resource set file = set_byte(file, 40, get_byte(file, 40) # 1) where id = $1`,
    [unknown.id],
  );
  const { findings } = await verify();
  const damaged = [gone, cut, changed, one, other].map(({ id }) => ({
    what: 'damaged',
    fileId: id,
    version: 1,
  }));
  expect(new Set(findings)).toEqual(
    new Set([
      { what: 'missing', blobId: nameOf(gone.path) },
      { what: 'cut', blobId: nameOf(cut.path) },
      { what: 'unknown', fileId: unknown.id, version: 1 },
      ...damaged,
    ]),
  );
  expect((await verify({ presenceOnly: true })).findings).toHaveLength(2);
  expect((await served.ask(doctor.token, 'GET', `/fhir/Binary/${whole.id}`)).status).toBe(200);
  const reading = served.ask(doctor.token, 'GET', `/fhir/Binary/${changed.id}`);
  await expect(reading).rejects.toMatchObject({ code: 'damaged' });
});

test('what nobody names is collected when it is old, and what somebody names never', async () => {
  const kept = await filed();
  const elsewhere = newId<PracticeId>();
  const [fresh, old, draft, foreign, litter] = [
    await newPath(),
    await newPath(),
    `${await newPath()}.draft`,
    await newPath(elsewhere),
    join(dirname(kept.path), 'notes.txt'),
  ];
  for (const path of [fresh, old, draft, foreign, litter]) await writeFile(path, 'left behind');
  for (const path of [kept.path, old, draft, foreign, litter]) await utimes(path, 0, 0);
  expect((await verify()).findings).toHaveLength(2);
  expect(await collect()).toEqual({ unfinished: 1, shredded: 0, unnamed: 1, foreign: expect.any(Number) });
  expect(new Set(await paths())).toEqual(new Set([kept.path, fresh, litter]));
  expect(await paths(elsewhere)).toEqual([foreign]);
  expect(await collect()).toMatchObject({ unfinished: 0, unnamed: 0 });
  expect((await served.ask(doctor.token, 'GET', `/fhir/Binary/${kept.id}`)).status).toBe(200);
});

test('an earlier version keeps its content, and one without content of its own shares it', async () => {
  const { id } = await filed();
  const inJson = { headers: { accept: 'application/fhir+json' } };
  const { json } = await served.ask(doctor.token, 'GET', `/fhir/Binary/${id}`, inJson);
  const again = { ...json, data: randomBytes(1000).toString('base64') };
  const put = { headers: { 'if-match': 'W/"1"' }, body: again };
  expect((await served.ask(doctor.token, 'PUT', `/fhir/Binary/${id}`, put)).status).toBe(200);
  for (const path of await paths()) await utimes(path, 0, 0);
  expect(await verify()).toMatchObject({ blobs: 2, files: 2, findings: [] });
  expect(await collect()).toMatchObject({ unnamed: 0 });
  const first = await served.ask(doctor.token, 'GET', `/fhir/Binary/${id}/_history/1`, inJson);
  expect(first.json.data === json.data && first.status === 200).toBe(true);
});

test('the blobs of a shredded chart go, and those of another stay', async () => {
  const kept = await filed();
  const away = await served.chart(practice);
  const lost = await filed(1000, away);
  const keys = await served.keychain.of(practice);
  const { owner } = served.database;
  const asked = { chartId: away, reason: 'asked for', backupDays: 1 };
  await shredChart({ owner, keys, clock: systemClock }, asked);
  served.forgetKeys();
  expect((await verify()).findings).toEqual([{ what: 'unnamed', blobId: nameOf(lost.path) }]);
  expect(await collect()).toMatchObject({ shredded: 1 });
  expect(await paths()).toEqual([kept.path]);
  expect(await verify()).toMatchObject({ blobs: 1, files: 1, findings: [] });
  expect(await collect()).toMatchObject({ shredded: 0 });
});

test('a database that is older than the store loses nothing of it, unless that is said', async () => {
  const { path } = await filed();
  for (let blob = 0; blob < 101; blob += 1) {
    const orphan = await newPath();
    await writeFile(orphan, 'of a newer database');
    await utimes(orphan, 0, 0);
  }
  await expect(collect()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/^101 of 102/),
  });
  expect(await paths()).toHaveLength(102);
  expect(await collect({ all: true })).toMatchObject({ unnamed: 101 });
  expect(await paths()).toEqual([path]);
});

test('what has come of an upload that can be gone on with stays, and is named', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const tus = { 'tus-resumable': '1.0.0' };
  const said = { chart, filename: 'scan.pdf', type: 'referral', title: 'Scan' };
  const metadata = Object.entries(said).map(([name, value]) => `${name} ${base64(value)}`);
  const begin = { ...tus, 'upload-length': '300000', 'upload-metadata': metadata.join(',') };
  const begun = await served.ask(doctor.token, 'POST', '/uploads', { headers: begin });
  expect(begun.status).toBe(201);
  const type = 'application/offset+octet-stream';
  const sending = served.server.handle({
    method: 'PATCH',
    path: begun.headers.location!,
    query: '',
    headers: { authorization: `Bearer ${doctor.token}`, ...tus, 'content-type': type, 'upload-offset': '0' },
    address: '192.0.2.1',
    body: (async function* () {
      yield Buffer.concat([Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n'), Buffer.alloc(120_000, 'a')]);
      throw new Error('the connection is gone');
    })(),
  });
  await sending.catch(() => undefined);
  const arrived = await paths();
  expect(arrived.length).toBeGreaterThan(0);
  for (const path of arrived) await utimes(path, 0, 0);
  expect((await verify()).findings).toEqual([]);
  expect(await collect()).toMatchObject({ unnamed: 0 });
  expect(await paths()).toEqual(arrived);
});
