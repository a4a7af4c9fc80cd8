/** Data of files that stands in rows, from before there was a store of them, on its way out. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, ResourceId } from '../../src/base/ids.ts';
import { type Section, sectionOf } from '../../src/base/section.ts';
import type { Visit } from '../../src/gate/index.ts';
import { type KeptPractice, keepPractice } from '../support/kept-practice.ts';

let kept: KeptPractice;
let chart: ChartId;
beforeAll(async () => {
  kept = await keepPractice();
  chart = await kept.chart();
});
afterAll(() => kept.close());

const upkeep = <T>(work: (visit: Visit) => Promise<T>, server = kept.first) =>
  server.gate.asJob(kept.practiceId, 'system-upkeep', 'test', work);

/** A Binary of two versions, and then both as they lay before: all of it in the row. */
async function asBefore(contents: readonly Buffer[]): Promise<ResourceId> {
  const binary = (content: Buffer) => ({
    resourceType: 'Binary',
    contentType: 'text/plain',
    securityContext: { reference: `Patient/${chart}` },
    data: content.toString('base64'),
  });
  const id = await upkeep(async (visit) => {
    const { store } = kept.first;
    const [first, ...others] = contents.map(binary);
    const { id: made } = await store.create(visit, first!);
    for (const other of others) await store.update(visit, 'Binary', made, { ...other, id: made });
    return made;
  });
  await upkeep(async (visit) => {
    for (const [at, content] of contents.entries()) {
      const version = at + 1;
      const table = version === contents.length ? 'resource' : 'resource_version';
      const { rows } = await kept.database.owner.query(
        `select r.section, k.wrapped, k.practice_key_version
         from postern.${table} r
           join postern.chart_key k on k.chart_id = r.chart_id and k.section = r.section
         where r.id = $1 and r.version = $2`,
        [id, version],
      );
      const { section, wrapped, practice_key_version: practiceKeyVersion } = rows[0];
      const place = {
        practiceId: kept.practiceId,
        chartId: chart,
        section: sectionOf(section) as Section,
        author: null,
        type: 'Binary',
        id,
        version,
      };
      const resource = { resourceType: 'Binary', id, meta: { versionId: String(version) } };
      const whole = { ...resource, contentType: 'text/plain', data: content.toString('base64') };
      const row = { ...place, wrappedKey: wrapped, practiceKeyVersion };
      const sealed = visit.scope.keys.seal(row, Buffer.from(JSON.stringify(whole)));
      await kept.database.owner.query(
        `update postern.${table} set file = null, sealed = $3 where id = $1 and version = $2`,
        [id, version, sealed],
      );
    }
    await kept.database.owner.query('delete from postern.blob where file_id = $1', [id]);
  });
  return id;
}

const dataOf = (id: string, version: number | null) =>
  upkeep(async (visit) => {
    const stored = await (version === null
      ? kept.second.store.read(visit, 'Binary', id)
      : kept.second.store.vread(visit, 'Binary', id, version));
    return Buffer.from(stored!.content!.json<{ data: string }>().data, 'base64');
  }, kept.second);

const inRows = async () =>
  (
    await kept.database.owner.query(
      `select (select count(*) from postern.resource where type = 'Binary' and file is null)
         + (select count(*) from postern.resource_version where type = 'Binary' and file is null) as left`,
    )
  ).rows[0].left as string;

test('every version goes, and is the same file before, meanwhile and after', async () => {
  const contents = [randomBytes(30_000), randomBytes(50_000)];
  const ids = [await asBefore(contents), await asBefore(contents), await asBefore(contents)];
  const check = async () => {
    for (const id of ids) {
      expect((await dataOf(id, null)).equals(contents[1]!)).toBe(true);
      expect((await dataOf(id, 1)).equals(contents[0]!)).toBe(true);
    }
  };
  expect(await inRows()).toBe('6');
  await check();
  const stopping = new AbortController();
  let asked = 0;
  const stopsSoon = {
    get aborted() {
      asked += 1;
      return asked > 2 || stopping.signal.aborted;
    },
  } as AbortSignal;
  expect(await upkeep((visit) => kept.first.store.moveDataToFiles(visit, stopsSoon))).toBe(2);
  expect(await inRows()).toBe('4');
  await check();
  expect(await upkeep((visit) => kept.first.store.moveDataToFiles(visit))).toBe(4);
  expect(await inRows()).toBe('0');
  await check();
  expect(await upkeep((visit) => kept.first.store.moveDataToFiles(visit))).toBe(0);
});

test('two servers that move at the same time move each version once', async () => {
  const content = randomBytes(20_000);
  const ids = await Promise.all([1, 2, 3, 4].map(() => asBefore([content])));
  const moved = await Promise.all(
    [kept.first, kept.second].map((server) => upkeep((visit) => server.store.moveDataToFiles(visit), server)),
  );
  expect(moved[0]! + moved[1]!).toBe(4);
  for (const id of ids) expect((await dataOf(id, null)).equals(content)).toBe(true);
  const { rows } = await kept.database.owner.query(
    'select count(*)::integer as blobs from postern.blob where file_id = any($1::uuid[])',
    [ids],
  );
  expect(rows).toEqual([{ blobs: 4 }]);
});
