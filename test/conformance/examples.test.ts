/**
 * The shared example resources come back as they were sent; those that cannot be kept are listed in
 * `refused-examples.json` and counted in `docs/conformance.md`. `UPDATE=1` writes both anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RoundTrip, roundTrip } from '../support/example-round-trip.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';
import { jsonFiles, sharedData } from '../support/third-party-inputs.ts';

const FOLDERS = ['r4-spec-examples', 'us-core/examples-6.1.0'];
const LIST = join(import.meta.dirname, 'refused-examples.json');
const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'conformance.md');
const SECTION = /(?<=<!-- examples -->\n\n)[\s\S]*?(?=\n\n<!-- end -->)/;
const shared = sharedData('fhir');

/** A Bundle is not kept as one: an import takes it apart. */
function resourceFiles(folder: string): string[] {
  return jsonFiles(`${shared}/${folder}`).filter((file) => !readFileSync(file, 'utf8').includes('"Bundle"'));
}

describe.runIf(shared !== null)('the shared examples', () => {
  let served: ServedPractices;
  const results: Record<string, RoundTrip> = {};

  beforeAll(async () => {
    served = await servePractices();
    for (const folder of FOLDERS) results[folder] = await roundTrip(served, resourceFiles(folder));
  }, 120_000);
  afterAll(() => served.close());

  test.each(FOLDERS)('of %s come back equal but for what is given and rewritten', (folder) => {
    expect(results[folder]!.changed).toEqual({});
    expect(results[folder]!.equal).toBeGreaterThan(170);
  });

  test('that have no owner here, or no type, are refused as listed', () => {
    const refused = Object.fromEntries(FOLDERS.map((folder) => [folder, results[folder]!.refused]));
    if (process.env.UPDATE === '1') writeFileSync(LIST, `${JSON.stringify(refused, null, 2)}\n`);
    expect(refused).toEqual(JSON.parse(readFileSync(LIST, 'utf8')));
  });

  test('are counted in the document as they are', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const section = examplesSection(results);
    if (process.env.UPDATE === '1')
      writeFileSync(
        DOCUMENT,
        text.replace(SECTION, () => section),
      );
    else expect(SECTION.exec(text)?.[0]).toBe(section);
  });
});

function examplesSection(results: Readonly<Record<string, RoundTrip>>): string {
  const rows = Object.entries(results).map(([folder, { equal, changed, refused }]) => {
    const counts = [equal, Object.keys(changed).length, Object.keys(refused).length];
    return `| ${folder} | ${counts.join(' | ')} |`;
  });
  const why = new Map<string, number>();
  for (const reason of Object.values(results).flatMap(({ refused }) => Object.values(refused))) {
    const general = reason.replace(/^[A-Z]\w*(?:\.\w+)+ /, 'the element of the owner ');
    why.set(general, (why.get(general) ?? 0) + 1);
  }
  const reasons = [...why].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `| ${count} | ${reason} |`);
  return [
    '| examples | equal | changed | refused |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| refused | because |',
    '|---|---|',
    ...reasons,
  ].join('\n');
}
