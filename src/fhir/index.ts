/** The door of the FHIR room. */
export type { FhirContext } from './fhir-context.ts';
export { errorAnswer, issueTypeOf, outcomeBytes } from './outcome.ts';
export { fhirRoutes } from './routes.ts';
