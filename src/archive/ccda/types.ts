/** Data types of CDA R2 (http://hl7.org/cda/stds/core/): times, codes, amounts, names. */
import { createHash } from 'node:crypto';
import type { Amount, Concept, Fact } from '../summary/fact.ts';
import { type Attributes, el, type Xml } from './xml.ts';

/** FHIR's code systems as CDA names them (https://hl7.org/fhir/R4/terminologies-systems.html). */
const SYSTEMS: Readonly<Record<string, readonly [oid: string, name: string]>> = {
  'http://snomed.info/sct': ['2.16.840.1.113883.6.96', 'SNOMED CT'],
  'http://loinc.org': ['2.16.840.1.113883.6.1', 'LOINC'],
  'http://www.nlm.nih.gov/research/umls/rxnorm': ['2.16.840.1.113883.6.88', 'RxNorm'],
  'http://hl7.org/fhir/sid/cvx': ['2.16.840.1.113883.12.292', 'CVX'],
  'http://hl7.org/fhir/sid/icd-10-cm': ['2.16.840.1.113883.6.90', 'ICD-10-CM'],
  'http://www.ama-assn.org/go/cpt': ['2.16.840.1.113883.6.12', 'CPT'],
  'http://www.ada.org/cdt': ['2.16.840.1.113883.6.13', 'CDT'],
  'http://terminology.hl7.org/CodeSystem/v3-ActCode': ['2.16.840.1.113883.5.4', 'ActCode'],
};

export function template(root: string, extension: string | null = null): Xml {
  // Receivers of release 1.1 know the template without its date.
  const old = el('templateId', { root });
  return extension === null ? old : [old, el('templateId', { root, extension })];
}

/** A code with a reference into the section's text; without one that CDA knows, the words alone. */
export function coded(
  name: string,
  { text, coding }: Concept,
  reference: string,
  more: Attributes = {},
): Xml {
  const system = coding === null ? undefined : SYSTEMS[coding.system];
  const original = el('originalText', {}, el('reference', { value: `#${reference}` }));
  if (coding === null || system === undefined) return el(name, { ...more, nullFlavor: 'OTH' }, original);
  const [codeSystem, codeSystemName] = system;
  const displayName = coding.display ?? text;
  return el(name, { ...more, code: coding.code, codeSystem, codeSystemName, displayName }, original);
}

export function fixed(
  name: string,
  code: string,
  system: keyof typeof FIXED,
  displayName: string | null = null,
) {
  return el(name, { code, codeSystem: FIXED[system], displayName });
}

const FIXED = {
  loinc: '2.16.840.1.113883.6.1',
  snomed: '2.16.840.1.113883.6.96',
  'act-class': '2.16.840.1.113883.5.6',
  'act-code': '2.16.840.1.113883.5.4',
  gender: '2.16.840.1.113883.5.1',
  confidentiality: '2.16.840.1.113883.5.25',
  interpretation: '2.16.840.1.113883.5.83',
} as const;

/** As precise as it was said: a year stays a year. Null where it is no date of FHIR's. */
export function stamp(date: string | null): string | null {
  const match =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/.exec(
      date ?? '',
    );
  if (match === null) return null;
  const [, year, month = '', day = '', hour = '', minute = '', second = '', zone = ''] = match;
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '');
  return `${year}${month}${day}${hour}${minute}${second}${offset}`;
}

/** A moment, or that it is unknown. */
export function time(name: string, date: string | null): Xml {
  const value = stamp(date);
  return el(name, value === null ? { nullFlavor: 'UNK' } : { value });
}

/** From and until; what goes on has no end. */
export function interval(name: string, from: string | null, until: string | null): Xml {
  return el(name, {}, time('low', from), until === null ? null : time('high', until));
}

export function quantity(amount: Amount): Xml {
  const isNumber = /^-?\d+(\.\d+)?$/.test(amount.value);
  if (!isNumber) return el('value', { 'xsi:type': 'ST' }, `${amount.value} ${amount.unit}`.trim());
  return el('value', { 'xsi:type': 'PQ', value: amount.value, unit: amount.code ?? unitOf(amount.unit) });
}

/** A unit that is none of UCUM's goes in as an annotation, which is. */
function unitOf(unit: string): string | null {
  const plain = unit.replace(/[^\x21-\x7e]|[{}]/g, '');
  return plain === '' ? null : `{${plain}}`;
}

/** An id of an entry: always the same for the same record, and for what is part of it. */
export function idOf({ id }: Pick<Fact, 'id'>, part = ''): Xml {
  const digest = createHash('sha256').update(`${id} ${part}`).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  const root = part === '' ? id : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return el('id', { root });
}
