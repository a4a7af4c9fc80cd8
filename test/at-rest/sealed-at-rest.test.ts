/**
 * Nothing readable at rest: the whole of an installation, as rows and as files, is searched for who the
 * patients are and what was written of them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaryMarks, type DemoRole } from '../../demo/index.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import type { FhirResource } from '../../src/chart/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import { ChartImportStore, importSources } from '../../src/intake/index.ts';
import { verifyRecords } from '../../src/ledger/index.ts';
import { type InstalledDemo, installDemo } from '../support/installed-demo.ts';
import { testDigest, testId } from '../support/memory-import-store.ts';
import { encodings, filesUnder, type Pattern, PatternScan } from '../support/pattern-scan.ts';
import { jsonFiles, sharedData } from '../support/third-party-inputs.ts';
import { type Secrets, secretsOf } from '../support/told-secrets.ts';

const shared = sharedData('synthea');
const SHARED_PATIENTS = 3;

let installed: InstalledDemo;
let secrets: Secrets;
let scan: PatternScan;
/** What stands in an installation without records, such as words of PostgreSQL's own: no secret. */
let anyway: Set<string>;
let source: string;

beforeAll(async () => {
  installed = await installDemo();
  const { demo, outside, dataFolder } = installed;
  const files = shared === null ? [] : selfContained(shared);
  const resources = [
    ...demo.flatMap((practice) =>
      practice.resources.map(({ resource }) => resource as unknown as FhirResource),
    ),
    ...files.flatMap(resourcesOf),
  ];
  secrets = secretsOf(resources);
  const marks = demo.flatMap(canaryMarks).flatMap((mark) => encodings('canary', mark));
  const all = [...secrets.patterns, ...marks];
  anyway = new Set(
    [...(await findAll(new PatternScan(all), dataFolder)).keys()].map(({ bytes }) =>
      bytes.toString('latin1'),
    ),
  );
  scan = new PatternScan(all.filter(({ bytes }) => !anyway.has(bytes.toString('latin1'))));
  source = join(outside, 'source.json');
  await writeFile(source, JSON.stringify(resources));
  await installed.load();
  await importShared(files);
  await workWithIt();
}, 240_000);

afterAll(() => installed.close());

describe('the search', () => {
  it('looks for thousands of texts of every kind', () => {
    const kinds = new Map<string, number>();
    for (const kind of secrets.texts.values()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const kind of ['name', 'address', 'telecom', 'birth date', 'identifier', 'sentence']) {
      expect(kinds.get(kind), kind).toBeGreaterThan(40);
    }
    const told = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
    console.log(
      `at rest: ${told}; ${secrets.coincidences} birth dates are clinical dates too and left out; ` +
        `${anyway.size} patterns stand in an empty installation.`,
    );
    expect(anyway.size).toBeLessThan(60);
  });

  it('finds every one of them in the file they came from', () => {
    const found = new Set([...scan.inFile(source)].map(({ of }) => of));
    const looked = [...secrets.texts].filter(([text]) => !anyway.has(Buffer.from(text).toString('latin1')));
    // Derived ones (folded names, first and last name together, bare digits of a phone) stand there in part
    // only.
    const whole = looked.filter(([, kind]) => !['folded name', 'name', 'phone digits'].includes(kind));
    expect(whole.filter(([text]) => !found.has(text))).toEqual([]);
    expect(looked.filter(([text]) => found.has(text)).length / looked.length).toBeGreaterThan(0.9);
  });

  it('finds each encoding in a file, across the pieces it is read in', () => {
    const path = join(installed.outside, 'control');
    const text = [...secrets.texts].find(([known, kind]) => kind === 'sentence' && known.length > 30)![0];
    for (const pattern of encodings('control', text)) {
      const around = Buffer.alloc((8 << 20) + pattern.bytes.length, 0x2e);
      pattern.bytes.copy(around, (8 << 20) - (pattern.bytes.length >> 1));
      writeFileSync(path, around);
      expect([...new PatternScan([pattern]).inFile(path)], pattern.name).toHaveLength(1);
    }
  });
});

describe('an installation with records in it', () => {
  it('holds none of it in any row of any table', async () => {
    const tables = await dumpAll();
    expect(tables.length).toBeGreaterThan(15);
    const found = tables.map(({ table, text }) => [table, report(scan.in(text))]);
    expect(found.filter(([, hits]) => hits!.length > 0)).toEqual([]);
    expect(tables.find(({ table }) => table === 'resource')!.text.length).toBeGreaterThan(1_000_000);
  }, 120_000);

  it('holds none of it in any file: tables, write-ahead log, logs, tiles and checkpoints', async () => {
    await installed.postern.database.owner.query('select pg_switch_wal()').catch(() => undefined);
    const found = await findAll(scan, installed.dataFolder);
    const told = [...found].map(([pattern, path]) => `${path}: ${pattern.name}`);
    expect(told).toEqual([]);
    const paths = filesUnder(installed.dataFolder);
    for (const part of ['/base/', '/pg_wal/', '/log/', '/logs/']) {
      expect(
        paths.some((path) => path.includes(part)),
        part,
      ).toBe(true);
    }
  }, 120_000);

  it('holds every record as the access log says, those that came as deposits included', async () => {
    const { database } = installed.postern;
    const { rows } = await database.owner.query<{ practice_id: PracticeId }>(
      'select p.practice_id from postern.practice p',
    );
    for (const { practice_id } of rows) {
      const report = await verifyRecords(database.owner, practice_id);
      expect(report).toMatchObject({ sound: true, findings: [] });
      expect(report.versions).toBeGreaterThan(1000);
    }
  }, 120_000);

  it('would be caught with one unsealed row, in the rows and in the files', async () => {
    const { owner } = installed.postern.database;
    const [text] = [...secrets.texts].find(([, kind]) => kind === 'address')!;
    await owner.query('create table postern.unsealed as select $1::text as note', [text]);
    const tables = await dumpAll();
    const caught = tables.filter(({ text: rows }) => scan.in(rows).size > 0).map(({ table }) => table);
    expect(caught).toEqual(['unsealed']);
    await expect
      .poll(async () => (await findAll(scan, installed.dataFolder)).size, { timeout: 30_000 })
      .toBeGreaterThan(0);
  }, 120_000);
});

