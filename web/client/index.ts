/** The door of the client: everything the pages ask of the server, typed. */
export { ApiError, type Failure, failureOf } from './api-error.ts';
export {
  accessLog,
  allergies,
  appointments,
  chartPatient,
  conditions,
  documents,
  medications,
  observations,
  patientList,
} from './chart-queries.ts';
export { type Decimal, type FhirBundle, type Page, parseFhir } from './fhir-json.ts';
export { type AccessVisit, accessVisits } from './record/access-visits.ts';
export {
  chartNumber,
  conceptText,
  givenName,
  isCurrent,
  isPresent,
  isWithdrawn,
  listName,
  medicineOf,
  onsetOf,
  sayName,
  whoIs,
} from './record/names.ts';
export {
  type Measurement,
  type Range,
  type Reading,
  type Series,
  type Standing,
  seriesOf,
} from './record/series.ts';
export {
  type ChartReach,
  type PracticeName,
  type Session,
  sessionQuery,
  signIn,
  signOut,
  stayAwake,
} from './session.ts';
