/** The door of the FHIR room. */
export { exportable, type ReachThen, reachOf, stillReaches } from './bulk/export-right.ts';
export { type ExportParts, exportKind } from './bulk/export-run.ts';
export type { FhirContext } from './fhir-context.ts';
export { errorAnswer, issueTypeOf, outcomeBytes } from './outcome.ts';
export { fhirRoutes } from './routes.ts';