function selfContained(folder: string): string[] {
  return jsonFiles(folder)
    .filter((file) => file.includes('B_2020'))
    .filter((file) => readFileSync(file).length < 2_000_000)
    .slice(0, SHARED_PATIENTS);
}

function resourcesOf(file: string): FhirResource[] {
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as { entry: { resource: FhirResource }[] };
  return bundle.entry.map(({ resource }) => resource);
}

async function importShared(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const { gate, store } = installed.postern;
  const practiceId = await practiceNamed('lakeside');
  const report = await gate.asJob(practiceId, 'system-import', 'import', (visit) =>
    importSources({
      paths,
      deriveId: testId,
      digestOf: testDigest,
      store: new ChartImportStore(store, visit),
    }),
  );
  expect(report.failures).toEqual([]);
}

async function practiceNamed(start: string) {
  const { rows } = await installed.postern.database.owner.query(
    'select p.practice_id from postern.practice p where p.slug like $1',
    [`${start}%`],
  );
  return rows[0].practice_id;
}

/** Everyday use, and what goes wrong in it: whatever it leaves behind is searched too. */
/** Of the first at Lakeside who has the role. */
async function visitOf(role: DemoRole): Promise<Visit> {
  const { gate } = installed.postern;
  const lakeside = installed.demo.find(({ slug }) => slug.startsWith('lakeside'))!;
  const person = lakeside.people.find(({ roles }) => roles.includes(role))!;
  const accountId = (await gate.accounts.findAccount(person.email))!;
  const practiceId = await practiceNamed('lakeside');
  const session = { practiceId, accountId, purpose: 'test', client: null, ttlSeconds: 600 };
  return (await gate.admit(await gate.openSession(session), '192.0.2.1'))!;
}

/** The laboratory leaves what is known of two patients; one waits on, the other is opened and discarded. */
async function useDeposits(doctor: Visit): Promise<void> {
  const { deposits } = installed.postern;
  const laboratory = await visitOf('partner');
  const patients = installed.demo
    .flatMap(({ resources }) => resources)
    .filter(({ resource }) => resource.resourceType === 'Patient');
  const [waits, goes] = patients.map(({ resource }) => Buffer.from(JSON.stringify(resource)));
  const type = () => 'application/fhir+json';
  await deposits.leave(laboratory, type, async () => waits!);
  const { id } = await deposits.leave(laboratory, type, async () => goes!);
  await deposits.open(doctor, id);
  await deposits.discard(doctor, id, waits!.toString().slice(0, 2000));
}

async function workWithIt(): Promise<void> {
  const { store, sequencer, database } = installed.postern;
  const visit = await visitOf('doctor');
  await useDeposits(visit);
  const [secret] = [...secrets.texts].find(([, kind]) => kind === 'name')!;
  await store.search(visit, 'Patient', new URLSearchParams({ name: secret }));
  await store.search(visit, 'Observation', new URLSearchParams('_sort=-date&_count=1000'));
  await store
    .create(visit, { resourceType: 'Patient', name: [{ family: 7 }, { text: secret }] })
    .catch(() => null);
  await database.server.query(`select '${secret.replaceAll("'", "''")}' from nowhere`).catch(() => undefined);
  await database.server.query('select $1::integer', [secret]).catch(() => undefined);
  await sequencer.sequenceAll();
  await mkdir(join(installed.dataFolder, 'logs'), { recursive: true });
  await database.owner.query('vacuum analyze').catch(() => undefined);
}

/** Every table as its owner sees it, one JSON row a line; bytes come as hex. */
async function dumpAll(): Promise<{ table: string; text: Buffer }[]> {
  const { owner } = installed.postern.database;
  const { rows } = await owner.query<{ name: string }>(
    `select c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'postern' and c.relkind in ('r', 'm', 'p')
     order by c.relname`,
  );
  const dumps: { table: string; text: Buffer }[] = [];
  for (const { name } of rows) {
    const dump = await owner.query<{ row: string }>(
      `select row_to_json(t)::text as row from postern."${name}" t`,
    );
    dumps.push({ table: name, text: Buffer.from(dump.rows.map(({ row }) => row).join('\n')) });
  }
  return dumps;
}

/** What was found, with the first file it was found in. */
async function findAll(search: PatternScan, folder: string): Promise<Map<Pattern, string>> {
  const found = new Map<Pattern, string>();
  for (const path of filesUnder(folder)) {
    // A file may go while we look: the write-ahead log is recycled.
    const hits = quietly(() => search.inFile(path));
    for (const pattern of hits ?? []) if (!found.has(pattern)) found.set(pattern, path.slice(folder.length));
  }
  return found;
}

function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function report(found: Set<Pattern>): string[] {
  return [...found].map(({ name, bytes }) => `${name}: ${bytes.toString()}`).slice(0, 20);
}
