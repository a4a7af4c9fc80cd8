import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { backUpKeys, restoreKeys, rotatePracticeKey, rotateRoot, shredChart } from '../../src/chart/index.ts';
import { type KeptPractice, keepPractice, type ServerOf, visitAt } from '../support/kept-practice.ts';

const BACKUP_DAYS = 35;
const clock = new ManualClock('2026-03-01T09:00:00Z');

let kept: KeptPractice;
let doomed: ChartId;
let spared: ChartId;
let noteOfDoomed: string;
let doctor: string;
let patient: string;
let folder: string;

beforeAll(async () => {
  kept = await keepPractice();
  doomed = await kept.chart({ name: [{ family: 'Vanishwell' }] });
  spared = await kept.chart({ name: [{ family: 'Remainder' }] });
  noteOfDoomed = newId();
  for (const [chart, id] of [
    [doomed, noteOfDoomed],
    [spared, newId()],
  ] as const) {
    await kept.deposit({
      resourceType: 'Observation',
      id,
      status: 'final',
      subject: { reference: `Patient/${chart}` },
      effectiveDateTime: '2026-01-02T10:00:00Z',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    });
  }
  doctor = await kept.person('doctor');
  patient = await kept.person('patient', doomed);
  folder = await mkdtemp(join(kept.folder, 'keys-'));
});

afterAll(() => kept.close());

