import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../test/support/third-party-inputs.ts';
import { wordsOf } from './classifier/value-set.ts';
import { citedReferences, classify, sensitivityOf, TOPIC_SETS } from './classifier.ts';
import type { FhirResource } from './fhir-resource.ts';
import { TYPES } from './type-registry.ts';

const CHART = 'Patient/0a000000-0000-4000-8000-000000000001';
const subject = { reference: CHART };
const sectionOf = (resource: object, context = {}) => classify(resource as FhirResource, context).section;
const condition = (more: object) => ({ resourceType: 'Condition', subject, ...more });
const coded = (system: string, code: string) => condition({ code: { coding: [{ system, code }] } });
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const LOINC = 'http://loinc.org';
const note = (text: string, more: object = {}) => ({
  resourceType: 'DocumentReference',
  subject,
  content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(text).toString('base64') } }],
  ...more,
});

describe('the section of a resource', () => {
  it('is its type’s where nothing closes it', () => {
    expect(sectionOf(coded(ICD, 'I10'))).toBe('clinical');
    expect(sectionOf({ resourceType: 'Claim', patient: subject })).toBe('financial');
    expect(sectionOf({ resourceType: 'Communication', subject })).toBe('administrative');
    expect(sectionOf({ resourceType: 'Practitioner' })).toBe('practice');
    expect(sectionOf({ resourceType: 'Device' })).toBe('practice');
    expect(sectionOf({ resourceType: 'Device', patient: subject })).toBe('clinical');
    expect(sectionOf({ resourceType: 'Device', patient: { reference: 'urn:uuid:x' } })).toBe('clinical');
  });

  it('follows the codes of every system that names a sensitive topic', () => {
    const sensitive: [string, string][] = [
      [ICD, 'B20'],
      [ICD, 'F32.1'],
      [ICD, 'F10.20'],
      [ICD, 'O09.90'],
      [ICD, 'Z33.1'],
      [ICD, 'T74.11XA'],
      [ICD, 'T39.1X2A'],
      [ICD, 'A54.9'],
      ['http://hl7.org/fhir/sid/icd-9-cm', '303.90'],
      [LOINC, '56888-1'],
      [LOINC, '44261-6'],
      [LOINC, '2106-3'],
      ['urn:oid:2.16.840.1.113883.6.1', '70274-6'],
      ['http://snomed.info/sct', '370143000'],
      ['http://snomed.info/sct', '706893006'],
      ['http://www.nlm.nih.gov/research/umls/rxnorm', '1819'],
      ['http://www.ama-assn.org/go/cpt', '59400'],
      ['http://www.ama-assn.org/go/cpt', '90837'],
    ];
    for (const [system, code] of sensitive) expect(sectionOf(coded(system, code)), code).toBe('sensitive');
  });

  it('follows codes under other names of their systems, and under none', () => {
    const sensitive: [string | undefined, string][] = [
      ['https://loinc.org', '5017-9'],
      ['http://loinc.org/', '5017-9'],
      ['HTTP://HL7.ORG/fhir/sid/icd-10-cm', 'B20'],
      ['http://hl7.org/fhir/sid/icd-10-am', 'B20'],
      ['http://hl7.org/fhir/sid/icd-10-cm|2026', 'B 20'],
      ['http://hl7.org/fhir/sid/icd-9', '042'],
      ['http://snomed.info/sct/900000000000207008', '86406008'],
      ['urn:oid:1.2.3', 'B20'],
      [undefined, '86406008'],
      [undefined, '190521'],
    ];
    for (const [system, code] of sensitive) {
      const coding = system === undefined ? { code } : { system, code };
      expect(sectionOf(condition({ code: { coding: [coding] } })), `${system} ${code}`).toBe('sensitive');
    }
    const extension = [{ url: 'https://example.org/cause', valueCode: 'B20' }];
    expect(sectionOf(condition({ extension }))).toBe('sensitive');
    for (const system of ['http://terminology.hl7.org/CodeSystem/x', 'urn:oid:2.16.840.1.113883.6.1000']) {
      expect(sectionOf(coded(system, '42-1')), system).toBe('clinical');
    }
  });

  it('follows words that are spelled out, run together, marked up or hidden in them', () => {
    const texts = [
      'H.I.V. positive',
      'A.I.D.S.',
      'H-I-V',
      'H I V',
      'HIVpos',
      'H\u200bIV',
      'H\u00adIV',
      'ＨＩＶ',
    ];
    for (const text of texts) expect(sectionOf(condition({ code: { text } })), text).toBe('sensitive');
    for (const div of [
      '<div>&#72;&#x49;&#86; infection</div>',
      '<div>domestic <b>violence</b></div>',
      '<div>H<b>I</b>V</div>',
      '<div>alcohol<br/>dependence</div>',
      '<div>opioid&nbsp;use disorder</div>',
    ]) {
      expect(sectionOf(condition({ text: { status: 'generated', div } })), div).toBe('sensitive');
    }
    const units = {
      resourceType: 'Observation',
      subject,
      valueQuantity: { value: 3, unit: 'HIV copies/mL' },
    };
    expect(sectionOf(units)).toBe('sensitive');
    const wide = Buffer.from('HIV positive', 'utf16le').toString('base64');
    for (const contentType of ['text/plain; charset=utf-16', 'text/plain', 'application/rtf']) {
      const data = contentType === 'application/rtf' ? Buffer.from('{\\rtf1 HIV}').toString('base64') : wide;
      const content = [{ attachment: { contentType, data } }];
      expect(sectionOf({ resourceType: 'DocumentReference', subject, content }), contentType).toBe(
        'sensitive',
      );
    }
    for (const text of [
      'Dr. A. B. Curie',
      'X-ray of C.D.',
      'McDonald',
      'DNAse',
      '<b>Caries</b> &amp; pulpitis',
    ]) {
      expect(sectionOf(condition({ code: { text } })), text).toBe('clinical');
    }
  });

  it('follows what stands beneath a question that was answered with no', () => {
    const form = (item: object) => ({ resourceType: 'QuestionnaireResponse', subject, item: [item] });
    const nested = { linkId: '2', answer: [{ valueString: 'HIV since 2010' }] };
    const no = { linkId: '1', text: 'HIV positive?', answer: [{ valueString: 'no', item: [nested] }] };
    expect(sectionOf(form(no))).toBe('sensitive');
    expect(sectionOf(form({ ...no, answer: [{ valueString: 'no' }] }))).toBe('clinical');
  });

  it('takes content that names the chart and not its document for clinical', () => {
    const binary = (reference: string) => ({ resourceType: 'Binary', securityContext: { reference } });
    expect(sectionOf(binary(CHART))).toBe('clinical');
    expect(sectionOf(binary('DocumentReference/x'), { cited: ['administrative'] })).toBe('administrative');
  });

  it('stays open for tobacco, accidents and what only looks alike', () => {
    const open: [string, string][] = [
      [ICD, 'F17.210'],
      [ICD, 'T39.1X1A'],
      [ICD, 'Z38.00'],
      [ICD, 'K02.9'],
      [LOINC, '72166-2'],
      [LOINC, '8480-6'],
      ['urn:example:local', 'K02.9'],
      ['http://www.ama-assn.org/go/cpt', '99213'],
    ];
    for (const [system, code] of open) expect(sectionOf(coded(system, code)), code).toBe('clinical');
  });

  it('takes a code without a system for what it looks like', () => {
    expect(sectionOf(condition({ code: { coding: [{ code: 'F33.1' }] } }))).toBe('sensitive');
    expect(sectionOf(condition({ code: { coding: [{ code: 'active' }] } }))).toBe('clinical');
  });

  it('follows words wherever they stand', () => {
    const places: object[] = [
      condition({ code: { text: 'Victim of intimate partner abuse (finding)' } }),
      condition({ note: [{ text: 'She is HIV positive.' }] }),
      condition({ text: { status: 'generated', div: '<div><p>Major <b>depression</b></p></div>' } }),
      condition({ extension: [{ url: 'urn:x', valueString: 'on methadone' }] }),
      condition({ contained: [{ resourceType: 'Observation', code: { text: 'Urine pregnancy test' } }] }),
      condition({ evidence: [{ detail: [{ reference: 'Observation/1', display: 'PHQ-9 score' }] }] }),
      note('Patient is married and is an alcoholic.'),
      note('<p>Abhängigkeit: Alkoholismus</p>'),
      note('Paciente con VIH'),
      {
        resourceType: 'Claim',
        patient: subject,
        item: [{ productOrService: { text: 'Abortion, induced' } }],
      },
      {
        resourceType: 'MedicationRequest',
        subject,
        medicationCodeableConcept: { text: 'Sertraline 50 MG Oral Tablet' },
      },
      {
        resourceType: 'Appointment',
        participant: [{ actor: subject }],
        reasonCode: [{ text: 'opioid dependence' }],
      },
      { resourceType: 'Group', name: 'HIV patients' },
    ];
    for (const place of places) expect(sectionOf(place), JSON.stringify(place)).toBe('sensitive');
  });

  it('is not misled by words that mean something else', () => {
    const harmless = [
      'Fitted with hearing aids.',
      'ST depression in V4',
      'Dental anxiety, sedated with nitrous oxide',
      'Sterilization of instruments logged',
      'Ectopic eruption of 16',
      'Numbness of the mental nerve',
      'Isopropyl alcohol wipe',
      'HPV, quadrivalent',
      'Patient has never smoked.',
      'std deviation of the mean',
      'Respiratory depression was not seen',
      'Avoid alcoholic drinks while taking this.',
      'Non-alcoholic fatty liver',
    ];
    for (const text of harmless) expect(sectionOf(note(text)), text).toBe('clinical');
  });

  it('does not read the names of people and places', () => {
    const performer = [{ reference: 'Organization/1', display: 'Lakeside Mental Health' }];
    expect(sectionOf({ resourceType: 'Observation', subject, performer })).toBe('clinical');
    const participant = [{ actor: subject }, { actor: { reference: 'Practitioner/1', display: 'Dr. Rape' } }];
    const booked = [{ text: 'Psychiatry follow-up' }];
    expect(sectionOf({ resourceType: 'Appointment', participant, serviceType: booked })).toBe(
      'administrative',
    );
    expect(sectionOf({ resourceType: 'Patient', name: [{ family: 'Heroin' }] })).toBe('administrative');
  });

  it('of a form counts what was answered, not what was asked', () => {
    const form = (answer: object[] | undefined, more: object = {}) => ({
      resourceType: 'QuestionnaireResponse',
      subject,
      item: [{ linkId: '4', text: 'Are you or could you be pregnant?', answer, ...more }],
    });
    expect(sectionOf(form(undefined))).toBe('clinical');
    expect(sectionOf(form([{ valueBoolean: false }]))).toBe('clinical');
    expect(sectionOf(form([{ valueCoding: { code: 'N', display: 'No' } }]))).toBe('clinical');
    expect(sectionOf(form([{ valueBoolean: true }]))).toBe('sensitive');
    expect(sectionOf(form([{ valueString: 'maybe' }]))).toBe('sensitive');
    expect(sectionOf(form([{ valueInteger: 0 }], { linkId: '/44250-9', text: 'Little interest' }))).toBe(
      'sensitive',
    );
    const scored = { ...form(undefined), questionnaire: 'http://loinc.org/q/44249-1|2.1' };
    expect(sectionOf(scored)).toBe('sensitive');
  });

  it('is closed by labels first, and never opened by them', () => {
    const labelled = (system: string, code: string) => condition({ meta: { security: [{ system, code }] } });
    const CONF = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
    const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    expect(classify(labelled(CONF, 'R') as FhirResource)).toEqual({ section: 'sensitive', because: 'label' });
    expect(sectionOf(labelled(CONF, 'V'))).toBe('sensitive');
    for (const code of ['HIV', 'ETH', 'SEX', 'MH', 'PSY', 'STD', 'SDV', 'SUD']) {
      expect(sectionOf(labelled(ACT, code)), code).toBe('sensitive');
    }
    expect(sectionOf(labelled(ACT, 'PSYTHPN'))).toBe('psychotherapy');
    expect(sectionOf(labelled(CONF, 'N'))).toBe('clinical');
    expect(sectionOf(labelled('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'HTEST'))).toBe(
      'clinical',
    );
    const open = { meta: { security: [{ system: CONF, code: 'U' }] }, code: { text: 'HIV disease' } };
    expect(sectionOf(condition(open))).toBe('sensitive');
    const patient = { resourceType: 'Patient', meta: { security: [{ system: CONF, code: 'V' }] } };
    expect(sectionOf(patient)).toBe('sensitive');
    const inside = {
      contained: [{ resourceType: 'Observation', meta: { security: [{ system: CONF, code: 'R' }] } }],
    };
    expect(sectionOf(condition(inside))).toBe('sensitive');
  });

  it('is psychotherapy by label or by the type of the note alone', () => {
    const typed = { type: { coding: [{ system: 'urn:x', code: 'pt', display: 'Psychotherapy note' }] } };
    expect(sectionOf(note('', typed))).toBe('psychotherapy');
    expect(sectionOf(note('see the psychotherapy note'))).toBe('sensitive');
  });

  it('of desk documents is administrative until they say more', () => {
    const licence = { type: { coding: [{ system: LOINC, code: '53245-7' }] } };
    expect(sectionOf(note('', licence))).toBe('administrative');
    expect(sectionOf(note('HIV', licence))).toBe('sensitive');
  });

  it('rises to that of what it cites, and to the author’s wish, and never falls', () => {
    const claim = { resourceType: 'Claim', patient: subject };
    expect(classify(claim as FhirResource, { cited: ['clinical', 'sensitive'] })).toEqual({
      section: 'sensitive',
      because: 'cited',
    });
    expect(sectionOf(claim, { cited: ['clinical'] })).toBe('financial');
    const provenance = { resourceType: 'Provenance', target: [{ reference: 'Claim/1' }] };
    expect(sectionOf(provenance, { cited: ['financial'] })).toBe('financial');
    expect(sectionOf(claim, { authorChoice: 'sensitive' })).toBe('sensitive');
    expect(sectionOf(coded(ICD, 'B20'), { authorChoice: 'clinical' })).toBe('sensitive');
    expect(sectionOf(claim, { cited: ['psychotherapy'], authorChoice: 'canary' })).toBe('canary');
  });

  it('of a template or a catalogue entry stays open, while its sensitivity can be asked for', () => {
    const medication: FhirResource = { resourceType: 'Medication', code: { text: 'Efavirenz 600 MG' } };
    expect(classify(medication).section).toBe('practice');
    expect(sensitivityOf(medication)).toBe('hiv');
    expect(sectionOf({ resourceType: 'Questionnaire', title: 'PHQ-9 depression score' })).toBe('practice');
  });
});

describe('cited references', () => {
  it('are those that content may come from', () => {
    const claim: FhirResource = {
      resourceType: 'Claim',
      patient: subject,
      provider: { reference: 'Organization/1' },
      diagnosis: [{ diagnosisReference: { reference: 'Condition/1/_history/2' } }],
      item: [{ encounter: [{ reference: 'Encounter/1' }] }],
    };
    expect(citedReferences(claim)).toEqual(['Condition/1', 'Encounter/1']);
    const observation = { resourceType: 'Observation', subject, encounter: { reference: 'Encounter/1' } };
    expect(citedReferences(observation)).toEqual([]);
  });
});

describe('the value sets', () => {
  it('hold no mistyped code: every check digit is right', () => {
    for (const set of TOPIC_SETS) {
      for (const code of wordsOf(set.loinc)) expect(luhn(code.replace('-', '')), code).toBe(true);
      for (const code of wordsOf(set.snomed)) expect(verhoeff(code), code).toBe(true);
    }
  });

  it('name single concepts of licensed terminologies, not whole sets of them', () => {
    for (const set of TOPIC_SETS) expect(wordsOf(set.snomed).length).toBeLessThan(60);
  });
});

const patients = sharedData('synthea/B_2020_selfcontained');

describe.skipIf(patients === null)('the shared synthetic patients', () => {
  it('land where a clinician would file them', () => {
    const sensitive = new Set<string>();
    let clinical = 0;
    for (const file of readdirSync(patients!)) {
      const bundle = JSON.parse(readFileSync(join(patients!, file), 'utf8'));
      for (const { resource } of bundle.entry) {
        expect(TYPES.has(resource.resourceType)).toBe(true);
        const { section } = classify(resource);
        if (section === 'sensitive' && resource.code?.text) sensitive.add(resource.code.text);
        if (section === 'clinical') clinical += 1;
      }
    }
    expect(clinical).toBeGreaterThan(1000);
    expect([...sensitive].sort()).toEqual([
      'Insertion of intrauterine contraceptive device',
      'Insertion of subcutaneous contraceptive',
      'Miscarriage in first trimester',
      'Removal of subcutaneous contraceptive',
      'Tubal pregnancy',
      'Vasectomy',
    ]);
  });
});

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Verhoeff's scheme over the dihedral group of order 10, by its multiplication rather than by tables. */
function verhoeff(digits: string): boolean {
  const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  let check = 0;
  [...digits].reverse().forEach((character, index) => {
    let digit = Number(character);
    for (let round = 0; round < index % 8; round += 1) digit = permutation[digit]!;
    check = product(check, digit);
  });
  return check === 0;
}

function product(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5);
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
}
