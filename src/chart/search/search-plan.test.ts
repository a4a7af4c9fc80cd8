import { describe, expect, it } from 'vitest';
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { TYPES } from '../type-registry.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { indexTerms } from './index-terms.ts';
import { parametersOf } from './parameters.ts';
import { MAX_COUNT, parseSearch } from './search-plan.ts';

const ANNA = '0a000000-0000-4000-8000-000000000001';
const plan = (type: string, query: string) =>
  parseSearch(type, new URLSearchParams(query), {
    now: new Date('2024-01-01T00:00:00Z'),
    ownBases: ['https://here.example/fhir'],
  });
const matches = (resource: object, query: string) =>
  plan((resource as FhirResource).resourceType, query).matches(resource as FhirResource);

const patient = {
  resourceType: 'Patient',
  id: ANNA,
  meta: { lastUpdated: '2023-05-01T10:00:00.123Z' },
  name: [{ family: 'Müller-Łukasz', given: ['Anna Maria', 'Zoë'], prefix: ['Dr.'] }],
  birthDate: '1980-05-17',
  gender: 'female',
  identifier: [{ system: 'urn:mrn', value: 'MRN-77' }],
  telecom: [
    { system: 'phone', value: '+1 (617) 555-0134 x12' },
    { system: 'email', value: 'Anna@Example.org' },
  ],
  address: [{ city: 'New York', postalCode: '10001' }],
};

