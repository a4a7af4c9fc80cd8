/** Looks up codings in the topics' value sets. */
import type { Topic, TopicSet } from './value-set.ts';
import { wordsOf } from './value-set.ts';

type Family = 'loinc' | 'snomed' | 'rxnorm' | 'icd10' | 'icd9' | 'procedures';

/**
 * Every name under which real data gives these code systems, as they begin; national variants, editions and
 * versions come after.
 */
const FAMILIES: readonly (readonly [beginning: string, family: Family])[] = [
  ['loinc.org', 'loinc'],
  ['urn:oid:2.16.840.1.113883.6.1', 'loinc'],
  ['snomed.info/', 'snomed'],
  ['urn:oid:2.16.840.1.113883.6.96', 'snomed'],
  ['www.nlm.nih.gov/research/umls/rxnorm', 'rxnorm'],
  ['urn:oid:2.16.840.1.113883.6.88', 'rxnorm'],
  ['hl7.org/fhir/sid/icd-10', 'icd10'],
  ['fhir.de/codesystem/bfarm/icd-10', 'icd10'],
  ['fhir.de/codesystem/dimdi/icd-10', 'icd10'],
  ['www.cms.gov/medicare/coding/icd10', 'icd10'],
  ['urn:oid:2.16.840.1.113883.6.90', 'icd10'],
  ['urn:oid:2.16.840.1.113883.6.3', 'icd10'],
  ['urn:oid:2.16.840.1.113883.6.4', 'icd10'],
  ['hl7.org/fhir/sid/icd-9', 'icd9'],
  ['urn:oid:2.16.840.1.113883.6.103', 'icd9'],
  ['urn:oid:2.16.840.1.113883.6.42', 'icd9'],
  ['www.ama-assn.org/go/cpt', 'procedures'],
  ['urn:oid:2.16.840.1.113883.6.12', 'procedures'],
  ['www.cms.gov/medicare/coding/hcpcs', 'procedures'],
  ['urn:oid:2.16.840.1.113883.6.285', 'procedures'],
];

/** Code systems of the standard itself, whose codes may look like those of others and mean none of this. */
const STRUCTURAL = /^(?:terminology\.hl7\.org|hl7\.org\/fhir)\//;

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

  /**
   * The topic of a coding, or null. A code of no system, or one that nobody knows, is taken for all that it
   * looks like.
   */
  topicOf(system: string | undefined, code: string): Topic | null {
    const name = system === undefined ? '' : nameOf(system);
    if (name !== '') {
      const family = familyOf(name);
      if (family !== null) return this.#inFamily(family, code);
      if (STRUCTURAL.test(name)) return null;
    }
    for (const family of looksLike(code)) {
      const topic = this.#inFamily(family, code);
      if (topic !== null) return topic;
    }
    return null;
  }

  #inFamily(family: Family, code: string): Topic | null {
    const text = code.trim();
    if (family === 'loinc' || family === 'snomed' || family === 'rxnorm') {
      return this.#whole[family].get(text) ?? null;
    }
    return this.#branches[family].topicOf(text.replace(/[.\s]/g, '').toUpperCase());
  }

  /** For the ends of canonical addresses and item ids that carry a LOINC code (`/44250-9`). */
  topicOfLoincIn(text: string): Topic | null {
    const code = text.slice(text.lastIndexOf('/') + 1).split('|')[0]!;
    return LOINC.test(code) ? (this.#whole.loinc.get(code) ?? null) : null;
  }
}

/** The system without what is told apart by nobody: the scheme of an address, case, a version behind it. */
function nameOf(system: string): string {
  return system
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('|')[0]!;
}

function familyOf(name: string): Family | null {
  for (const [beginning, family] of FAMILIES) {
    if (!name.startsWith(beginning)) continue;
    // An object identifier goes on with a dot into another system, or with a digit into another number.
    if (beginning.startsWith('urn:') && name.length > beginning.length) continue;
    return family;
  }
  return null;
}

/** SNOMED CT identifiers have at least six digits; fewer may be anybody's numbers. */
const SNOMED = /^\d{6,18}$/;

function looksLike(code: string): readonly Family[] {
  if (LOINC.test(code)) return ['loinc'];
  if (ICD10.test(code)) return ['icd10'];
  return SNOMED.test(code) ? ['snomed', 'rxnorm'] : [];
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
