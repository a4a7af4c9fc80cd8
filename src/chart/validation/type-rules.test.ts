import { beforeAll, expect, test } from 'vitest';
import { type Definitions, loadDefinitions } from '../definitions.ts';
import { validate } from '../validation.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

function findings(resource: unknown): string[] {
  return validate(definitions, resource).map((issue) => `${issue.code} ${issue.expression}`);
}

const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});
const media = (content: object): object => ({ resourceType: 'Media', status: 'completed', content });
const condition = (code: object): object => ({
  resourceType: 'Condition',
  subject: { display: 'x' },
  clinicalStatus: code,
});
const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const patient = { resourceType: 'Patient', id: 'p', active: true };
const bundle = (type: string, entry: object[], more: object = {}): object => ({
  resourceType: 'Bundle',
  type,
  entry,
  ...more,
});

test.each<[string, object, string[]]>([
  [
    'an attachment of the size that it states',
    media({ contentType: 'text/plain', data: 'aGVsbG8=', size: 5 }),
    [],
  ],
  [
    'an attachment of another size',
    media({ contentType: 'text/plain', data: 'aGVsbG8=', size: 4 }),
    ['structure Media.content'],
  ],
  ['a media type', media({ contentType: 'text/xml; charset=utf-8' }), []],
  ['what is no media type', media({ contentType: 'letter' }), ['code-invalid Media.content.contentType']],
  [
    'a relative code system',
    observation({ code: { coding: [{ system: 'x', code: 'y' }] } }),
    ['value Observation.code.coding[0].system'],
  ],
  [
    'a value set for a code system',
    observation({
      code: { coding: [{ system: 'http://hl7.org/fhir/ValueSet/x', code: 'y' }] },
    }),
    ['value Observation.code.coding[0].system'],
  ],
  [
    'a reference of no form',
    observation({ subject: { reference: 'x' } }),
    ['value Observation.subject.reference'],
  ],
  [
    'a canonical of the wrong type',
    {
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      questionnaire: 'http://hl7.org/fhir/ValueSet/x',
    },
    ['value QuestionnaireResponse.questionnaire'],
  ],
  [
    'a required concept',
    condition({
      coding: [
        { system: 'http://x', code: 'y' },
        { system: CLINICAL, code: 'active' },
      ],
    }),
    [],
  ],
  [
    'a concept without a required code',
    condition({ text: 'active' }),
    ['code-invalid Condition.clinicalStatus'],
  ],
  [
    'a required code from another system',
    condition({ coding: [{ system: 'http://x', code: 'active' }] }),
    ['code-invalid Condition.clinicalStatus'],
  ],
  [
    'an extension instead of a required code',
    {
      ...patient,
      _gender: { extension: [{ url: 'http://x', valueCode: 'unknown' }] },
    },
    ['code-invalid Patient.gender'],
  ],
  [
    'a contained resource that nothing refers to',
    observation({ contained: [patient] }),
    ['invariant Observation.contained[0]'],
  ],
  [
    'a contained resource that is referred to',
    observation({ contained: [patient], subject: { reference: '#p' } }),
    [],
  ],
  [
    'a contained resource of the wrong type',
    observation({ contained: [patient], encounter: { reference: '#p' } }),
    ['value Observation.encounter'],
  ],
  [
    'a reference to nothing contained, wherever it stands',
    observation({ focus: [{ reference: '#p' }] }),
    ['invariant Observation.focus[0]'],
  ],
  [
    'a relative canonical address',
    { resourceType: 'ValueSet', status: 'draft', url: 'x' },
    ['value ValueSet.url'],
  ],
  [
    'HTML entities',
    { ...patient, text: { status: 'generated', div: '<div>&nbsp;</div>' } },
    ['value Patient.text.div'],
  ],
])('%s', (_, resource, expected) => {
  expect(findings(resource)).toEqual(expected);
});

test.each<[string, object, string[]]>([
  ['a named entry', bundle('collection', [{ fullUrl: 'urn:uuid:x', resource: patient }]), []],
  [
    'a relative fullUrl',
    bundle('collection', [{ fullUrl: 'Patient/p', resource: patient }]),
    ['value Bundle.entry[0].fullUrl'],
  ],
  ['no fullUrl', bundle('collection', [{ resource: patient }]), ['required Bundle.entry[0].fullUrl']],
  [
    'a page of no search',
    bundle('collection', [], { entry: undefined, link: [{ relation: 'next', url: 'http://x' }] }),
    ['value Bundle.link[0].relation'],
  ],
  [
    'a result of another type',
    bundle('searchset', [{ resource: patient, search: { mode: 'match' } }], {
      link: [{ relation: 'self', url: 'http://x/Observation?code=y' }],
    }),
    ['value Bundle.entry[0].resource'],
  ],
  [
    'an outcome that is none',
    bundle('searchset', [{ resource: patient, search: { mode: 'outcome' } }]),
    ['value Bundle.entry[0].resource'],
  ],
])('in a bundle, %s', (_, resource, expected) => {
  expect(findings(resource)).toEqual(expected);
});

test('a document has what its Composition refers to, once', () => {
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { text: 'x' },
    date: '2026',
    author: [{ display: 'x' }],
    title: 'x',
    subject: { reference: 'Patient/p' },
  };
  const document = (...patients: object[]) =>
    findings({
      ...bundle('document', [{ fullUrl: 'http://x/Composition/c', resource: composition }, ...patients]),
      identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:x' },
      timestamp: '2026-01-01T00:00:00Z',
    });
  const entry = { fullUrl: 'http://x/Patient/p', resource: patient };
  expect(document(entry)).toEqual([]);
  expect(document()).toEqual(['not-found Bundle.entry[0].resource.subject']);
  const other = { ...entry, resource: { ...patient, meta: { versionId: '2' } } };
  expect(document(entry, other)).toEqual(['multiple-matches Bundle.entry[0].resource.subject']);
});
