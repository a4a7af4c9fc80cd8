import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { rotateIndexKey, rotatePracticeKey, rotateRoot } from '../../src/chart/index.ts';
import { openKeyVault } from '../../src/seal/index.ts';
import { type KeptPractice, keepPractice, type ServerOf, visitAt } from '../support/kept-practice.ts';

const CHARTS = 6;
const FINDINGS = 30;
const CODES = ['8867-4', '29463-7', '8302-2'];

let kept: KeptPractice;
let charts: ChartId[];
let doctor: string;

beforeAll(async () => {
  kept = await keepPractice();
  charts = [];
  for (let chart = 0; chart < CHARTS; chart += 1) {
    const id = await kept.chart({ name: [{ family: `Quillfeather${chart}` }] });
    charts.push(id);
    await kept.deposit(...Array.from({ length: FINDINGS }, (_, at) => finding(id, CODES[at % 3]!)));
  }
  const about = { reference: `Patient/${charts[0]}` };
  await kept.deposit(
    { resourceType: 'Condition', id: newId(), subject: about, code: { coding: [{ code: 'B20' }] } },
    {
      resourceType: 'DocumentReference',
      id: newId(),
      status: 'current',
      subject: about,
      type: { coding: [{ code: '11488-4', display: 'Psychotherapy note' }] },
      content: [{ attachment: { contentType: 'text/plain', data: 'UXVpbGxmZWF0aGVy' } }],
    },
  );
  expect(await countOf('chart_token where section = 4')).toBeGreaterThan(0);
  expect(await countOf('chart_token where section = 5')).toBeGreaterThan(0);
  doctor = await kept.person('doctor');
});

afterAll(() => kept.close());

describe('while both servers read, write and search', () => {
  it('rotating the root key destroys the old one and disturbs nobody', async () => {
    const before = kept.vault.currentVersion();
    const traffic = serve();
    const done = await rotateRoot(kept.work);
    await traffic.stop();
    expect(done.version).toBe(before + 1);
    expect(done.retired).toEqual([before]);
    expect(done.rewrapped).toBe(8);
    expect(traffic.failures).toEqual([]);
    expect(traffic.rounds).toBeGreaterThan(0);
    await everythingIsFound(await kept.start());
  });

  it('rotating the practice key wraps every chart key anew and disturbs nobody', async () => {
    const traffic = serve();
    const done = await rotatePracticeKey(kept.work, kept.practiceId);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(traffic.rounds).toBeGreaterThan(0);
    expect(done).toMatchObject({ version: 2, resumed: false });
    expect(await countOf('chart_key where practice_key_version < 2')).toBe(0);
    expect(
      await countOf("practice_key where purpose = 'chart' and retired_at is not null and wrapped = ''"),
    ).toBe(1);
    await everythingIsFound(await kept.start());
  });

  it('rotating the index key makes every token anew and no search misses a hit', async () => {
    const traffic = serve();
    const done = await rotateIndex();
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(traffic.rounds).toBeGreaterThan(0);
    expect(done).toMatchObject({ version: 2, resumed: false });
    expect(done.changed).toBeGreaterThanOrEqual(CHARTS * (FINDINGS + 1));
    expect(await countOf('chart_token where key_version < 2')).toBe(0);
    expect(await countOf('practice_token where key_version < 2')).toBe(0);
    expect(await countOf("access_line where action = 'rotate-index-key'")).toBe(1);
    expect(await countOf('chart_token where section = 5 and key_version = 2')).toBeGreaterThan(0);
    await everythingIsFound(await kept.start());
  });
});

