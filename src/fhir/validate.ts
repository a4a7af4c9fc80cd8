/** `TYPE/$validate` (https://hl7.org/fhir/R4/resource-operation-validate.html): only looks at what is sent. */
import { PosternError } from '../base/errors.ts';
import { readBody } from '../base/exchange.ts';
import { type FhirResource, isObject, parseResource, RESOURCE_LIMITS, valuesAt } from '../chart/index.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';
import { expectType } from './write.ts';

export const validate: Interaction = async ({ store }, request) => {
  const contentType = answerType(request);
  expectFhirJson(request);
  const resource = sentIn(parseResource(await readBody(request, RESOURCE_LIMITS.bytes)));
  expectType(resource, request.params.type!);
  const found = store.validate(resource).map(({ code, expression, message }) => ({
    severity: 'error',
    code,
    details: { text: `${expression} ${message}.` },
    expression: [expression],
  }));
  const fine = { severity: 'information', code: 'informational', details: { text: 'It is valid.' } };
  const outcome = { resourceType: 'OperationOutcome', issue: found.length === 0 ? [fine] : found };
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify(outcome)),
  };
};

/** The resource itself, or the one in Parameters. */
function sentIn(content: FhirResource): FhirResource {
  if (content.resourceType !== 'Parameters') return content;
  const [parameter] = valuesAt(content, 'parameter').filter(
    (one) => isObject(one) && one.name === 'resource' && isObject(one.resource),
  );
  const resource = isObject(parameter) ? parameter.resource : undefined;
  if (!isObject(resource) || typeof resource.resourceType !== 'string') {
    throw new PosternError('invalid', 'Parameters must have the resource that is to be validated.', {
      expression: ['Parameters.parameter'],
    });
  }
  return resource as FhirResource;
}
