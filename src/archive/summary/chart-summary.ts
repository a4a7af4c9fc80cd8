/**
 * A chart in the parts that people look for, gathered while its resources go by. Of each part the newest are
 * kept and all are counted, so that a chart of any size takes the same memory; all of it is in the Bundle.
 */
import { type FhirResource, isObject, type JsonObject } from '../../chart/index.ts';
import { textOf } from '../contents/attachments.ts';
import { conceptOf, type Fact, factOf, listOf } from './fact.ts';
import { PARTS, type PartName } from './parts.ts';

export interface Part {
  /** The newest first. */
  readonly facts: readonly Fact[];
  /** With those that are not among them. */
  readonly count: number;
}

/** Of a part at most. */
export const MOST_FACTS = 400;

export interface Person {
  readonly name: string;
  readonly given: readonly string[];
  readonly family: string | null;
  readonly gender: string | null;
  readonly birthDate: string | null;
  readonly address: JsonObject | null;
  readonly telecom: readonly {
    readonly system: string;
    readonly value: string;
    readonly use: string | null;
  }[];
  readonly identifiers: readonly { readonly system: string; readonly value: string }[];
  readonly language: string | null;
}

export interface ChartSummary {
  readonly patient: Person | null;
  /** The practice as it calls itself; null where nobody could read that. */
  readonly practice: string | null;
  readonly parts: Readonly<Record<PartName, Part>>;
  /** Resources by type. */
  readonly types: readonly (readonly [type: string, count: number])[];
  /** Whether something did not open and is left out. */
  readonly incomplete: boolean;
}

export class SummaryMaker {
  readonly #facts = new Map<PartName, Fact[]>();
  readonly #counts = new Map<PartName, number>();
  readonly #types = new Map<string, number>();
  readonly #chart: string;
  #patient: Person | null = null;
  #managing: string | null = null;
  readonly #organizations = new Map<string, string>();
  incomplete = false;

  constructor(chart: string) {
    this.#chart = chart;
  }

  hear(resource: FhirResource): void {
    const { resourceType: type } = resource;
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    const one = resource as FhirResource & JsonObject;
    if (type === 'Patient' && one.id === this.#chart) {
      this.#patient = personOf(one);
      const managing = isObject(one.managingOrganization) ? textOf(one.managingOrganization.reference) : null;
      this.#managing = managing?.split('/').at(-1) ?? null;
    }
    if (type === 'Organization' && typeof one.id === 'string') {
      this.#organizations.set(one.id, textOf(one.name) ?? '');
    }
    const part = partOf(one);
    if (part === null) return;
    this.#counts.set(part, (this.#counts.get(part) ?? 0) + 1);
    const facts = this.#facts.get(part) ?? [];
    this.#facts.set(part, facts);
    facts.push(factOf(resource));
    if (facts.length >= 2 * MOST_FACTS) this.#facts.set(part, newest(facts));
  }

  finish(): ChartSummary {
    const part = (name: PartName): Part => ({
      facts: newest(this.#facts.get(name) ?? []),
      count: this.#counts.get(name) ?? 0,
    });
    const practice = this.#managing === null ? null : this.#organizations.get(this.#managing);
    return {
      patient: this.#patient,
      practice: practice === undefined || practice === '' ? null : practice,
      parts: Object.fromEntries(PARTS.map((name) => [name, part(name)] as const)) as ChartSummary['parts'],
      types: [...this.#types].sort(([a], [b]) => (a < b ? -1 : 1)),
      incomplete: this.incomplete,
    };
  }
}

function newest(facts: readonly Fact[]): Fact[] {
  const at = ({ from }: Fact) => (from === null ? 0 : Date.parse(from) || 0);
  return [...facts].sort((a, b) => at(b) - at(a) || (a.id < b.id ? -1 : 1)).slice(0, MOST_FACTS);
}

const BY_TYPE: Readonly<Record<string, PartName>> = {
  Condition: 'problems',
  AllergyIntolerance: 'allergies',
  MedicationRequest: 'medications',
  MedicationStatement: 'medications',
  Immunization: 'immunizations',
  Procedure: 'procedures',
  Encounter: 'encounters',
};

const BY_CATEGORY: Readonly<Record<string, PartName>> = {
  laboratory: 'results',
  'vital-signs': 'vitals',
  'social-history': 'social',
};

/** What was entered in error is in the Bundle and nowhere else. */
function partOf(one: FhirResource & JsonObject): PartName | null {
  const wrong = [one.status, conceptOf(one.verificationStatus).coding?.code].includes('entered-in-error');
  if (wrong) return null;
  if (one.resourceType !== 'Observation') return BY_TYPE[one.resourceType] ?? null;
  for (const category of listOf(one.category)) {
    for (const { code } of listOf(category.coding)) {
      const part = typeof code === 'string' ? BY_CATEGORY[code] : undefined;
      if (part !== undefined) return part;
    }
  }
  return 'findings';
}

function personOf(patient: JsonObject): Person {
  const names = listOf(patient.name);
  const name = names.find(({ use }) => use === 'official') ?? names[0] ?? {};
  const given = Array.isArray(name.given) ? name.given.flatMap((one) => textOf(one) ?? []) : [];
  const family = textOf(name.family);
  const said = textOf(name.text) ?? [...given, family ?? ''].join(' ').trim();
  const [address = null] = listOf(patient.address);
  const [communication] = listOf(patient.communication);
  return {
    name: said === '' ? '—' : said,
    given,
    family,
    gender: textOf(patient.gender),
    birthDate: textOf(patient.birthDate),
    address,
    telecom: listOf(patient.telecom).flatMap(({ system, value, use }) => {
      const text = textOf(value);
      return text === null ? [] : [{ system: textOf(system) ?? 'other', value: text, use: textOf(use) }];
    }),
    identifiers: listOf(patient.identifier).flatMap(({ system, value }) => {
      const text = textOf(value);
      return text === null ? [] : [{ system: textOf(system) ?? '', value: text }];
    }),
    language: communication === undefined ? null : (conceptOf(communication.language).coding?.code ?? null),
  };
}

/** In one line, as it stands on a letter. */
export function addressLine(address: JsonObject | null): string | null {
  if (address === null) return null;
  const text = textOf(address.text);
  if (text !== null) return text;
  const lines = Array.isArray(address.line) ? address.line.flatMap((line) => textOf(line) ?? []) : [];
  const place = [textOf(address.city), textOf(address.state), textOf(address.postalCode)];
  const all = [...lines, place.flatMap((one) => one ?? []).join(' '), textOf(address.country) ?? ''];
  return all.filter((one) => one !== '').join(', ') || null;
}
