/**
 * Code systems and the shapes that cite them. Codes are single citations; no code set of a licensed
 * terminology (CDT, SNODENT, SNOMED CT) is shipped, so dental services and findings have local codes.
 */
import type { CodeableConcept, Coding, Quantity } from '@medplum/fhirtypes';

export const SYSTEM = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  /** HL7's teaching set of FDI (ISO 3950) numbers for permanent teeth, as R4 publishes it. */
  tooth: 'http://terminology.hl7.org/CodeSystem/ex-tooth',
  /** ADA universal numbering, 1 to 32 and A to T. */
  universalTooth: 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem',
  surface: 'http://terminology.hl7.org/CodeSystem/FDI-surface',
  dentalProcedure: 'https://postern.example/dental-procedure',
  dentalFinding: 'https://postern.example/dental-finding',
  visitService: 'https://postern.example/visit-service',
} as const;

export type SystemName = keyof typeof SYSTEM;

export function coding(system: SystemName, code: string, display?: string): Coding {
  return { system: SYSTEM[system], code, ...(display === undefined ? {} : { display }) };
}

/** A concept with one coding; `text` is what a person reads and defaults to the display. */
export function concept(
  system: SystemName,
  code: string,
  display: string,
  text: string = display,
): CodeableConcept {
  return { coding: [coding(system, code, display)], text };
}

/** A concept from one of HL7's own terminology.hl7.org code systems. */
export function hl7(system: string, code: string, display?: string): CodeableConcept {
  const url = `http://terminology.hl7.org/CodeSystem/${system}`;
  return { coding: [{ system: url, code, ...(display === undefined ? {} : { display }) }] };
}

export function quantity(value: number, unit: string, code: string = unit): Quantity {
  return { value, unit, system: SYSTEM.ucum, code };
}

export function dollars(value: number): { value: number; currency: 'USD' } {
  return { value: Math.round(value * 100) / 100, currency: 'USD' };
}
