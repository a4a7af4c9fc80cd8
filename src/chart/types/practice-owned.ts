/**
 * Types that belong to no patient. They are in the section that everyone in the practice may read, patients
 * included, so none of them may name a patient.
 */
import { instant, practiceType, type TypeEntry } from '../resource-type.ts';

export const PRACTICE_TYPES: Readonly<Record<string, TypeEntry>> = {
  ActivityDefinition: practiceType(),
  ChargeItemDefinition: practiceType(),
  CodeSystem: practiceType(),
  ConceptMap: practiceType(),
  DeviceDefinition: practiceType(),
  Endpoint: practiceType(),
  HealthcareService: practiceType(),
  InsurancePlan: practiceType(),
  Library: practiceType(),
  Location: practiceType(),
  Measure: practiceType(),
  // A catalogue entry: what a prescription that cites it says is weighed there (`sensitivityOf`).
  Medication: practiceType(),
  MedicationKnowledge: practiceType(),
  ObservationDefinition: practiceType(),
  Organization: practiceType(),
  OrganizationAffiliation: practiceType(),
  PlanDefinition: practiceType(),
  Practitioner: practiceType(),
  PractitionerRole: practiceType(),
  Questionnaire: practiceType(),
  ResearchStudy: practiceType(),
  Schedule: practiceType('practice', instant('date', 'planningHorizon')),
  Slot: practiceType('practice', instant('start', 'start')),
  SpecimenDefinition: practiceType(),
  Substance: practiceType(),
  ValueSet: practiceType(),
};
