import { beforeAll, expect, test } from 'vitest';
import { buildDefinitions } from './build-definitions.ts';
import type { DefinitionFile } from './definition-rules.ts';
import { Definitions, loadDefinitions } from './definitions.ts';
import { TYPES } from './type-registry.ts';

let file: DefinitionFile;
beforeAll(() => {
  file = buildDefinitions();
});

test('every type that an element names is defined', () => {
  const named = file.rules.filter((rule) => !rule.primitive).map((rule) => rule.type);
  expect(named.filter((type) => file.types[type] === undefined)).toEqual([]);
});

test('every type of the registry is a resource of R4', async () => {
  const definitions = await loadDefinitions();
  expect([...TYPES.keys()].filter((type) => definitions.resource(type) === undefined)).toEqual([]);
});

test('nothing for readers is left: the whole stays a fiftieth of what is published', () => {
  expect(JSON.stringify(file).length).toBeLessThan(700_000);
});

test('required codes are those of the published value sets', () => {
  const definitions = new Definitions(file);
  const gender = definitions.type('Patient')?.elements.get('gender');
  const allowed = ['male', 'female', 'other', 'unknown', 'm', ''].map((code) =>
    definitions.allows(gender!.codes!, code),
  );
  expect(allowed).toEqual([true, true, true, true, false, false]);
});

test('a choice has one name for each of its types, and nested types refer to themselves', () => {
  const definitions = new Definitions(file);
  expect(definitions.type('Patient')?.elements.get('deceasedDateTime')).toMatchObject({
    type: 'dateTime',
    choice: 'deceased',
    list: false,
  });
  expect(definitions.type('Questionnaire.item')?.elements.get('item')?.type).toBe('Questionnaire.item');
});

test('abstract types and names that objects inherit are no resources', () => {
  const definitions = new Definitions(file);
  for (const name of ['Resource', 'DomainResource', 'HumanName', '__proto__', 'constructor', 1, null]) {
    expect(definitions.resource(name)).toBeUndefined();
  }
});
