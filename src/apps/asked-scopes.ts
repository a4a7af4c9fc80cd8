/**
 * What an app may ask for, and what of it a person lets it have. Words of SMART App Launch 2.2
 * (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). Pure.
 */
import { isServable, TYPES } from '../chart/index.ts';
import { type AppScope, parseAppScope, printAppScope } from '../gate/index.ts';

/** Scopes that are about no record. */
export const PLAIN_SCOPES = [
  'openid',
  'fhirUser',
  'offline_access',
  'online_access',
  'launch',
  'launch/patient',
] as const;

const PLAIN: ReadonlySet<string> = new Set(PLAIN_SCOPES);

/** What a person is asked about in one switch. */
export const CATEGORIES = [
  'person',
  'conditions',
  'medicines',
  'results',
  'visits',
  'documents',
  'plans',
  'money',
  'practice',
  'other',
] as const;
export type Category = (typeof CATEGORIES)[number];

const BY_TYPE: Readonly<Record<string, Category>> = {
  Patient: 'person',
  RelatedPerson: 'person',
  Person: 'person',
  Condition: 'conditions',
  AllergyIntolerance: 'conditions',
  FamilyMemberHistory: 'conditions',
  ClinicalImpression: 'conditions',
  DetectedIssue: 'conditions',
  RiskAssessment: 'conditions',
  Flag: 'conditions',
  MedicationRequest: 'medicines',
  MedicationStatement: 'medicines',
  MedicationAdministration: 'medicines',
  MedicationDispense: 'medicines',
  Medication: 'medicines',
  Immunization: 'medicines',
  ImmunizationEvaluation: 'medicines',
  ImmunizationRecommendation: 'medicines',
  Observation: 'results',
  DiagnosticReport: 'results',
  Specimen: 'results',
  ImagingStudy: 'results',
  MolecularSequence: 'results',
  BodyStructure: 'results',
  Media: 'results',
  Encounter: 'visits',
  Appointment: 'visits',
  AppointmentResponse: 'visits',
  EpisodeOfCare: 'visits',
  Procedure: 'visits',
  DocumentReference: 'documents',
  DocumentManifest: 'documents',
  Composition: 'documents',
  Binary: 'documents',
  Communication: 'documents',
  CommunicationRequest: 'documents',
  QuestionnaireResponse: 'documents',
  Consent: 'documents',
  CarePlan: 'plans',
  CareTeam: 'plans',
  Goal: 'plans',
  ServiceRequest: 'plans',
  Task: 'plans',
  NutritionOrder: 'plans',
  RequestGroup: 'plans',
  Coverage: 'money',
  Claim: 'money',
  ClaimResponse: 'money',
  ExplanationOfBenefit: 'money',
  Account: 'money',
  Invoice: 'money',
  ChargeItem: 'money',
  PaymentNotice: 'money',
  PaymentReconciliation: 'money',
  CoverageEligibilityRequest: 'money',
  CoverageEligibilityResponse: 'money',
  Organization: 'practice',
  Practitioner: 'practice',
  PractitionerRole: 'practice',
  Location: 'practice',
  HealthcareService: 'practice',
  Schedule: 'practice',
  Slot: 'practice',
};

export function categoryOf(type: string): Category {
  return Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type]! : 'other';
}

/** The words of a scope parameter, each once. */
export function words(scope: string | undefined): string[] {
  return [...new Set((scope ?? '').split(' ').filter((word) => word !== ''))];
}

/** Scopes about records that can be kept to, in the words in which they were asked. */
export function knownScopes(scope: string | undefined, levels: readonly AppScope['level'][]): string[] {
  return words(scope).filter((word) => {
    const read = parseAppScope(word);
    return read !== null && levels.includes(read.level) && isServable(read);
  });
}

export function isPlain(word: string): boolean {
  return PLAIN.has(word);
}

/** Whether a patient must be chosen for the app. */
export function needsPatient(asked: readonly string[]): boolean {
  return asked.some((word) => word === 'launch/patient' || parseAppScope(word)?.level === 'patient');
}

export interface Wanted {
  readonly category: Category;
  readonly types: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
}

const READING = ['r', 's'] as const;
const WRITING = ['c', 'u', 'd'] as const;

/** What was asked about records, by category, in the order in which people are asked. */
export function wanted(asked: readonly string[]): Wanted[] {
  const scopes = asked.flatMap((word) => parseAppScope(word) ?? []);
  return CATEGORIES.flatMap((category) => {
    const its = scopes.filter(({ type }) => type === '*' || categoryOf(type) === category);
    if (its.length === 0) return [];
    const types = new Set(its.flatMap(({ type }) => (type === '*' ? typesIn(category) : [type])));
    const has = (letters: readonly ('c' | 'r' | 'u' | 'd' | 's')[]) =>
      its.some(({ interactions }) => letters.some((letter) => interactions.has(letter)));
    return [{ category, types: [...types].sort(), reads: has(READING), writes: has(WRITING) }];
  });
}

function typesIn(category: Category): string[] {
  return [...TYPES.keys()].filter((type) => categoryOf(type) === category);
}

export interface Choice {
  readonly categories: readonly Category[];
  readonly writes: boolean;
}

/**
 * The scopes that are granted of those that were asked: as they stand where nothing was left out of them,
 * narrower otherwise, and none that was not asked for.
 */
export function chosenScopes(asked: readonly string[], { categories, writes }: Choice): string[] {
  return asked.flatMap((word) => {
    const scope = parseAppScope(word);
    if (scope === null) return [];
    const kept = writes
      ? scope.interactions
      : new Set([...scope.interactions].filter((i) => i === 'r' || i === 's'));
    if (kept.size === 0) return [];
    const whole = kept.size === scope.interactions.size;
    if (scope.type !== '*') {
      if (!categories.includes(categoryOf(scope.type))) return [];
      return [whole ? word : printAppScope({ ...scope, interactions: kept })];
    }
    if (CATEGORIES.every((category) => categories.includes(category))) {
      return [whole ? word : printAppScope({ ...scope, interactions: kept })];
    }
    return categories.flatMap(typesIn).map((type) => printAppScope({ ...scope, type, interactions: kept }));
  });
}

/**
 * What is left of a scope, granted or asked for once more, since its person took some of it back; all of it
 * where they did not.
 */
export function keptScope(scope: string, left: Choice | null): string {
  if (left === null) return scope;
  const granted = words(scope);
  return words([...granted.filter(isPlain), ...chosenScopes(granted, left)].join(' ')).join(' ');
}

/** What both leave. */
export function bothLeave(earlier: Choice | null, { categories, writes }: Choice): Choice {
  if (earlier === null) return { categories, writes };
  return {
    categories: categories.filter((each) => earlier.categories.includes(each)),
    writes: writes && earlier.writes,
  };
}