const observation = {
  resourceType: 'Observation',
  id: '0b000000-0000-4000-8000-000000000001',
  status: 'final',
  category: [{ coding: [{ system: 'urn:cat', code: 'vital-signs' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }, { code: 'BP-sys' }] },
  subject: { reference: `Patient/${ANNA}` },
  encounter: { reference: 'Encounter/e1' },
  effectiveDateTime: '2020-05-17T10:00:00Z',
};

describe('a search plan', () => {
  it('names the chart by every form of the patient, and nothing for what is nobody', () => {
    const forms = [ANNA, `Patient/${ANNA}`, `https://here.example/fhir/Patient/${ANNA}`];
    for (const form of forms) {
      expect(plan('Observation', `patient=${form}`).charts).toEqual([ANNA]);
      expect(matches(observation, `subject=${form}`)).toBe(true);
    }
    expect(plan('Observation', `subject:Patient=${ANNA}`).charts).toEqual([ANNA]);
    for (const form of ['Group/1', 'x', `https://there.example/Patient/${ANNA}`, ANNA.toUpperCase()]) {
      expect(plan('Observation', `subject=${form}`).charts).toEqual([]);
      expect(matches(observation, `subject=${form}`)).toBe(false);
    }
    expect(plan('Observation', 'code=1').charts).toBeNull();
  });

  it('takes a repeated parameter as and, a comma as or', () => {
    const other = ANNA.replace(/1$/, '2');
    expect(plan('Observation', `patient=${ANNA},${other}`).charts).toEqual([ANNA, other]);
    expect(plan('Observation', `patient=${ANNA}&patient=${other}`).charts).toEqual([]);
    expect(matches(observation, 'code=1,8480-6')).toBe(true);
    expect(matches(observation, 'code=1&code=8480-6')).toBe(false);
    expect(plan('Observation', 'code=a,b').tokens).toEqual([
      {
        param: 'code',
        anyOf: [
          { param: 'code', value: 'a' },
          { param: 'code', value: 'b' },
        ],
        wide: false,
      },
    ]);
  });

  it('matches tokens without case, with and without their system', () => {
    for (const code of ['8480-6', 'http://loinc.org|8480-6', '|bp-SYS', 'http://loinc.org|']) {
      expect(matches(observation, `code=${encodeURIComponent(code)}`), code).toBe(true);
    }
    for (const code of ['urn:x|8480-6', '|8480-6', 'urn:x|', '8480']) {
      expect(matches(observation, `code=${encodeURIComponent(code)}`), code).toBe(false);
    }
    expect(matches(observation, 'status=FINAL')).toBe(true);
    expect(matches(observation, 'code:not=8480-6')).toBe(false);
    expect(matches(observation, 'code:not=1')).toBe(true);
    expect(plan('Observation', 'code:not=1').rechecked).toEqual(['code']);
  });

  it('keeps a comma that is escaped', () => {
    const resource = { ...patient, identifier: [{ value: 'a,b|c' }] };
    expect(matches(resource, `identifier=${encodeURIComponent('a\\,b\\|c')}`)).toBe(true);
    expect(matches(resource, 'identifier=a,b')).toBe(false);
  });

  it('finds names by the beginnings of their words, without case or accents', () => {
    for (const name of [
      'mul',
      'MÜLLER',
      'lukasz',
      'anna',
      'maria anna',
      'zoe',
      'müller-l',
      'anna zoë muller',
    ]) {
      expect(matches(patient, `name=${name}`), name).toBe(true);
    }
    for (const name of ['nna', 'dr', 'annamaria', 'muller peter']) {
      expect(matches(patient, `name=${name}`), name).toBe(false);
    }
    expect(matches(patient, 'family=luk')).toBe(true);
    expect(matches(patient, 'family=anna')).toBe(false);
    expect(matches(patient, 'family:exact=Müller-Łukasz')).toBe(true);
    expect(matches(patient, 'family:exact=müller-łukasz')).toBe(false);
    expect(matches(patient, 'given:contains=ari')).toBe(true);
    expect(plan('Patient', 'given:contains=ari').rechecked).toEqual(['given']);
    expect(matches(patient, 'address-city=new y')).toBe(true);
    expect(matches(patient, 'address-city=york new')).toBe(false);
  });

  it('finds phones by digits, with or without area code, and mail without case', () => {
    for (const phone of ['555-0134', '6175550134', '+16175550134', '(617) 555-0134']) {
      expect(matches(patient, `phone=${encodeURIComponent(phone)}`), phone).toBe(true);
    }
    expect(matches(patient, 'phone=0134')).toBe(false);
    expect(matches(patient, 'email=anna@example.org')).toBe(true);
    expect(matches(patient, 'telecom=anna@example.org')).toBe(true);
    expect(plan('Patient', 'telecom=5550134').tokens[0]!.anyOf).toContainEqual({
      param: 'phone',
      value: '5550134',
    });
  });

  it('finds a birth date by day, month or year through tokens, and compares it otherwise', () => {
    for (const date of ['1980', '1980-05', '1980-05-17', 'eq1980']) {
      expect(matches(patient, `birthdate=${date}`)).toBe(true);
      expect(plan('Patient', `birthdate=${date}`).tokens).toHaveLength(1);
    }
    expect(matches(patient, 'birthdate=lt1990')).toBe(true);
    expect(plan('Patient', 'birthdate=lt1990').rechecked).toEqual(['birthdate']);
  });

  it('asks the row for the clinical instant and the time of update', () => {
    const found = plan('Observation', 'date=ge2020-05&date=lt2020-06&_lastUpdated=gt2020');
    expect(found.at).toEqual([
      [{ highFrom: new Date('2020-05-01T00:00:00.000Z') }],
      [{ lowTo: new Date('2020-05-31T23:59:59.999Z') }],
    ]);
    expect(found.updated).toEqual([[{ highFrom: new Date('2021-01-01T00:00:00.000Z') }]]);
    expect(matches(patient, '_lastUpdated=2023-05')).toBe(true);
    expect(plan('Condition', 'recorded-date=2020').dates[0]!.param).toBe('recorded-date');
    expect(plan('Condition', 'onset-date=2020').at).toHaveLength(1);
  });

  it('matches references by id, type and own address', () => {
    for (const to of [
      'e1',
      'Encounter/e1',
      'https://here.example/fhir/Encounter/e1',
      'Encounter/e1/_history/3',
    ]) {
      expect(matches(observation, `encounter=${to}`), to).toBe(true);
    }
    for (const to of ['e2', 'Patient/e1', 'https://there.example/Encounter/e1']) {
      expect(matches(observation, `encounter=${to}`), to).toBe(false);
    }
  });

  it('knows what is missing', () => {
    expect(matches(observation, 'encounter:missing=false')).toBe(true);
    expect(matches(observation, 'performer:missing=true')).toBe(true);
    expect(matches(observation, 'patient:missing=true')).toBe(false);
    expect(plan('Observation', 'patient:missing=false').charts).toBeNull();
  });

  it('tells what it does not offer, and refuses a modifier that it does not know', () => {
    const ignored = plan(
      'Observation',
      '_content=x&subject.nothing=a&_has:Group:member:nothing=1&phonetic=x&_include=Observation:code' +
        '&_type=Patient&encounter.nothing.code=1&_has:Flag:encounter:code=1',
    );
    expect(ignored.ignored).toEqual([
      '_content',
      'subject.nothing',
      '_has:Group:member:nothing',
      'phonetic',
      '_type',
      'encounter.nothing.code',
      '_has:Flag:encounter:code',
      '_include=Observation:code',
    ]);
    expect(plan('Observation', '_format=json&_count=5').ignored).toEqual([]);
    for (const query of [
      'code:in=x',
      'code:exact=x',
      'date:exact=2020',
      'patient:exact=x',
      'encounter:not=x',
    ]) {
      expect(() => plan('Observation', query), query).toThrow(PosternError);
    }
  });

  it('refuses values in words that repeat none of them', () => {
    const wrong: [string, string][] = [
      ['Observation', 'date=SECRET'],
      ['Observation', 'code=SECRET|a|b'],
      ['Observation', 'code=,'],
      ['Observation', '_count=SECRET'],
      ['Patient', 'name=%27'],
      ['Observation', 'code:missing=SECRET'],
      ['Observation', '_cursor=SECRET'],
      ['Observation', 'code:SECRET=1'],
    ];
    for (const [type, query] of wrong) {
      const refusal = () => plan(type, query);
      expect(refusal, query).toThrow(PosternError);
      expect(refusal, query).not.toThrow(/SECRET/);
    }
    const many = Array.from({ length: 40 }, () => 'code=1').join('&');
    expect(() => plan('Observation', many)).toThrow(/at most/);
    expect(() => plan('Subscription', '')).toThrow(/no resources of this type/);
  });

  it('sorts, counts and pages', () => {
    expect(plan('Observation', '').sort).toEqual({ by: 'at', descending: true });
    expect(plan('Patient', '').sort).toEqual({ by: 'updated', descending: true });
    expect(plan('Condition', '_sort=onset-date').sort).toEqual({ by: 'at', descending: false });
    expect(plan('Observation', '_sort=-_lastUpdated').sort).toEqual({ by: 'updated', descending: true });
    expect(plan('Observation', '_sort=_id').sort).toEqual({ by: 'id', descending: false });
    expect(plan('Observation', '_count=100000').count).toBe(MAX_COUNT);
    const cursor = { after: new Date('2020-01-01T00:00:00.001Z'), place: null, id: ANNA as ResourceId };
    expect(plan('Observation', `_cursor=${encodeCursor(cursor)}`).cursor).toEqual(cursor);
    const bare = { after: null, place: null, id: ANNA as ResourceId };
    expect(decodeCursor(encodeCursor(bare))).toEqual(bare);
  });

  it('marks as practice-wide who people are and what stands in the book, and no diagnosis', () => {
    const wide = (type: string, query: string) => plan(type, query).tokens[0]!.wide;
    expect(wide('Patient', 'family=a')).toBe(true);
    expect(wide('Appointment', 'status=booked')).toBe(true);
    expect(wide('Slot', 'status=free')).toBe(true);
    expect(wide('Condition', 'code=a')).toBe(false);
    expect(wide('Observation', 'encounter=a')).toBe(false);
  });
});

describe('the parameters that are offered', () => {
  it('cover what US Core 6.1 asks for', () => {
    const required: Record<string, string> = {
      AllergyIntolerance: 'patient clinical-status',
      CarePlan: 'patient category date status',
      CareTeam: 'patient status role',
      Coverage: 'patient',
      Device: 'patient type status',
      Condition: 'patient category clinical-status encounter onset-date code recorded-date abatement-date',
      DiagnosticReport: 'patient category code date status',
      Immunization: 'patient date status',
      DocumentReference: 'patient category date type period status',
      Encounter: 'class date identifier location patient type status discharge-disposition',
      Goal: 'patient lifecycle-status target-date description',
      Location: 'name address address-city',
      MedicationRequest: 'patient intent status encounter authoredon',
      MedicationDispense: 'patient status type',
      Observation: 'patient category code date status',
      Organization: 'name address',
      Practitioner: 'name identifier',
      Patient: 'birthdate death-date family gender given identifier name',
      PractitionerRole: 'specialty practitioner',
      Procedure: 'patient code date status',
      QuestionnaireResponse: 'patient questionnaire authored status',
      RelatedPerson: 'patient name',
      ServiceRequest: 'patient category code authored status',
      Specimen: 'patient',
    };
    for (const [type, params] of Object.entries(required)) {
      for (const param of params.split(' ')) {
        const offered = parametersOf(type).has(param);
        // A goal's description is a token of text in US Core, which no code answers.
        expect(offered, `${type}.${param}`).toBe(true);
      }
    }
  });

  it('find the owner through the chart of the row wherever the registry names one', () => {
    for (const type of TYPES.values()) {
      const parameter = parametersOf(type.name).get('patient');
      if (type.owner.kind !== 'patient' || parameter === undefined) continue;
      expect(parameter.served, type.name).toBe('owner');
    }
  });

  it('serve every clinical instant that has a parameter', () => {
    for (const { name, at } of TYPES.values()) {
      if (at?.param == null) continue;
      expect(parametersOf(name).get(at.param)?.served, `${name}.${at.param}`).toBe('instant');
    }
  });
});

describe('index terms', () => {
  it('of a patient are beginnings of names, parts of the birth date, digits and identifiers', () => {
    const { tokens, at } = indexTerms(patient);
    const values = (param: string) => tokens.filter((term) => term.param === param).map((term) => term.value);
    expect(values('birthdate')).toEqual(['1980', '1980-05', '1980-05-17']);
    expect(values('phone')).toEqual(['5550134']);
    expect(values('email')).toEqual(['anna@example.org']);
    expect(values('identifier')).toEqual(['mrn-77']);
    expect(values('name').filter((value) => value.startsWith('l'))).toEqual([
      'l',
      'lu',
      'luk',
      'luka',
      'lukas',
      'lukasz',
    ]);
    expect(values('gender')).toEqual([]);
    expect(tokens.every((term) => term.wide)).toBe(true);
    expect(at).toBeNull();
  });

  it('of an observation are few', () => {
    expect(indexTerms(observation).tokens).toEqual([
      { param: 'code', value: '8480-6', wide: false },
      { param: 'code', value: 'bp-sys', wide: false },
      { param: 'encounter', value: 'e1', wide: false },
      { param: 'category', value: 'vital-signs', wide: false },
    ]);
    expect(indexTerms(observation).at).toEqual({
      low: new Date('2020-05-17T10:00:00.000Z'),
      high: new Date('2020-05-17T10:00:00.999Z'),
    });
  });
});
