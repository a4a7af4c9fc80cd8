/**
 * `Binary/ID/$reveal`: shows the masked photo of a card to the session that asks, for some minutes. An
 * operation of our own, since FHIR says nothing of it; what it is for goes in as Parameters.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, type Route, type RoutedRequest, readBody } from '../base/exchange.ts';
import { parseResource, REVEAL_PURPOSES, type RevealPurpose, valuesAt } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';

const PARAMETER_BYTES = 4096;

/** No Bundle asks for it: each reveal is a request of its own. */
export function revealRoute(context: FhirContext): Route<Visit> {
  return {
    method: 'POST',
    path: '/fhir/Binary/:id/$reveal',
    summary: 'shows the masked photo of a card to this session for some minutes',
    who: 'session',
    handle: (request, visit) => reveal(context, request, visit),
  };
}

async function reveal({ store }: FhirContext, request: RoutedRequest, visit: Visit): Promise<Answer> {
  const contentType = answerType(request);
  expectFhirJson(request);
  const purpose = purposeOf(await readBody(request, PARAMETER_BYTES));
  const until = await store.cards.reveal(visit, request.params.id!, purpose);
  if (until === null) throw notFound();
  const answer = {
    resourceType: 'Parameters',
    parameter: [{ name: 'until', valueInstant: until.toISOString() }],
  };
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify(answer)),
  };
}

/** Throws `invalid` for what says none of the purposes. */
function purposeOf(body: Buffer): RevealPurpose {
  const parameters = parseResource(body);
  const named = valuesAt(parameters, 'parameter').filter((each) => valuesAt(each, 'name')[0] === 'purpose');
  const [code] = valuesAt(named[0], 'valueCode');
  const purpose = REVEAL_PURPOSES.find((known) => known === code);
  if (parameters.resourceType === 'Parameters' && purpose !== undefined) return purpose;
  throw new PosternError(
    'invalid',
    `Say what it is for: Parameters with a valueCode named purpose, one of ${REVEAL_PURPOSES.join(', ')}.`,
    { expression: ['Parameters.parameter'] },
  );
}
