/** The operations of https://hl7.org/fhir/R4/fhirpatch.html, and what none of them may do. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Definitions, loadDefinitions } from '../definitions.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { parseResource, writeResource } from '../resource-json.ts';
import { fhirPathPatch } from './fhir-path-patch.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

type Part = Readonly<Record<string, unknown>>;

/** `value` is either `{valueX: ...}` or a list of parts. */
function operation(
  type: string,
  path: string,
  { value, ...others }: { value?: Part | Part[]; [name: string]: unknown } = {},
) {
  const part: Part[] = [
    { name: 'type', valueCode: type },
    { name: 'path', valueString: path },
  ];
  for (const [name, given] of Object.entries(others)) {
    part.push(typeof given === 'number' ? { name, valueInteger: given } : { name, valueString: given });
  }
  if (Array.isArray(value)) part.push({ name: 'value', part: value });
  else if (value !== undefined) part.push({ name: 'value', ...value });
  return { name: 'operation', part };
}

const parametersOf = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

function patched(resource: object, ...operations: object[]): unknown {
  const copy = JSON.parse(JSON.stringify({ resourceType: 'Patient', ...resource })) as FhirResource;
  const { resourceType: _, ...result } = fhirPathPatch(parametersOf(...operations))(copy, definitions);
  return result;
}

const identifier = (...values: string[]) => ({
  identifier: values.map((value) => ({ system: 'urn:a', value })),
});

describe('add', () => {
  test('sets a single element', () => {
    const add = operation('add', 'Patient', { name: 'birthDate', value: { valueDate: '1930-01-01' } });
    expect(patched({ id: 'a' }, add)).toEqual({ id: 'a', birthDate: '1930-01-01' });
  });

  test('appends to a list, and begins one', () => {
    const add = operation('add', 'Patient', {
      name: 'identifier',
      value: { valueIdentifier: { value: 'c' } },
    });
    expect(patched({}, add)).toEqual({ identifier: [{ value: 'c' }] });
    expect(patched({ identifier: [{ value: 'a' }] }, add)).toEqual({
      identifier: [{ value: 'a' }, { value: 'c' }],
    });
  });

  test('reaches into what is there already', () => {
    const add = operation('add', 'Patient.contact[0]', { name: 'gender', value: { valueCode: 'male' } });
    expect(patched({ contact: [{ name: { text: 'a' } }] }, add)).toEqual({
      contact: [{ name: { text: 'a' }, gender: 'male' }],
    });
  });

  test('takes parts for what has no type of its own', () => {
    const value = [
      { name: 'name', valueHumanName: { text: 'a name' } },
      { name: 'telecom', valueContactPoint: { value: '1' } },
      { name: 'telecom', valueContactPoint: { value: '2' } },
    ];
    const add = operation('add', 'Patient', { name: 'contact', value });
    expect(patched({}, add)).toEqual({
      contact: [{ name: { text: 'a name' }, telecom: [{ value: '1' }, { value: '2' }] }],
    });
  });

  test('names a choice by the type of its value', () => {
    const add = operation('add', 'Patient', { name: 'deceased', value: { valueBoolean: true } });
    expect(patched({}, add)).toEqual({ deceasedBoolean: true });
    const again = operation('add', 'Patient', { name: 'deceased', value: { valueDateTime: '2020' } });
    expect(() => patched({ deceasedBoolean: true }, again)).toThrow();
  });
});

describe('replace', () => {
  test('puts another value in the place of one', () => {
    const replace = operation('replace', 'Patient.birthDate', { value: { valueDate: '1931' } });
    expect(patched({ birthDate: '1930', _birthDate: { id: 'x' } }, replace)).toEqual({ birthDate: '1931' });
  });

  test('does so within a list, found by position or by what it holds', () => {
    for (const path of ['Patient.contact[1].name.text', "Patient.contact.where(name.text = 'b').name.text"]) {
      const replace = operation('replace', path, { value: { valueString: 'c' } });
      const contact = [{ name: { text: 'a' } }, { name: { text: 'b' } }];
      expect(patched({ contact }, replace)).toEqual({ contact: [contact[0], { name: { text: 'c' } }] });
    }
  });

  test('changes the type of a choice', () => {
    const replace = operation('replace', 'Patient.deceased', { value: { valueDateTime: '2020-01-01' } });
    expect(patched({ deceasedBoolean: false }, replace)).toEqual({ deceasedDateTime: '2020-01-01' });
  });

  test('keeps a number as it is written', () => {
    const resource = parseResource(
      '{"resourceType":"Observation","valueQuantity":{"value":1.0,"unit":"kg"}}',
    );
    const parameters = parseResource(
      JSON.stringify(parametersOf(operation('replace', 'Observation.value.value', { value: {} }))).replace(
        '"name":"value"',
        '"name":"value","valueDecimal":2.50',
      ),
    );
    expect(writeResource(fhirPathPatch(parameters)(resource, definitions))).toContain('"value":2.50');
  });
});

