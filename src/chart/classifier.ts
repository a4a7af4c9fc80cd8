/**
 * Decides the section of a resource at every write: a pure function of its content, versioned, so that a row
 * says by which rules it was filed (ADR 0041).
 *
 * In this order, and never back to something more open: security labels; the type of a psychotherapy note;
 * codes and words of sensitive topics anywhere in the resource; the default of its type; the sections of what
 * it cites; the author's choice. What is uncertain goes to the stricter: a negative HIV test, a denied
 * addiction and a screening that everyone gets are sensitive too.
 */
import { type Section, stricter } from '../base/section.ts';
import { HIV } from './classifier/hiv.ts';
import { sectionOfLabels } from './classifier/labels.ts';
import { MENTAL_HEALTH } from './classifier/mental-health.ts';
import { REPRODUCTIVE_HEALTH } from './classifier/reproductive-health.ts';
import { SUBSTANCE_USE } from './classifier/substance-use.ts';
import { TopicSearch } from './classifier/topic-search.ts';
import type { Topic } from './classifier/value-set.ts';
import { VIOLENCE } from './classifier/violence.ts';
import { type FhirResource, isObject, valuesAt } from './fhir-resource.ts';
import { parseReference } from './reference.ts';
import type { ResourceType } from './resource-type.ts';
import { typeOf } from './type-registry.ts';

/** Raised whenever the rules or the value sets change; rows of an older version are classified again. */
export const CLASSIFIER_VERSION = 2;

/** The order matters for the reason alone: HIV of a pregnant patient is told as HIV. */
export const TOPIC_SETS = [HIV, SUBSTANCE_USE, VIOLENCE, REPRODUCTIVE_HEALTH, MENTAL_HEALTH] as const;

const search = new TopicSearch(TOPIC_SETS);

export interface ClassifierContext {
  /** Sections of the resources that `citedReferences` names, as they stand. */
  readonly cited?: readonly Section[];
  /** The section the author asked for; counts only where it is stricter. */
  readonly authorChoice?: Section;
}

export interface Classification {
  readonly section: Section;
  /** Which rule decided, for people who review; holds no data of the resource. */
  readonly because: 'label' | 'note type' | 'type' | 'cited' | 'author' | `content: ${Topic}`;
}

/** Throws `not-found` for a type that is not registered. */
export function classify(resource: FhirResource, context: ClassifierContext = {}): Classification {
  const type = typeOf(resource.resourceType);
  let decided: Classification = byContent(resource, type);
  for (const section of context.cited ?? []) {
    decided = raise(decided, type.owner.kind === 'inherited' ? section : carried(section), 'cited');
  }
  if (context.authorChoice !== undefined) decided = raise(decided, context.authorChoice, 'author');
  return decided;
}

/**
 * The sensitive topic that the content of a resource speaks of, or null. For resources of the practice that
 * are cited by a chart's (a Medication): their own section stays open, what cites them is as sensitive as
 * this says.
 */
export function sensitivityOf(resource: FhirResource): Topic | null {
  return search.find(resource);
}

function byContent(resource: FhirResource, type: ResourceType): Classification {
  const fallback: Classification = { section: defaultSection(resource, type), because: 'type' };
  const labelled = sectionOfLabels(resource);
  if (labelled === 'psychotherapy') return { section: labelled, because: 'label' };
  if (isPsychotherapyNote(resource)) return { section: 'psychotherapy', because: 'note type' };
  if (labelled !== null) return raise(fallback, labelled, 'label');
  // What everyone may read belongs to no patient (a template for a depression score), and the patient record
  // itself is what the desk finds people by: only a label closes them.
  if (fallback.section === 'practice' || type.owner.kind === 'self') return fallback;
  const topic = search.find(resource);
  return topic === null ? fallback : raise(fallback, 'sensitive', `content: ${topic}`);
}

function raise(decided: Classification, to: Section, because: Classification['because']): Classification {
  return stricter(decided.section, to) === decided.section ? decided : { section: to, because };
}

/** Only what is closed is carried on by citing it: a claim that cites a finding stays a claim. */
function carried(section: Section): Section {
  return section === 'sensitive' || section === 'psychotherapy' || section === 'canary'
    ? section
    : 'practice';
}

/** Documents of the front office, https://loinc.org: driver's licence, insurance card, consents. */
const DESK_DOCUMENTS = new Set(['53245-7', '64290-0', '64291-8', '59284-0', '64292-6', '80570-5']);

function defaultSection(resource: FhirResource, type: ResourceType): Section {
  if (type.owner.kind === 'patient' && type.owner.without !== null) {
    return namesOwner(resource, type.owner.elements) ? type.section : type.owner.without;
  }
  // Content that names the chart and not its document says nothing of what it is.
  if (type.name === 'Binary') return namesOwner(resource, ['securityContext']) ? 'clinical' : type.section;
  if (type.name !== 'DocumentReference') return type.section;
  const codes = valuesAt(resource, 'type.coding.code');
  const desk = codes.length > 0 && codes.every((code) => DESK_DOCUMENTS.has(code as string));
  return desk ? 'administrative' : type.section;
}

/** A reference that an import has yet to resolve may be a patient's: it counts as one. */
function namesOwner(resource: FhirResource, elements: readonly string[]): boolean {
  return elements.some((element) =>
    valuesAt(resource, `${element}.reference`).some((text) => /^urn:|Patient[/?]/.test(String(text))),
  );
}

const PSYCHOTHERAPY_NOTE = /\b(?:psychotherapy|process)\s+notes?\b/i;
const NOTE_TYPES = ['type.text', 'type.coding.display', 'code.text', 'code.coding.display'];
const NOTES = new Set([
  'DocumentReference',
  'Composition',
  'DiagnosticReport',
  'ClinicalImpression',
  'Media',
]);

/** There is no LOINC code for it; the type's words say so, in the note's own type and nowhere else. */
function isPsychotherapyNote(resource: FhirResource): boolean {
  if (!NOTES.has(resource.resourceType)) return false;
  return NOTE_TYPES.some((path) =>
    valuesAt(resource, path).some((text) => PSYCHOTHERAPY_NOTE.test(String(text))),
  );
}

/** Types that say who and where, and carry nothing of what was found. */
const NOT_CITED = new Set(
  `Patient Practitioner PractitionerRole Organization Location RelatedPerson HealthcareService
   Endpoint`.split(/\s+/),
);
const FINANCIAL_OR_ABOUT = new Set(
  `Account ChargeItem Claim ClaimResponse ExplanationOfBenefit Invoice Provenance Binary AuditEvent
   Composition`.split(/\s+/),
);

/**
 * The literal references whose sections a resource inherits: all but those that say who and where. The visit
 * at which something happened counts for claims and documents that repeat the visit, not for a blood pressure
 * that was taken at it.
 */
export function citedReferences(resource: FhirResource, ownBases: readonly string[] = []): string[] {
  const found = new Set<string>();
  const visits = FINANCIAL_OR_ABOUT.has(resource.resourceType);
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
    } else if (isObject(value)) {
      if (typeof value.reference === 'string') {
        const reference = parseReference(value.reference, ownBases);
        const visit = reference.kind === 'local' && /^(?:Encounter|EpisodeOfCare)$/.test(reference.type);
        if (reference.kind === 'local' && !NOT_CITED.has(reference.type) && (visits || !visit)) {
          found.add(`${reference.type}/${reference.id}`);
        }
      }
      for (const key in value) if (typeof value[key] === 'object') walk(value[key]);
    }
  };
  walk(resource);
  return [...found];
}
