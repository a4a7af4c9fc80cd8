/**
 * `Patient/ID/$break-glass`: opens the closed sections of one chart to a clinician for an hour. An operation
 * of our own, since FHIR says nothing of it; the reason goes in as Parameters, as FHIR's operations take
 * theirs (https://hl7.org/fhir/R4/operations.html).
 */
import { notFound, PosternError } from '../base/errors.ts';
import { readBody } from '../base/exchange.ts';
import { type ChartId, parseId } from '../base/ids.ts';
import { parseResource, valuesAt } from '../chart/index.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';

const PARAMETER_BYTES = 16 * 1024;

export const breakGlass: Interaction = async ({ gate }, request, visit) => {
  const contentType = answerType(request);
  expectFhirJson(request);
  const parameters = parseResource(await readBody(request, PARAMETER_BYTES));
  const reasons = valuesAt(parameters, 'parameter').filter((each) => valuesAt(each, 'name')[0] === 'reason');
  const [reason] = valuesAt(reasons[0], 'valueString');
  if (parameters.resourceType !== 'Parameters' || typeof reason !== 'string') {
    throw new PosternError('invalid', 'State the reason: Parameters with a valueString named reason.', {
      expression: ['Parameters.parameter'],
    });
  }
  // Before anything is looked at, so that it says nothing of what is there. To apps the glass is not shown.
  if (visit.scope.client === null) await gate.assertFresh(visit);
  const chartId = parseId<ChartId>(request.params.id!);
  if (chartId === null) throw notFound();
  const grantId = await gate.grants.breakGlass(visit, { chartId, reason });
  const answer = { resourceType: 'Parameters', parameter: [{ name: 'grant', valueId: grantId }] };
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify(answer)),
  };
};