describe('delete', () => {
  test('takes an element away, and does nothing where there is none', () => {
    expect(patched({ birthDate: '1930', id: 'a' }, operation('delete', 'Patient.birthDate'))).toEqual({
      id: 'a',
    });
    expect(patched({ id: 'a' }, operation('delete', 'Patient.birthDate'))).toEqual({ id: 'a' });
  });

  test('takes one out of a list, and the list with the last', () => {
    const remove = operation('delete', 'Patient.identifier[0]');
    expect(patched(identifier('a', 'b'), remove)).toEqual(identifier('b'));
    expect(patched(identifier('a'), remove)).toEqual({});
  });

  test('is refused for several at once', () => {
    expect(() => patched(identifier('a', 'b'), operation('delete', 'Patient.identifier'))).toThrow();
  });
});

describe('insert', () => {
  test.each([
    [0, ['x', 'a', 'b']],
    [1, ['a', 'x', 'b']],
    [2, ['a', 'b', 'x']],
  ])('at %i', (index, values) => {
    const value = { valueIdentifier: { system: 'urn:a', value: 'x' } };
    expect(
      patched(identifier('a', 'b'), operation('insert', 'Patient.identifier', { index, value })),
    ).toEqual(identifier(...values));
  });

  test('begins a list, and goes nowhere beyond the end of one', () => {
    const insert = (index: number) =>
      operation('insert', 'Patient.identifier', {
        index,
        value: { valueIdentifier: { system: 'urn:a', value: 'x' } },
      });
    expect(patched({}, insert(0))).toEqual(identifier('x'));
    expect(() => patched({}, insert(1))).toThrow();
    expect(() => patched(identifier('a'), insert(2))).toThrow();
  });
});

describe('move', () => {
  test.each([
    [3, 1, ['a', 'd', 'b', 'c']],
    [0, 3, ['b', 'c', 'd', 'a']],
    [1, 0, ['b', 'a', 'c', 'd']],
    [1, 2, ['a', 'c', 'b', 'd']],
  ])('from %i to %i', (source, destination, values) => {
    expect(
      patched(
        identifier('a', 'b', 'c', 'd'),
        operation('move', 'Patient.identifier', { source, destination }),
      ),
    ).toEqual(identifier(...values));
  });

  test('stays within the list', () => {
    expect(() =>
      patched(identifier('a'), operation('move', 'Patient.identifier', { source: 0, destination: 1 })),
    ).toThrow();
  });
});

