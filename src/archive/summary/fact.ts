/** What a summary says of one resource: who reads it needs no FHIR, and a C-CDA entry can be made of it. */
import { type FhirResource, isObject, type JsonObject } from '../../chart/index.ts';
import { conceptText, textOf } from '../contents/attachments.ts';

export interface Concept {
  readonly text: string;
  /** The coding that others know best; null where there is none. */
  readonly coding: { readonly system: string; readonly code: string; readonly display: string | null } | null;
}

export interface Amount {
  /** With a comparator before it where it has one. */
  readonly value: string;
  /** For people; empty where there is none. */
  readonly unit: string;
  /** UCUM; null where the unit is none of it. */
  readonly code: string | null;
}

export interface Fact {
  readonly id: string;
  readonly what: Concept;
  /** Days or instants as FHIR writes them. */
  readonly from: string | null;
  readonly until: string | null;
  /** A code of FHIR's, such as `active`. */
  readonly status: string | null;
  readonly amount: Amount | null;
  /** What was found, in words: an amount, an answer, the manifestations of an allergy, a dose. */
  readonly said: string | null;
  readonly range: string | null;
  /** Code of https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html. */
  readonly interpretation: string | null;
  /** Teeth and other places of the body. */
  readonly site: string | null;
  /** Of an observation of several: blood pressure has two. */
  readonly parts: readonly Pick<Fact, 'what' | 'amount' | 'said'>[];
}

/** Code systems in the order in which others know them. */
const KNOWN = [
  'http://snomed.info/sct',
  'http://loinc.org',
  'http://www.nlm.nih.gov/research/umls/rxnorm',
  'http://hl7.org/fhir/sid/cvx',
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://www.ama-assn.org/go/cpt',
  'http://www.ada.org/cdt',
];

type Loose = FhirResource & JsonObject;

export function factOf(resource: FhirResource): Fact {
  const one = resource as Loose;
  const amount = amountOf(one.valueQuantity ?? one.doseQuantity);
  return {
    id: textOf(one.id) ?? '',
    what: conceptOf(one.code ?? one.medicationCodeableConcept ?? one.vaccineCode ?? typeOrClass(one)),
    from: startOf(one),
    until: endOf(one),
    status: codeOf(one.clinicalStatus) ?? textOf(one.status),
    amount,
    said: saidOf(one, amount),
    range: rangeOf(one.referenceRange),
    interpretation: codeOf(one.interpretation),
    site: sitesOf(one.bodySite),
    parts: listOf(one.component).map((part) => {
      const found = amountOf(part.valueQuantity);
      return { what: conceptOf(part.code), amount: found, said: valueText(part, found) };
    }),
  };
}

export function conceptOf(value: unknown): Concept {
  const concept = Array.isArray(value) ? value[0] : value;
  const codings = isObject(concept) ? listOf(concept.coding) : [];
  const known = codings
    .flatMap(({ system, code, display }) =>
      typeof system === 'string' && typeof code === 'string'
        ? [{ system, code, display: textOf(display) }]
        : [],
    )
    .sort((a, b) => rankOf(a.system) - rankOf(b.system));
  const [coding = null] = known;
  return { text: conceptText(concept) ?? coding?.code ?? '—', coding };
}

/** Of an encounter or a document, what it is of; one that says nothing has the class of an encounter. */
function typeOrClass(one: Loose): unknown {
  const [type] = listOf(one.type);
  if (type !== undefined) return type;
  return isObject(one.class) ? { coding: [one.class] } : one.type;
}

function rankOf(system: string): number {
  const at = KNOWN.indexOf(system);
  return at === -1 ? KNOWN.length : at;
}

function startOf(one: Loose): string | null {
  const period = [one.onsetPeriod, one.effectivePeriod, one.performedPeriod, one.period].find(isObject);
  return (
    textOf(one.onsetDateTime) ??
    textOf(one.effectiveDateTime) ??
    textOf(one.performedDateTime) ??
    textOf(one.occurrenceDateTime) ??
    textOf(period?.start) ??
    textOf(one.authoredOn) ??
    textOf(one.recordedDate) ??
    textOf(one.dateAsserted) ??
    textOf(one.issued)
  );
}

function endOf(one: Loose): string | null {
  const period = [one.effectivePeriod, one.performedPeriod, one.period].find(isObject);
  return textOf(one.abatementDateTime) ?? textOf(period?.end);
}

function saidOf(one: Loose, amount: Amount | null): string | null {
  if (one.resourceType === 'AllergyIntolerance') {
    const said = listOf(one.reaction).flatMap(({ manifestation }) =>
      listOf(manifestation).flatMap((concept) => conceptText(concept) ?? []),
    );
    return said.length === 0 ? null : said.join(', ');
  }
  const doses = [...listOf(one.dosageInstruction), ...listOf(one.dosage)];
  if (doses.length > 0) return doses.flatMap(({ text }) => textOf(text) ?? []).join(' ') || null;
  const reason = conceptText(one.reasonCode);
  return valueText(one, amount) ?? reason ?? textOf(one.conclusion);
}

function valueText(one: JsonObject, amount: Amount | null): string | null {
  if (amount !== null) return `${amount.value}${amount.unit === '' ? '' : ` ${amount.unit}`}`;
  if (typeof one.valueInteger === 'number') return String(one.valueInteger);
  if (typeof one.valueBoolean === 'boolean') return one.valueBoolean ? '✓' : '–';
  return textOf(one.valueString) ?? conceptText(one.valueCodeableConcept) ?? textOf(one.valueDateTime);
}

export function amountOf(value: unknown): Amount | null {
  if (!isObject(value) || typeof value.value !== 'number') return null;
  const isUcum = value.system === 'http://unitsofmeasure.org';
  const code = textOf(value.code);
  return {
    value: `${textOf(value.comparator) ?? ''}${value.value}`,
    unit: textOf(value.unit) ?? code ?? '',
    code: isUcum ? code : null,
  };
}

function rangeOf(value: unknown): string | null {
  const [range] = listOf(value);
  if (range === undefined) return null;
  const [low, high] = [amountOf(range.low), amountOf(range.high)];
  const text = textOf(range.text);
  if (text !== null) return text;
  if (low === null && high === null) return null;
  const unit = (low ?? high)!.unit;
  const said =
    low === null ? `≤ ${high!.value}` : high === null ? `≥ ${low.value}` : `${low.value}–${high.value}`;
  return unit === '' ? said : `${said} ${unit}`;
}

function codeOf(value: unknown): string | null {
  const concept = Array.isArray(value) ? value[0] : value;
  if (!isObject(concept)) return null;
  const [coding] = listOf(concept.coding);
  return coding === undefined ? null : textOf(coding.code);
}

function sitesOf(value: unknown): string | null {
  const sites = (Array.isArray(value) ? value : [value]).flatMap((site) => conceptText(site) ?? []);
  return sites.length === 0 ? null : sites.join(', ');
}

export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
