import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  bundle,
  file,
  folder,
  freshImport,
  observation,
  patient,
  reasons,
  run,
  store,
} from '../../../test/support/import-folder.ts';

freshImport();

test('a second run changes nothing, and a changed resource is updated', async () => {
  const path = await file(
    'a.json',
    bundle('batch', { resource: patient('p') }, { resource: observation('o', 'Patient/p') }),
  );
  await run();
  const before = [...store.items.values()].map(({ text }) => text);
  const again = await run();
  expect(again.types).toMatchObject({ Patient: { unchanged: 1 }, Observation: { unchanged: 1 } });
  expect([...store.items.values()].map(({ text }) => text)).toEqual(before);
  const changed = observation('o', 'Patient/p', { status: 'amended', meta: { versionId: '2' } });
  await writeFile(path, JSON.stringify(bundle('batch', { resource: patient('p') }, { resource: changed })));
  expect((await run()).types).toMatchObject({ Patient: { unchanged: 1 }, Observation: { updated: 1 } });
});

test('a run that is killed is finished by the next', async () => {
  const observations = Array.from({ length: 20 }, (_, id) => ({
    resource: observation(`o${id}`, 'Patient/p'),
  }));
  await file('a.json', bundle('batch', { resource: patient('p') }, ...observations));
  store.failsAfter = 3;
  await expect(run({ batchSize: 4 })).rejects.toThrow('killed');
  const stored = store.items.size;
  expect(stored).toBeLessThan(21);
  store.failsAfter = Number.POSITIVE_INFINITY;
  const report = await run({ batchSize: 4 });
  expect(report.total('unchanged')).toBe(stored);
  expect(report.total('created')).toBe(21 - stored);
  expect(report.total('failed')).toBe(0);
});

test('a dry run validates and stores nothing', async () => {
  await file(
    'a.json',
    bundle('batch', { resource: patient('p') }, { resource: observation('o', 'Patient/p', { status: 'x' }) }),
  );
  const report = await run({ dryRun: true });
  expect(report.types).toMatchObject({ Patient: { created: 1 }, Observation: { failed: 1 } });
  expect(store.puts).toBe(0);
});

test('an import stops between batches when asked to', async () => {
  const patients = Array.from({ length: 30 }, (_, id) => ({ resource: patient(`p${id}`) }));
  await file('a.json', bundle('batch', ...patients));
  const controller = new AbortController();
  const report = await run({
    batchSize: 5,
    signal: controller.signal,
    onProgress: ({ stage }) => {
      if (stage === 'storing') controller.abort();
    },
  });
  expect(report.interrupted).toBe(true);
  expect(store.items.size).toBeLessThan(30);
});

test('what the store refuses is reported, and the batch goes on', async () => {
  await file('a.json', bundle('batch', { resource: patient('p') }, { resource: patient('q') }));
  store.refuse = (item) => (item.key.endsWith('/p') ? 'No room.' : null);
  const report = await run();
  expect(reasons(report)).toEqual(['entry[0] (Patient): No room.']);
  expect(report.total('created')).toBe(1);
});

test('decimals arrive as they were written', async () => {
  await file('p.json', patient('p'));
  await file(
    'o.json',
    JSON.stringify(observation('o', 'Patient/p', { valueQuantity: { value: 99 } })).replace('99', '1.10'),
  );
  await run();
  expect(store.all('Observation')[0]?.text).toContain('"value":1.10}');
});

test('resources keep what they were called, and lose version and time of change', async () => {
  const meta = { versionId: '3', lastUpdated: '2020-01-01T00:00:00Z', tag: [{ code: 't' }] };
  await file('p.json', patient('p', { meta }));
  await run();
  expect(store.all('Patient')[0]?.resource.meta).toEqual({
    tag: [{ code: 't' }],
    source: 'urn:postern:local/Patient/p',
  });
});

test('a path that is not there ends the import with its name', async () => {
  await expect(run({ paths: [join(folder, 'absent')] })).rejects.toThrow(/absent/);
});
