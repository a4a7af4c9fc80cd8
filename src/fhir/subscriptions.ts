/** Subscriptions are refused, in words that say what to do instead. */
import type { Interaction } from './fhir-context.ts';
import { OUTCOME_TYPE, outcomeBytes } from './outcome.ts';

const REFUSED = outcomeBytes({
  severity: 'error',
  code: 'not-supported',
  text: 'Subscriptions are not offered yet. Ask GET /fhir/_history?_since= for what has changed.',
});

/** 404 is what FHIR has for a type that is not offered (https://hl7.org/fhir/R4/http.html#create). */
export const refuseSubscription: Interaction = async () => ({
  status: 404,
  headers: { 'content-type': OUTCOME_TYPE },
  body: REFUSED,
});
