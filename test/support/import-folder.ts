/**
 * A folder of files to import, a store to import them into, and the resources that import tests are made of.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type ImportOptions, type ImportReport, importSources } from '../../src/intake/index.ts';
import { MemoryImportStore, testDigest, testId } from './memory-import-store.ts';

export let folder: string;
export let store: MemoryImportStore;

/** Imports go to another store from here on, as after a restart elsewhere. */
export function useStore(next: MemoryImportStore): void {
  store = next;
}

/** A fresh folder and store for each test of the file that calls this. */
export function freshImport(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-import-'));
    store = new MemoryImportStore();
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
}

export type Json = Record<string, unknown>;

export async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  await writeFile(path, text);
  return path;
}

export async function run(more: Partial<ImportOptions> = {}): Promise<ImportReport> {
  const options = { paths: [folder], deriveId: testId, digestOf: testDigest, store, ...more };
  return await importSources(options);
}

export const bundle = (type: string, ...entry: Json[]): Json => ({ resourceType: 'Bundle', type, entry });
export const patient = (id: string, more: Json = {}): Json => ({ resourceType: 'Patient', id, ...more });
export const observation = (id: string, subject: string, more: Json = {}): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'weight' },
  subject: { reference: subject },
  ...more,
});

/** The reference at an element of the only resource of a type. */
export function referenceOf(type: string, element: string): string | undefined {
  const [item] = store.all(type);
  return (item?.resource[element] as { reference?: string } | undefined)?.reference;
}

export const literal = (type: string): string => `${type}/${store.all(type)[0]?.id}`;
export const reasons = (report: ImportReport): string[] =>
  report.failures.map(({ path, reason }) => `${path}: ${reason}`);