describe('what was interrupted', () => {
  it('a rotation of the practice key that stopped half-way is finished and not begun anew', async () => {
    const keys = await kept.work.keychain.of(kept.practiceId);
    await store(await keys.addVersion(kept.vault, 'chart'));
    expect(await rotatePracticeKey(kept.work, kept.practiceId)).toMatchObject({ version: 3, resumed: true });
    await everythingIsFound(kept.first);
  });

  it('a rotation of the index key that stopped half-way is finished with what is left', async () => {
    const stopped = rotateIndexKey(kept.work, kept.practiceId, async () => {
      throw new Error('killed');
    });
    await expect(stopped).rejects.toThrow('killed');
    await everythingIsFound(kept.second);
    await kept.deposit(finding(charts[0]!, CODES[0]!));
    expect(await countOf('chart_token where key_version = 3')).toBeGreaterThan(0);
    const done = await rotateIndex();
    expect(done).toMatchObject({ version: 3, resumed: true });
    expect(await countOf('chart_token where key_version < 3')).toBe(0);
    await everythingIsFound(kept.second);
  });

  it('two rotations at once are refused', async () => {
    const running = rotateIndexKey(kept.work, kept.practiceId, async () => {
      await expect(rotateRoot(kept.work)).rejects.toMatchObject({ code: 'conflict' });
      return 0;
    });
    await expect(running).rejects.toMatchObject({ code: 'conflict' });
    await rotateIndex();
  });

  it('by something damaged ends when that has been mended, and the rest is under the new key', async () => {
    const bad = finding(charts[1]!, CODES[1]!);
    await kept.deposit(bad);
    await turnABit(bad.id);
    await expect(rotateIndex()).rejects.toMatchObject({ code: 'conflict' });
    expect(await countOf(`chart_token where key_version < 5 and resource_id <> '${bad.id}'`)).toBe(0);
    expect(await countOf("incident where kind = 'damaged'")).toBe(1);
    await turnABit(bad.id);
    expect(await rotateIndex()).toMatchObject({ version: 5, resumed: true, changed: 1 });
    await everythingIsFound(kept.second);
  });

  it('a practice key that comes late under a destroyed root key is refused', async () => {
    const path = `${kept.folder}/another.key`;
    const stale = await openKeyVault(`file:${path}`, { create: true });
    const keys = await kept.work.keychain.of(kept.practiceId);
    const late = await keys.addVersion(stale, 'chart');
    await expect(store(late)).rejects.toMatchObject({ code: 'PT003' });
    await stale.close();
  });
});

function finding(chart: ChartId, code: string) {
  return {
    resourceType: 'Observation',
    id: newId(),
    status: 'final',
    subject: { reference: `Patient/${chart}` },
    code: { coding: [{ system: 'http://loinc.org', code }] },
  } as const;
}

/** Once does damage, twice mends it. */
async function turnABit(id: string): Promise<void> {
  await kept.database.owner.query(
    'update postern.resource set sealed = set_byte(sealed, 90, get_byte(sealed, 90) # 1) where id = $1',
    [id],
  );
}

function rotateIndex() {
  const { gate, store } = kept.first;
  return rotateIndexKey(kept.work, kept.practiceId, () =>
    gate.asJob(kept.practiceId, 'system-upkeep', 'rotation', (visit) => store.reindex(visit)),
  );
}

/** Work on both servers until it is stopped; whatever fails or is missing is noted. */
function serve() {
  const failures: string[] = [];
  const traffic = { failures, rounds: 0, stop: async (): Promise<void> => undefined };
  let running = true;
  const loops = [kept.first, kept.second].map(async (server) => {
    while (running) {
      try {
        await oneRound(server);
        traffic.rounds += 1;
      } catch (error) {
        failures.push(String(error));
      }
    }
  });
  traffic.stop = async () => {
    running = false;
    await Promise.all(loops);
  };
  return traffic;
}

async function oneRound(server: ServerOf): Promise<void> {
  const chart = charts[Math.floor(Math.random() * charts.length)]!;
  const visit = await visitAt(server, doctor);
  const before = await search(server, `patient=${chart}&code=${CODES[0]}`);
  const { id: _, ...draft } = finding(chart, CODES[0]!);
  const made = await server.store.create(visit, draft);
  const read = await server.store.read(await visitAt(server, doctor), 'Observation', made.id);
  if (read === null) throw new Error('what was written is not there');
  const after = await search(server, `patient=${chart}&code=${CODES[0]}`);
  if (!after.has(made.id)) throw new Error('what was written is not found');
  for (const id of before) if (!after.has(id)) throw new Error('what was found is missing');
  const names = await search(server, 'name=quillf', 'Patient');
  if (names.size !== CHARTS) throw new Error(`${names.size} names found`);
}

async function search(server: ServerOf, query: string, type = 'Observation'): Promise<Set<string>> {
  const visit = await visitAt(server, doctor);
  const page = await server.store.search(visit, type, new URLSearchParams(`${query}&_count=1000`));
  return new Set(page.matches.map(({ id }) => id));
}

async function everythingIsFound(server: ServerOf): Promise<void> {
  const { rows } = await kept.database.owner.query<{ count: number }>(
    "select count(*)::integer as count from postern.resource where type = 'Observation'",
  );
  let found = 0;
  for (const chart of charts) {
    for (const code of CODES) found += (await search(server, `patient=${chart}&code=${code}`)).size;
  }
  expect(found).toBe(rows[0]!.count);
  expect((await search(server, 'name=quillf', 'Patient')).size).toBe(CHARTS);
}

async function countOf(what: string): Promise<number> {
  const { rows } = await kept.database.owner.query<{ count: number }>(
    `select count(*)::integer as count from postern.${what}`,
  );
  return rows[0]!.count;
}

async function store(key: { purpose: string; version: number; rootVersion: number; wrapped: Buffer }) {
  await kept.database.owner.query(
    `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
     values ($1, $2, $3, $4, $5)`,
    [kept.practiceId, key.purpose, key.version, key.rootVersion, key.wrapped],
  );
}
