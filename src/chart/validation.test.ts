import { beforeAll, expect, test } from 'vitest';
import { type Definitions, loadDefinitions } from './definitions.ts';
import { assertValid, validate } from './validation.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

/** Findings as `code expression`, which is what callers act on. */
function findings(resource: unknown): string[] {
  return validate(definitions, resource).map((issue) => `${issue.code} ${issue.expression}`);
}

const patient = (more: object): object => ({ resourceType: 'Patient', ...more });
const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});

test('resources that R4 allows have no findings', () => {
  expect(findings(patient({ active: true }))).toEqual([]);
  expect(findings(patient({ birthDate: '2000-02-29', deceasedBoolean: false }))).toEqual([]);
  expect(findings(patient({ _birthDate: { extension: [{ url: 'u', valueCode: 'unknown' }] } }))).toEqual([]);
  expect(
    findings(
      patient({
        name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'u', valueCode: 'm' }] }] }],
      }),
    ),
  ).toEqual([]);
  expect(findings(observation({ valueQuantity: { value: 1.5, unit: 'x' } }))).toEqual([]);
  expect(findings(observation({ subject: { reference: 'urn:uuid:x' }, effectiveDateTime: '2020' }))).toEqual(
    [],
  );
});

test.each<[string, object, string[]]>([
  ['an element that R4 does not define', patient({ nickname: 'x' }), ['structure Patient.nickname']],
  ['an element whose name could be data', patient({ 'Jane Doe': 1 }), ['structure Patient']],
  [
    'a string where a number belongs',
    patient({ multipleBirthInteger: '2' }),
    ['value Patient.multipleBirthInteger'],
  ],
  [
    'a fraction where an integer belongs',
    patient({ multipleBirthInteger: 2.5 }),
    ['value Patient.multipleBirthInteger'],
  ],
  ['a list where one value belongs', patient({ gender: ['male'] }), ['structure Patient.gender']],
  ['one value where a list belongs', patient({ name: { family: 'x' } }), ['structure Patient.name']],
  ['an empty list', patient({ name: [] }), ['structure Patient.name']],
  ['an empty object', patient({ name: [{}] }), ['structure Patient.name[0]']],
  ['null', patient({ gender: null }), ['value Patient.gender']],
  ['null in a list', patient({ name: [{ given: ['a', null] }] }), ['value Patient.name[0].given[1]']],
  ['null in a list of objects', patient({ name: [null] }), ['structure Patient.name[0]']],
  ['a primitive where an object belongs', patient({ name: ['x'] }), ['structure Patient.name[0]']],
  ['a code outside a required set', patient({ gender: 'm' }), ['code-invalid Patient.gender']],
  ['a day that does not exist', patient({ birthDate: '2001-02-29' }), ['value Patient.birthDate']],
  ['a time without a zone', observation({ issued: '2020-01-01T10:00:00' }), ['value Observation.issued']],
  ['an empty string', patient({ implicitRules: '' }), ['value Patient.implicitRules']],
  ['control characters', patient({ name: [{ text: 'a\u0000b' }] }), ['value Patient.name[0].text']],
  ['half a surrogate pair', patient({ name: [{ text: 'a\ud800' }] }), ['value Patient.name[0].text']],
  ['a missing element', { resourceType: 'Observation', status: 'final' }, ['required Observation.code']],
  [
    'two of a choice',
    observation({ valueString: 'x', valueInteger: 1 }),
    ['structure Observation.valueInteger'],
  ],
  ['a companion of what is no primitive', patient({ _name: [{ id: 'x' }] }), ['structure Patient._name']],
  [
    'an extension with value and extensions',
    patient({ extension: [{ url: 'u' }] }),
    ['invariant Patient.extension[0]'],
  ],
  [
    'a period that ends before it starts',
    { resourceType: 'Patient', name: [{ period: { start: '2020', end: '2019-12-31' } }] },
    ['invariant Patient.name[0].period'],
  ],
  ['a contact without content', patient({ contact: [{ gender: 'male' }] }), ['invariant Patient.contact[0]']],
  [
    'a value beside the reason for its absence',
    observation({ valueString: 'x', dataAbsentReason: { text: 'y' } }),
    ['invariant Observation'],
  ],
  [
    'a reference to a type that may not stand there',
    observation({ subject: { reference: 'Observation/1' } }),
    ['value Observation.subject'],
  ],
  [
    'a reference to nothing contained',
    observation({ subject: { reference: '#p' } }),
    ['invariant Observation.subject'],
  ],
  [
    'a contained resource that contains',
    observation({
      contained: [
        {
          resourceType: 'Group',
          id: 'g',
          type: 'person',
          actual: true,
          contained: [{ resourceType: 'Basic', code: { text: 'x' } }],
        },
      ],
    }),
    ['invariant Observation.contained[0]'],
  ],
  [
    'a type that R4 does not have',
    observation({ contained: [{ resourceType: 'X' }] }),
    ['structure Observation.contained[0]'],
  ],
  ['an id with a slash', patient({ id: '../x' }), ['value Patient.id']],
  [
    'a script',
    patient({ text: { status: 'generated', div: '<div><script>1</script></div>' } }),
    ['value Patient.text.div'],
  ],
])('%s is found', (_, resource, expected) => {
  expect(findings(resource)).toEqual(expected);
});

test('what is no resource is found', () => {
  for (const value of [null, 1, 'x', [], {}, { resourceType: 'Resource' }, { resourceType: '__proto__' }]) {
    expect(findings(value)).toEqual(['structure Resource']);
  }
});

test('nesting without end is found before the stack gives out', () => {
  let extension: object = { url: 'u', valueCode: 'x' };
  for (let depth = 0; depth < 10_000; depth += 1) extension = { url: 'u', extension: [extension] };
  expect(findings(patient({ extension: [extension] }))[0]).toMatch(/^structure Patient\.extension\[0\]/);
});

test('names that every object inherits are not elements', () => {
  const hostile = JSON.parse(
    '{"resourceType":"Patient","__proto__":{"a":1},"constructor":{"a":1}}',
  ) as object;
  expect(findings(hostile)).toEqual(['structure Patient', 'structure Patient.constructor']);
});

test('a refusal names the places and repeats no value', () => {
  const secret = 'Xy7Secret';
  const hostile = patient({
    gender: secret,
    birthDate: secret,
    [secret]: 1,
    name: [{ given: secret }],
    text: { status: secret, div: secret },
    managingOrganization: { reference: `Patient/${secret}` },
  });
  expect(() => assertValid(definitions, hostile)).toThrow(/^Patient/);
  expect(JSON.stringify(validate(definitions, hostile))).not.toContain(secret);
});

test('as many references as there are contained resources cost no more than each of them', () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => `c${at}`);
  const contained = ids.map((id) => ({ id, ...observation({}) }));
  const hasMember = [...ids, 'nobody'].map((id) => ({ reference: `#${id}` }));
  expect(findings(observation({ contained, hasMember }))).toEqual(['invariant Observation.hasMember[20000]']);
});
