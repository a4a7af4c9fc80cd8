/** The shared synthetic patients, read whole in every order, up to the door of the store. */
import { describe, expect, test } from 'vitest';
import { isObject } from '../../src/chart/index.ts';
import { type ImportReport, importSources } from '../../src/intake/index.ts';
import { MemoryImportStore, testDigest, testId } from '../support/memory-import-store.ts';
import { jsonFiles, sharedData } from '../support/third-party-inputs.ts';

const patients = sharedData('synthea');

async function importInto(store: MemoryImportStore, paths: readonly string[]): Promise<ImportReport> {
  return await importSources({ paths, store, deriveId: testId, digestOf: testDigest });
}

function* literalReferences(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* literalReferences(item);
  if (!isObject(value)) return;
  if (typeof value.reference === 'string') yield value.reference;
  for (const member of Object.values(value)) yield* literalReferences(member);
}

describe.runIf(patients !== null)('the synthetic patients', () => {
  test('import whole: every resource is valid, every reference leads to one', {
    timeout: 120_000,
  }, async () => {
    const store = new MemoryImportStore();
    const report = await importInto(store, [patients!]);
    expect(report.failures).toEqual([]);
    expect(report.files).toBe(69);
    expect(report.types.Patient).toMatchObject({ created: 67 });
    expect(report.total('created') + report.total('repeated')).toBe(28_062);
    // Organizations of one name count differently in files that were generated apart.
    const unresolved = report.warnings.filter(({ reason }) => !reason.startsWith('It differs'));
    expect(unresolved).toEqual([]);
    const literals = new Set([...store.items.values()].map((item) => `${item.type}/${item.id}`));
    const dangling = [...store.items.values()]
      .flatMap((item) => [...literalReferences(item.resource)])
      .filter((reference) => !reference.startsWith('#') && !literals.has(reference));
    expect(dangling).toEqual([]);

    const again = await importInto(store, [patients!]);
    expect(again.total('created') + again.total('updated') + again.total('failed')).toBe(0);
  });

  test('import alike when the files come in the opposite order', { timeout: 120_000 }, async () => {
    const folder = jsonFiles(patients!).filter((file) => file.includes('A_2021'));
    const forward = new MemoryImportStore();
    const backward = new MemoryImportStore();
    await importInto(forward, folder);
    const report = await importInto(backward, folder.toReversed());
    expect(report.failureCount + report.warningCount).toBe(0);
    const content = (store: MemoryImportStore): string[] =>
      [...store.items.values()].map(({ text }) => text).sort();
    expect(content(backward)).toEqual(content(forward));
  });
});
