/** Looks up codings in the topics' value sets. */
import type { Topic, TopicSet } from './value-set.ts';
import { wordsOf } from './value-set.ts';

type Family = 'loinc' | 'snomed' | 'rxnorm' | 'icd10' | 'icd9' | 'procedures';

/** Every name under which real data gives these code systems. */
const FAMILIES: Readonly<Record<string, Family>> = {
  'http://loinc.org': 'loinc',
  'urn:oid:2.16.840.1.113883.6.1': 'loinc',
  'http://snomed.info/sct': 'snomed',
  'urn:oid:2.16.840.1.113883.6.96': 'snomed',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'rxnorm',
  'urn:oid:2.16.840.1.113883.6.88': 'rxnorm',
  'http://hl7.org/fhir/sid/icd-10-cm': 'icd10',
  'http://hl7.org/fhir/sid/icd-10': 'icd10',
  'http://fhir.de/CodeSystem/bfarm/icd-10-gm': 'icd10',
  'http://www.cms.gov/Medicare/Coding/ICD10': 'icd10',
  'http://hl7.org/fhir/sid/icd-10-pcs': 'icd10',
  'urn:oid:2.16.840.1.113883.6.90': 'icd10',
  'urn:oid:2.16.840.1.113883.6.3': 'icd10',
  'urn:oid:2.16.840.1.113883.6.4': 'icd10',
  'http://hl7.org/fhir/sid/icd-9-cm': 'icd9',
  'urn:oid:2.16.840.1.113883.6.103': 'icd9',
  'http://www.ama-assn.org/go/cpt': 'procedures',
  'urn:oid:2.16.840.1.113883.6.12': 'procedures',
  'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'procedures',
  'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'procedures',
  'urn:oid:2.16.840.1.113883.6.285': 'procedures',
};

const LOINC = /^\d{1,6}-\d$/;
const ICD10 = /^[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?$/i;
/** ICD-10-CM poisonings and asphyxiation whose sixth character says that it was meant. */
const MEANT = /^T(?:3[6-9]|[45]\d|6[0-5]|71)..2/;

export class CodeIndex {
  readonly #whole: Readonly<Record<'loinc' | 'snomed' | 'rxnorm', Map<string, Topic>>>;
  readonly #branches: Readonly<Record<'icd10' | 'icd9' | 'procedures', Branches>>;

  constructor(sets: readonly TopicSet[]) {
    this.#whole = {
      loinc: wholeCodes(sets, 'loinc'),
      snomed: wholeCodes(sets, 'snomed'),
      rxnorm: wholeCodes(sets, 'rxnorm'),
    };
    this.#branches = {
      icd10: new Branches(sets, 'icd10'),
      icd9: new Branches(sets, 'icd9'),
      procedures: new Branches(sets, 'procedures'),
    };
  }

  /** The topic of a coding, or null. A code without a system is taken for what it looks like. */
  topicOf(system: string | undefined, code: string): Topic | null {
    const family = system === undefined ? familyOf(code) : FAMILIES[system];
    switch (family) {
      case undefined:
        return null;
      case 'loinc':
      case 'snomed':
      case 'rxnorm':
        return this.#whole[family].get(code) ?? null;
      default:
        return this.#branches[family].topicOf(code.replace('.', '').toUpperCase());
    }
  }

  /** For the ends of canonical addresses and item ids that carry a LOINC code (`/44250-9`). */
  topicOfLoincIn(text: string): Topic | null {
    const code = text.slice(text.lastIndexOf('/') + 1).split('|')[0]!;
    return LOINC.test(code) ? (this.#whole.loinc.get(code) ?? null) : null;
  }
}

function familyOf(code: string): Family | undefined {
  if (LOINC.test(code)) return 'loinc';
  return ICD10.test(code) ? 'icd10' : undefined;
}

function wholeCodes(sets: readonly TopicSet[], family: 'loinc' | 'snomed' | 'rxnorm'): Map<string, Topic> {
  return new Map(sets.flatMap((set) => wordsOf(set[family]).map((code) => [code, set.topic] as const)));
}

/** Codes that stand for everything below them; the longest that fits decides. */
class Branches {
  readonly #topics = new Map<string, Topic | null>();
  readonly #icd10: boolean;

  constructor(sets: readonly TopicSet[], family: 'icd10' | 'icd9' | 'procedures') {
    this.#icd10 = family === 'icd10';
    for (const set of sets) {
      for (const branch of wordsOf(set[family])) {
        if (branch.startsWith('-')) this.#topics.set(branch.slice(1), null);
        else if (!this.#topics.has(branch)) this.#topics.set(branch, set.topic);
      }
    }
  }

  topicOf(code: string): Topic | null {
    for (let length = code.length; length > 0; length -= 1) {
      const topic = this.#topics.get(code.slice(0, length));
      if (topic !== undefined) return topic;
    }
    return this.#icd10 && MEANT.test(code) ? 'mental-health' : null;
  }
}
