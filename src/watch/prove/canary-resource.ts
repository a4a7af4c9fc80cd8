/**
 * A minimal valid resource of any registered type, made from the FHIR definitions: what the type requires,
 * the element that names its owner, and a canary. What the definitions alone do not say (an invariant between
 * two elements) stands in `ALSO`; a test asserts that every registered type comes out valid.
 */
import {
  type Definitions,
  type FhirResource,
  isObject,
  type JsonObject,
  type ResourceType,
  typeOf,
  validate,
} from '../../chart/index.ts';

export type CanaryResource = FhirResource & { readonly id: string };

export interface SampleTerms {
  readonly id: string;
  /** Whom the owner element names: `Patient/ID`, or the target of a type that inherits. Null: nobody. */
  readonly owner: string | null;
  /** A text that no other resource has; it stands in a tag and in the narrative. */
  readonly canary: string;
}

/** How `meta.tag` marks a sample, so that a search may ask for it too. */
export const CANARY_SYSTEM = 'urn:postern:canary';

/** Codes to try in this order where a required binding limits an element. */
const CODES = `final active draft completed booked planned order unknown current complete accepted in-progress
  claim busy right validation on-study individual person working actual`.split(/\s+/);

const PRIMITIVES: Readonly<Record<string, unknown>> = {
  base64Binary: 'c2FtcGxl',
  boolean: true,
  canonical: 'http://example.org/definition',
  code: 'sample',
  date: '2026-01-05',
  dateTime: '2026-01-05T10:00:00Z',
  decimal: 1,
  id: 'sample',
  instant: '2026-01-05T10:00:00Z',
  integer: 1,
  markdown: 'sample',
  oid: 'urn:oid:2.16.840.1.113883',
  positiveInt: 1,
  string: 'sample',
  time: '10:00:00',
  unsignedInt: 1,
  uri: 'http://example.org/sample',
  url: 'http://example.org/sample',
  uuid: 'urn:uuid:5b2f4a3e-4f6a-4f6e-9c58-0a6d9a5b7c11',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">sample</div>',
};

/** Data types that require nothing, but may not be empty. A Reference of words opens nothing. */
const DATA_TYPES: Readonly<Record<string, JsonObject>> = {
  Reference: { display: 'sample' },
  CodeableConcept: { text: 'sample' },
  Coding: { code: 'sample' },
  Identifier: { value: 'sample' },
  Period: { start: '2026-01-05' },
  Money: { value: 1, currency: 'USD' },
  Quantity: { value: 1 },
  Attachment: { title: 'sample' },
  Timing: { event: ['2026-01-05T10:00:00Z'] },
};

/** What invariants ask for beyond what each element requires. */
const ALSO: Readonly<Record<string, JsonObject>> = {
  AllergyIntolerance: { clinicalStatus: codeOf('allergyintolerance-clinical', 'active') },
  Appointment: { start: '2026-01-05T10:00:00Z', end: '2026-01-05T10:30:00Z' },
  AppointmentResponse: { actor: { display: 'sample' } },
  Binary: { contentType: 'text/plain' },
  Consent: { policyRule: { text: 'sample' } },
  ImmunizationRecommendation: {
    recommendation: [{ vaccineCode: [{ text: 'sample' }], forecastStatus: { text: 'sample' } }],
  },
  InsurancePlan: { name: 'sample' },
};

function codeOf(system: string, code: string): JsonObject {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] };
}

/** The type of a resource that one of this type may inherit its owner from. */
export function carrierOf(definitions: Definitions, type: string): string {
  const { owner } = typeOf(type);
  if (owner.kind !== 'inherited') throw new Error(`${type} has an owner of its own`);
  const [name] = owner.elements[0]!.split('.');
  return definitions.type(type)!.elements.get(name!)!.targets?.[0] ?? 'Observation';
}

/** Throws where no valid resource of the type comes out, with what is wrong with it. */
export function sampleOf(definitions: Definitions, type: string, terms: SampleTerms): CanaryResource {
  const entry = typeOf(type);
  const required = entry.owner.kind === 'self' ? {} : requiredOf(definitions, type);
  const narrative = definitions.resource(type)!.elements.has('text')
    ? { text: narrativeOf(terms.canary) }
    : {};
  const made = {
    ...required,
    ...ALSO[type],
    ...narrative,
    resourceType: type,
    id: terms.id,
    meta: { tag: [{ system: CANARY_SYSTEM, code: terms.canary }] },
  };
  const sample = withOwner(definitions, entry, made, terms.owner) as CanaryResource;
  const [issue] = validate(definitions, sample);
  if (issue !== undefined) throw new Error(`No sample of ${type}: ${issue.expression} ${issue.message}`);
  return sample;
}

function narrativeOf(text: string): JsonObject {
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` };
}

function requiredOf(definitions: Definitions, type: string): JsonObject {
  const rules = definitions.type(type);
  if (rules === undefined) throw new Error(`R4 defines no ${type}`);
  const made: Record<string, unknown> = {};
  for (const names of rules.required) {
    const name = names.find((each) => /CodeableConcept$|Reference$|DateTime$/.test(each)) ?? names[0]!;
    const rule = rules.elements.get(name)!;
    const value = exampleOf(definitions, rule);
    made[name] = rule.list ? [value] : value;
  }
  return made;
}

type Rule = NonNullable<ReturnType<NonNullable<ReturnType<Definitions['type']>>['elements']['get']>>;

function exampleOf(definitions: Definitions, { type, primitive, codes }: Rule): unknown {
  if (!primitive) return { ...requiredOf(definitions, type), ...DATA_TYPES[type] };
  if (codes === undefined) return PRIMITIVES[type];
  const code = CODES.find((each) => definitions.allows(codes, each));
  if (code === undefined)
    throw new Error(`None of the codes to try is allowed for an element of type ${type}`);
  return code;
}

/** The sample with the owner in the element that the registry names; without, where it is null. */
function withOwner(
  definitions: Definitions,
  { name, owner }: ResourceType,
  sample: JsonObject,
  reference: string | null,
): JsonObject {
  if (reference === null || owner.kind === 'self' || owner.kind === 'practice') return sample;
  return placed(definitions, name, sample, owner.elements[0]!.split('.'), { reference });
}

function placed(
  definitions: Definitions,
  type: string,
  parent: JsonObject,
  [name, ...rest]: readonly string[],
  value: JsonObject,
): JsonObject {
  const rule = definitions.type(type)!.elements.get(name!)!;
  const standing = rule.list ? (parent[name!] as unknown[] | undefined)?.[0] : parent[name!];
  const base = isObject(standing) ? standing : requiredOf(definitions, rule.type);
  const child = rest.length === 0 ? value : placed(definitions, rule.type, base, rest, value);
  return { ...parent, [name!]: rule.list ? [child] : child };
}
