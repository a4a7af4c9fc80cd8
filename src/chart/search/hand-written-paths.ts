/** The few expressions of search parameters that say more than a path. */
import { isObject } from '../fhir-resource.ts';
import type { Extract } from './fhir-path.ts';
import { waitingSince } from './own-parameters.ts';

/** By type and parameter. */
export const HAND_WRITTEN: Readonly<Record<string, Extract>> = {
  /** `Patient.deceased.exists() and Patient.deceased != false`: a date of death says yes as well. */
  'Patient.deceased': (patient, emit) => {
    if (!isObject(patient)) return;
    emit(patient.deceasedBoolean === true || typeof patient.deceasedDateTime === 'string');
  },
  'DocumentReference.waiting': waitingSince,
};
