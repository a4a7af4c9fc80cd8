/** Moving files from one store to another, killed on the way, while a server serves and takes more. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlobSetting } from '../../src/base/blob-setting.ts';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import {
  type BlobStore,
  FolderStore,
  MovingStore,
  moveBlobs,
  openBlobStore,
  verifyBlobs,
} from '../../src/documents/index.ts';
import { S3_KEYS, type S3Server, startS3Server, tellSkipped } from '../support/s3-server.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const never = new AbortController().signal;
/** More than are copied when it is killed twice, with three on their way each time. */
const FILES = 12;

let folder: string;
let s3: S3Server | string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-move-'));
  s3 = await startS3Server();
  if (typeof s3 === 'string') tellSkipped('moving files into a bucket', s3);
});
afterAll(async () => {
  if (typeof s3 !== 'string') await s3.close();
  await rm(folder, { recursive: true, force: true });
});

async function settingOf(kind: string): Promise<BlobSetting | null> {
  if (kind === 'folder') return { kind: 'folder', path: join(folder, 'now') };
  if (typeof s3 === 'string') return null;
  const { accessKey, secretKey } = S3_KEYS;
  return { ...(await s3.bucket('moved')), keys: { accessKey, secret: { text: secretKey } } };
}

/** A server's store, whose settings change under it as they do when it is started anew. */
function changing(first: BlobStore): BlobStore & { use(next: BlobStore): void } {
  let store = first;
  return {
    name: 'changing',
    use: (next) => {
      store = next;
    },
    put: (...given) => store.put(...given),
    open: (place) => store.open(place),
    remove: (place) => store.remove(place),
    list: (only) => store.list(only),
    sweep: (before) => store.sweep(before),
    assertPrivate: () => store.assertPrivate(),
  };
}

describe.each(['folder', 'bucket'])('into a %s', (kind) => {
  let setting: BlobSetting | null;
  let now: BlobStore;
  let before: FolderStore;
  let served: ServedPractices;
  let practice: PracticeId;
  let chart: ChartId;
  let doctor: Person;
  const old = () => join(folder, `before-${kind}`);
  const sent = new Map<string, Buffer>();

  beforeAll(async () => {
    setting = await settingOf(kind);
    if (setting === null) return;
    [now, before] = [await openBlobStore(setting), new FolderStore(old(), 0)];
    const store = changing(before);
    served = await servePractices({ blobs: store });
    practice = await served.makePractice();
    chart = await served.chart(practice);
    doctor = await served.person(practice, { role: 'doctor' });
    for (let file = 0; file < FILES; file += 1) await upload(40_000 * (file + 1));
    store.use(new MovingStore(now, before));
  });
  afterAll(() => served?.close());
  beforeEach((context) => {
    if (setting === null) context.skip();
  });

  async function upload(bytes: number): Promise<string> {
    const content = randomBytes(bytes);
    const securityContext = { reference: `Patient/${chart}` };
    const data = content.toString('base64');
    const body = { resourceType: 'Binary', contentType: 'image/png', securityContext, data };
    const { status, headers } = await served.ask(doctor.token, 'POST', '/fhir/Binary', { body });
    expect(status).toBe(201);
    const id = /\/Binary\/([0-9a-f-]{36})/.exec(headers.location!)![1]!;
    sent.set(id, content);
    return id;
  }

  async function assertServed(): Promise<void> {
    for (const [id, content] of sent) {
      const inJson = { headers: { accept: 'application/fhir+json' } };
      const { json } = await served.ask(doctor.token, 'GET', `/fhir/Binary/${id}`, inJson);
      expect(Buffer.from(String(json.data), 'base64').equals(content)).toBe(true);
    }
  }

  async function namesIn(store: BlobStore): Promise<string[]> {
    const names: string[] = [];
    for await (const { blobId } of store.list()) names.push(blobId);
    return names.sort();
  }

  const verify = (store: BlobStore) =>
    verifyBlobs({ owner: served.database.owner, gate: served.gate, records: served.store, store }, practice);

  test('files are served from both until all is moved, however often that is killed', async () => {
    await assertServed();
    await upload(30_000);
    expect(await namesIn(now)).toHaveLength(1);
    for (const after of [1, 3]) {
      const [killed] = await Promise.all([moveAndDie(setting!, old(), after), assertServed()]);
      expect(killed).toBe(true);
      await upload(20_000);
      await assertServed();
      expect((await verify(now)).findings.some(({ what }) => what === 'missing')).toBe(true);
    }
    const atTheEnd = await moveBlobs({ from: before, to: now, signal: never });
    expect(atTheEnd.copied + atTheEnd.standing).toBe(FILES);
    expect(atTheEnd.standing).toBeGreaterThanOrEqual(4);
    expect(await moveBlobs({ from: before, to: now, signal: never })).toMatchObject({
      copied: 0,
      standing: FILES,
      differing: [],
    });
    expect(await namesIn(before)).toHaveLength(FILES);
    await rm(old(), { recursive: true });
    expect(await verify(now)).toMatchObject({ files: FILES + 3, findings: [] });
    await assertServed();
  }, 120_000);
});

const DOOR = new URL('../../src/documents/index.ts', import.meta.url).href;

/** Moves in a process that kills itself when it has copied so many; whether it came to that. */
function moveAndDie(to: BlobSetting, from: string, after: number): Promise<boolean> {
  const script = `
    const { FolderStore, moveBlobs, openBlobStore } = await import(${JSON.stringify(DOOR)});
    await moveBlobs({
      from: new FolderStore(${JSON.stringify(from)}),
      to: await openBlobStore(${JSON.stringify(to)}),
      signal: AbortSignal.timeout(60_000),
      onProgress: (copied) => {
        if (copied === ${after}) process.kill(process.pid, 'SIGKILL');
      },
    });
  `;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error, _out, err) => {
      if (error === null) resolve(false);
      else if (error.signal === 'SIGKILL') resolve(true);
      else reject(new Error(err));
    });
  });
}
