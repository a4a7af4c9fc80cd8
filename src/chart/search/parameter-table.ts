/**
 * Which search parameters are indexed, and where. Everything else that compiles is offered too, but only
 * checked on the resources that an indexed criterion (or the chart) has already narrowed down: an index row
 * costs about 120 bytes beside a resource that seals to a thousand, and a token with three possible values
 * hides nothing from whoever counts rows (ADR 0043).
 */

/** Parameters with tokens; `all` types that define them, or those named. */
export const TOKEN_PARAMETERS: Readonly<Record<string, 'all' | readonly string[]>> = {
  birthdate: 'all',
  category: 'all',
  code: 'all',
  email: 'all',
  encounter: 'all',
  identifier: 'all',
  name: 'all',
  phone: 'all',
  type: 'all',
  'vaccine-code': 'all',
  actor: ['Schedule'],
  location: ['Appointment'],
  organization: ['PractitionerRole', 'HealthcareService', 'Location'],
  owner: ['Task'],
  practitioner: ['Appointment', 'PractitionerRole'],
  schedule: ['Slot'],
  'sent-digest': ['DocumentReference'],
  specialty: ['PractitionerRole', 'HealthcareService'],
  target: ['Provenance'],
  status: ['Appointment', 'Slot', 'Task'],
};

/**
 * Parameters of a chart's resources that are searched across the practice, under the practice's index key:
 * who somebody is, which order a result belongs to, what stands in the day's book. Tokens of sensitive,
 * psychotherapy and canary sections never are, whatever this says; those of practice-owned types always are.
 */
export const WIDE_PARAMETERS: Readonly<Record<string, 'all' | readonly string[]>> = {
  birthdate: 'all',
  email: 'all',
  identifier: 'all',
  name: 'all',
  phone: 'all',
  location: ['Appointment'],
  owner: ['Task'],
  practitioner: ['Appointment'],
  status: ['Appointment', 'Task'],
};

/** Parameters that have no tokens of their own but whose values are all found through those of another. */
export const FOUND_THROUGH: Readonly<Record<string, readonly string[]>> = {
  family: ['name'],
  given: ['name'],
  telecom: ['phone', 'email'],
};

/** Dates that are indexed beside the clinical instant in the row. */
export const DATE_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'recorded-date': ['Condition'],
  'target-date': ['Goal'],
  modified: ['Task'],
  occurrence: ['ServiceRequest'],
  period: ['DocumentReference'],
  waiting: ['DocumentReference'],
};

/** Parameters by which a patient is named as the owner: the row's chart answers them. */
export const OWNER_PARAMETERS: ReadonlySet<string> = new Set([
  'beneficiary',
  'candidate',
  'individual',
  'patient',
  'subject',
]);

/** Values of names and addresses are kept apart from other strings by what they are made of. */
export const CONTACT_PARAMETERS: ReadonlySet<string> = new Set(['email', 'phone', 'telecom']);

/** Not honest here: nothing sounds names out, and no text index exists. */
export const NOT_OFFERED: ReadonlySet<string> = new Set(['phonetic', '_content', '_query', '_text', 'near']);

export function listed(
  table: Readonly<Record<string, 'all' | readonly string[]>>,
  param: string,
  type: string,
): boolean {
  const types = table[param];
  return types === 'all' || types?.includes(type) === true;
}