describe('a patch', () => {
  const maritalStatus = { coding: [{ system: 'urn:m', code: 'M' }, { code: 'x' }], text: 'married' };
  const cases: readonly [name: string, before: object, operations: object[], after: object][] = [
    [
      'takes its operations in their order, each on what the one before left',
      identifier('a', 'b', 'c'),
      [
        operation('delete', 'Patient.identifier[0]'),
        operation('insert', 'Patient.identifier', {
          index: 1,
          value: { valueIdentifier: { system: 'urn:a', value: 'd' } },
        }),
        operation('move', 'Patient.identifier', { source: 2, destination: 0 }),
      ],
      identifier('c', 'b', 'd'),
    ],
    [
      'turns a list round by moves',
      identifier('a', 'b', 'c'),
      [
        operation('move', 'Patient.identifier', { source: 2, destination: 0 }),
        operation('move', 'Patient.identifier', { source: 2, destination: 1 }),
      ],
      identifier('c', 'b', 'a'),
    ],
    [
      'adds to what it added',
      {},
      [
        operation('add', 'Patient', {
          name: 'contact',
          value: [{ name: 'name', valueHumanName: { text: 'a' } }],
        }),
        operation('add', 'Patient.contact[0]', { name: 'gender', value: { valueCode: 'female' } }),
        operation('add', 'Patient.contact[0].name', { name: 'family', value: { valueString: 'b' } }),
      ],
      { contact: [{ name: { text: 'a', family: 'b' }, gender: 'female' }] },
    ],
    [
      'replaces an element that has elements whole',
      { maritalStatus },
      [operation('replace', 'Patient.maritalStatus', { value: { valueCodeableConcept: { text: 'other' } } })],
      { maritalStatus: { text: 'other' } },
    ],
    [
      'replaces, adds and deletes within one',
      { maritalStatus },
      [
        operation('replace', 'Patient.maritalStatus.coding[0].code', { value: { valueCode: 'S' } }),
        operation('delete', 'Patient.maritalStatus.coding[1]'),
        operation('delete', 'Patient.maritalStatus.text'),
        operation('add', 'Patient.maritalStatus.coding[0]', { name: 'display', value: { valueString: 's' } }),
      ],
      { maritalStatus: { coding: [{ system: 'urn:m', code: 'S', display: 's' }] } },
    ],
    [
      'deletes an element that has elements, and one that has no type of its own',
      { maritalStatus, contact: [{ name: { text: 'a' } }], active: true },
      [operation('delete', 'Patient.maritalStatus'), operation('delete', 'Patient.contact[0]')],
      { active: true },
    ],
    [
      'may come to where it began',
      { birthDate: '1920-01-01' },
      [
        operation('replace', 'Patient.birthDate', { value: { valueDate: '1930-01-01' } }),
        operation('replace', 'Patient.birthDate', { value: { valueDate: '1920-01-01' } }),
      ],
      { birthDate: '1920-01-01' },
    ],
  ];
  test.each(cases)('%s', (_, before, operations, after) => {
    expect(patched(before, ...operations)).toEqual(after);
  });

  test('that fails in its last operation changes nothing for who asks', () => {
    const fine = operation('replace', 'Patient.birthDate', { value: { valueDate: '1930' } });
    const wrong = operation('replace', 'Patient.gender', { value: { valueCode: 'male' } });
    expect(() => patched({ birthDate: '1920' }, fine, wrong)).toThrow(
      expect.objectContaining({ code: 'not-processable', expression: ['Parameters.parameter[1]'] }),
    );
  });
});

describe('a path', () => {
  test.each([
    [
      "Patient.extension('urn:x').value",
      { extension: [{ url: 'urn:x', valueString: 'n' }, { url: 'urn:y' }] },
    ],
    [
      'Patient.extension.first().value.ofType(string)',
      { extension: [{ url: 'urn:x', valueString: 'n' }, { url: 'urn:y' }] },
    ],
    ['extension[0].value', { extension: [{ url: 'urn:x', valueString: 'n' }, { url: 'urn:y' }] }],
  ])('may be %s', (path, result) => {
    const extension = [{ url: 'urn:x', valueString: 'o' }, { url: 'urn:y' }];
    expect(patched({ extension }, operation('replace', path, { value: { valueString: 'n' } }))).toEqual(
      result,
    );
  });

  test.each([
    'Patient.name.repeat(given)',
    "Patient.name.where(family.matches('(a+)+$'))",
    'Patient.descendants()',
    'Patient.name.where(',
    'Patient | Practitioner',
    'Patient.name[x]',
    '%resource',
    'Patient.__proto__',
    'a'.repeat(2000),
  ])('may not be %s', (path) => {
    expect(() =>
      patched({ name: [{ family: 'a' }] }, operation('replace', path, { value: { valueString: 'x' } })),
    ).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(?:invalid|not-processable)$/) }));
  });
});

test.each([
  { resourceType: 'Patient' },
  parametersOf(),
  parametersOf({ name: 'other' }),
  parametersOf(operation('test', 'Patient')),
  parametersOf(operation('add', 'Patient', { value: { valueString: 'x' } })),
  parametersOf(operation('replace', 'Patient.id')),
  parametersOf(operation('move', 'Patient.name', { source: 1 })),
  parametersOf(operation('insert', 'Patient.name', { index: -1, value: { valueString: 'x' } })),
])('refuses what is no patch: %j', (parameters) => {
  expect(() => fhirPathPatch(parameters)).toThrow(expect.objectContaining({ code: 'invalid' }));
});

test('puts nothing where R4 has no element, and never the whole resource away', () => {
  const value = { valueString: 'x' };
  for (const each of [
    operation('add', 'Patient', { name: 'unheardOf', value }),
    operation('add', 'Patient', { name: '__proto__', value }),
    operation('add', 'Patient', { name: 'constructor', value }),
    operation('replace', 'Patient', { value }),
    operation('delete', 'Patient'),
  ]) {
    expect(() => patched({ id: 'a' }, each)).toThrow(expect.objectContaining({ code: 'not-processable' }));
  }
});
