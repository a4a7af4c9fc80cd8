/**
 * The published cases of the specification's own validator: where we differ is listed with the reason, and
 * `docs/conformance.md` shows the list. `UPDATE=1` writes the document anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadDefinitions } from '../../src/chart/index.ts';
import { sharedData } from '../support/third-party-inputs.ts';
import { agreementSection, type Comparison, casesIn, compare, differs } from './validator-agreement.ts';
import { DIFFERENCES } from './validator-differences.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'conformance.md');
const SECTION = /(?<=<!-- validator -->\n\n)[\s\S]*?(?=\n\n<!-- end -->)/;
const folder = sharedData('fhir/validator-r4-base');

describe.runIf(folder !== null)("the cases of the specification's validator", () => {
  let comparisons: Comparison[];
  beforeAll(async () => {
    const definitions = await loadDefinitions();
    comparisons = casesIn(folder!).map((one) => compare(definitions, folder!, one));
  });

  test('agree, or the reason is known', () => {
    const names = comparisons.filter(differs).map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(DIFFERENCES).sort());
  });

  test('are told in the document as they are', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const section = agreementSection(comparisons);
    if (process.env.UPDATE === '1')
      writeFileSync(
        DOCUMENT,
        text.replace(SECTION, () => section),
      );
    else expect(SECTION.exec(text)?.[0]).toBe(section);
  });
});