describe('a shredded chart', () => {
  it('is readable before, and its keys can be backed up for their owner alone', async () => {
    for (const server of [kept.first, kept.second]) {
      expect(await read(server, doctor, 'Patient', doomed)).not.toBeNull();
      expect(await read(server, patient, 'Observation', noteOfDoomed)).not.toBeNull();
    }
    const { file, chartKeys } = await backUpKeys(kept.database.owner, {
      folder,
      keepDays: BACKUP_DAYS,
      clock,
    });
    expect(chartKeys).toBe(await countOf('chart_key'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain('Vanishwell');
  });

  it('is gone at once on every server, for staff and patient, by id and by search', async () => {
    const wrapped = await wrappedKeysOf(doomed);
    expect(wrapped.length).toBeGreaterThan(0);
    const done = await shred();
    expect(done.completeAt.toISOString()).toBe('2026-04-05T09:00:00.000Z');
    for (const server of [kept.first, kept.second, await kept.start()]) {
      expect(await read(server, doctor, 'Patient', doomed)).toBeNull();
      expect(await read(server, doctor, 'Observation', noteOfDoomed)).toBeNull();
      expect(await search(server, doctor, 'Patient', 'name=vanish')).toEqual([]);
      expect(await search(server, doctor, 'Observation', `patient=${doomed}`)).toEqual([]);
      expect(await search(server, doctor, 'Patient', `_id=${doomed}`)).toEqual([]);
      expect(await read(server, doctor, 'Patient', spared)).not.toBeNull();
      expect(await search(server, doctor, 'Patient', 'name=remain')).toEqual([spared]);
    }
    await expect(read(kept.first, patient, 'Observation', noteOfDoomed)).resolves.toBeNull();
  });

  it('leaves no key, no index row, no digest and no grant behind', async () => {
    const { owner } = kept.database;
    for (const table of ['chart_key', 'chart_token', 'practice_token', 'date_range']) {
      const { rowCount } = await owner.query(`select from postern.${table} where chart_id = $1`, [doomed]);
      expect(rowCount, table).toBe(0);
    }
    expect(await countOf(`access_grant where chart_id = '${doomed}' and ended_at is null`)).toBe(0);
    expect(await countOf(`import_entry where id = '${noteOfDoomed}'`)).toBe(0);
    expect(await countOf(`resource where chart_id = '${doomed}'`)).toBe(2);
    expect(await countOf("access_line where action = 'shred' and detail is not null")).toBe(1);
  });

  it('keeps its reason sealed and its first date', async () => {
    clock.advance(86_400);
    expect((await shred()).completeAt.toISOString()).toBe('2026-04-05T09:00:00.000Z');
    const { rows } = await kept.database.owner.query('select reason from postern.shred');
    expect(rows[0].reason.toString('latin1')).not.toContain('asked for it');
  });

  it('takes nothing new', async () => {
    const visit = await visitAt(kept.first, doctor);
    const draft = {
      resourceType: 'Observation',
      status: 'final',
      subject: { reference: `Patient/${doomed}` },
      code: { text: 'Late' },
    };
    await expect(kept.first.store.create(visit, draft)).rejects.toMatchObject({ code: 'not-found' });
    const positive = { ...draft, subject: { reference: `Patient/${spared}` } };
    expect(await kept.first.store.create(await visitAt(kept.first, doctor), positive)).toBeTruthy();
  });

  it('stays closed when a backup of its keys from before is restored', async () => {
    await kept.database.owner.query('delete from postern.chart_key');
    const server = await kept.start();
    expect(await read(server, doctor, 'Patient', spared)).toBeNull();
    const done = await restoreKeys(kept.work, folder);
    expect(done.restored).toBeGreaterThan(0);
    expect(done.refused).toBe(2);
    const after = await kept.start();
    expect(await read(after, doctor, 'Patient', spared)).not.toBeNull();
    expect(await read(after, doctor, 'Patient', doomed)).toBeNull();
  });

  it('stays closed when the database from before is restored too, by the list in a backup', async () => {
    const later = await backUpKeys(kept.database.owner, { folder, keepDays: BACKUP_DAYS, clock });
    expect(await readFile(later.file, 'utf8')).toContain('"kind":"shredded"');
    await kept.database.owner.query('delete from postern.shred');
    await kept.database.owner.query('delete from postern.chart_key');
    // The newest backup of keys is from before the shredding; the list comes from the other.
    const [oldest = ''] = (await readdir(folder)).sort();
    const text = await readFile(join(folder, oldest), 'utf8');
    await writeFile(join(folder, 'postern-keys-2099-01-01T00-00-00-000Z.jsonl'), text);
    const done = await restoreKeys(kept.work, folder);
    expect(done.refused).toBe(2);
    expect(await countOf(`chart_key where chart_id = '${doomed}'`)).toBe(0);
    expect(await countOf('shred')).toBe(1);
    expect(await read(await kept.start(), doctor, 'Patient', spared)).not.toBeNull();
  });

  it('cannot be put back by hand', async () => {
    const { rows } = await kept.database.owner.query<{ wrapped: Buffer; practice_key_version: number }>(
      'select wrapped, practice_key_version from postern.chart_key limit 1',
    );
    const put = kept.database.owner.query(
      `insert into postern.chart_key (practice_id, chart_id, section, practice_key_version, wrapped)
       values ($1, $2, 1, $3, $4)`,
      [kept.practiceId, doomed, rows[0]!.practice_key_version, rows[0]!.wrapped],
    );
    await expect(put).rejects.toMatchObject({ code: 'PT004' });
  });
});

describe('backups of keys', () => {
  it('are thrown away when they are older than they may be kept', async () => {
    clock.advance(BACKUP_DAYS * 86_400 + 1);
    const { expired } = await backUpKeys(kept.database.owner, { folder, keepDays: BACKUP_DAYS, clock });
    expect(expired).toBe(2);
  });

  it('are restored under the newest practice key after a rotation', async () => {
    const fresh = await mkdtemp(join(kept.folder, 'keys-'));
    await backUpKeys(kept.database.owner, { folder: fresh, keepDays: BACKUP_DAYS, clock });
    await rotatePracticeKey(kept.work, kept.practiceId);
    await kept.database.owner.query('delete from postern.chart_key');
    expect((await restoreKeys(kept.work, fresh)).restored).toBeGreaterThan(0);
    expect(await countOf('chart_key where practice_key_version < 2')).toBe(0);
    expect(await read(await kept.start(), doctor, 'Patient', spared)).not.toBeNull();
  });

  it('open nothing once the root key that they hang from is destroyed', async () => {
    const fresh = await mkdtemp(join(kept.folder, 'keys-'));
    await backUpKeys(kept.database.owner, { folder: fresh, keepDays: BACKUP_DAYS, clock });
    await rotatePracticeKey(kept.work, kept.practiceId);
    await rotateRoot(kept.work);
    await expect(restoreKeys(kept.work, fresh)).rejects.toMatchObject({ code: 'not-configured' });
  });

  it('that were cut off are refused', async () => {
    const fresh = await mkdtemp(join(kept.folder, 'keys-'));
    const { file } = await backUpKeys(kept.database.owner, { folder: fresh, keepDays: BACKUP_DAYS, clock });
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, text.length / 2));
    await expect(restoreKeys(kept.work, fresh)).rejects.toMatchObject({ code: 'damaged' });
  });
});

async function shred() {
  const keys = await kept.work.keychain.of(kept.practiceId);
  return shredChart(
    { owner: kept.database.owner, keys, clock },
    { chartId: doomed, reason: 'The patient asked for it.', backupDays: BACKUP_DAYS },
  );
}

async function read(server: ServerOf, token: string, type: string, id: string) {
  return server.store.read(await visitAt(server, token), type, id);
}

async function search(server: ServerOf, token: string, type: string, query: string): Promise<string[]> {
  const visit = await visitAt(server, token);
  const page = await server.store.search(visit, type, new URLSearchParams(query));
  return page.matches.map(({ id }) => id);
}

async function wrappedKeysOf(chart: ChartId): Promise<Buffer[]> {
  const { rows } = await kept.database.owner.query<{ wrapped: Buffer }>(
    'select wrapped from postern.chart_key where chart_id = $1',
    [chart],
  );
  return rows.map(({ wrapped }) => wrapped);
}

async function countOf(what: string): Promise<number> {
  const { rows } = await kept.database.owner.query<{ count: number }>(
    `select count(*)::integer as count from postern.${what}`,
  );
  return rows[0]!.count;
}
