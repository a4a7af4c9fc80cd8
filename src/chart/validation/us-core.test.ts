/** US Core 6.1.0: the file of its profiles is what its package says, and its examples are held to it. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPackage } from '../../../test/support/package-archive.ts';
import { jsonFiles, sharedData } from '../../../test/support/third-party-inputs.ts';
import { type Definitions, loadDefinitions } from '../definitions.ts';
import type { JsonObject } from '../fhir-resource.ts';
import { validate } from '../validation.ts';
import { usCoreText } from './print-us-core.ts';

const FILE = join(import.meta.dirname, 'us-core-6.1.0.json');
const PROFILE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
const folder = sharedData('fhir/us-core');

describe.runIf(folder !== null)('US Core', () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await loadDefinitions();
  });

  test('is known as its package has it', () => {
    const resources = [...readPackage(join(folder!, 'us_core_610.tgz'))]
      .filter(([name]) => /^package\/(?:StructureDefinition|ValueSet|CodeSystem)-/.test(name))
      .map(([, bytes]) => JSON.parse(bytes.toString()));
    expect(JSON.parse(usCoreText(resources))).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  });

  test('has examples that are valid, and none of them without what its profile requires', () => {
    const examples = jsonFiles(join(folder!, 'examples-6.1.0')).map((file) => ({
      name: basename(file),
      resource: JSON.parse(readFileSync(file, 'utf8')) as JsonObject,
    }));
    const refused = examples.filter(({ resource }) => validate(definitions, resource).length > 0);
    expect(refused.map(({ name }) => name)).toEqual([]);
    const claims = examples.flatMap(({ resource }) => profilesOf(resource).map((url) => ({ url, resource })));
    const tried = claims.flatMap(({ url, resource }) => {
      const rules = definitions.profile(url)!.root.elements ?? [];
      const required = rules.filter(
        ({ name, min = 0 }) =>
          min > 0 && Object.hasOwn(resource, name) && !Object.hasOwn(resource, `_${name}`),
      );
      return required.map(({ name }) => ({ name, without: { ...resource, [name]: undefined } }));
    });
    expect(tried.length).toBeGreaterThan(100);
    for (const { name, without } of tried) {
      const places = validate(definitions, without).map(({ expression }) => expression);
      expect(places).toContain(`${String(without.resourceType)}.${name}`);
    }
    expect(new Set(claims.map(({ url }) => url)).size).toBeGreaterThan(30);
  });
});

function profilesOf(resource: JsonObject): string[] {
  const meta = resource.meta as { profile?: string[] } | undefined;
  return (meta?.profile ?? []).filter((url) => url.startsWith(PROFILE));
}
