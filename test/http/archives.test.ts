/** Whole charts as one zip: what is in it, for whom, and how it goes out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readResource } from '../../src/chart/index.ts';
import { type ArchiveDesk, CLINICAL, openArchiveDesk, SENSITIVE } from '../support/archive-desk.ts';
import type { ServedPractices } from '../support/served-practices.ts';

let desk: ArchiveDesk;
let served: ServedPractices;
beforeAll(async () => {
  desk = await openArchiveDesk();
  ({ served } = desk);
});
afterAll(() => served.close());

interface Entry {
  readonly fullUrl: string;
  readonly resource: { readonly resourceType: string; readonly id: string };
}

test('a patient gets a zip with everything of their chart', async () => {
  await desk.document('../../Letter "of" CON.pdf', '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
  const location = await desk.made(desk.patient);
  const entries = await desk.entries(desk.patient, location);
  if (process.env.OUT) {
    for (const [name, { bytes }] of entries) {
      const path = `${process.env.OUT}/${name}`;
      mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      writeFileSync(path, bytes);
    }
  }
  const bundle = readResource(entries.get('fhir/bundle.json')!.bytes.toString()) as unknown as {
    entry: Entry[];
  };
  expect(served.store.validate(bundle as never)).toEqual([]);
  expect(entries.get('c-cda/summary.xml')!.bytes.toString()).toContain(CLINICAL);
  expect(entries.get('c-cda/summary.xml')!.bytes.toString()).toContain(SENSITIVE);
});
