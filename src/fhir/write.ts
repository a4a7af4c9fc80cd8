/** create, update and delete (https://hl7.org/fhir/R4/http.html#create). */
import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, headerOf, type RoutedRequest, readBody } from '../base/exchange.ts';
import { type FhirResource, parseResource, RESOURCE_LIMITS, type Stored } from '../chart/index.ts';
import { fullUrl } from './bundle.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';
import { outcomeBytes } from './outcome.ts';
import { entityTag, requiredVersion, versionHeaders } from './precondition.ts';
import { preferenceOf } from './preference.ts';

export const create: Interaction = async ({ store, base }, request, visit) => {
  const contentType = answerType(request);
  // Made without its condition, the resource would be there twice.
  if (headerOf(request, 'if-none-exist') !== undefined) {
    throw new PosternError('invalid', 'This server does not offer conditional create.');
  }
  const stored = await store.create(visit, await readResourceOf(request));
  return writtenAnswer(request, contentType, stored, createdAt(base, stored));
};

export const update: Interaction = async ({ store, base }, request, visit) => {
  const { type, id } = request.params as { type: string; id: string };
  const contentType = answerType(request);
  const version = requiredVersion(request);
  const resource = await readResourceOf(request);
  if (resource.id !== id) {
    throw new PosternError('invalid', 'The resource must have the id that its address has.', {
      expression: [`${type}.id`],
    });
  }
  const options = version === null ? {} : { ifMatch: version };
  const stored = await store.update(visit, type, id, resource, options);
  // What was deleted is there again, as if made anew: https://hl7.org/fhir/R4/http.html#update.
  const where = stored.revived ? createdAt(base, stored) : { status: 200, location: null };
  return writtenAnswer(request, contentType, stored, where);
};

export const remove: Interaction = async ({ store }, request, visit) => {
  const { type, id } = request.params as { type: string; id: string };
  const version = requiredVersion(request);
  const removed = await store.remove(visit, type, id, version === null ? {} : { ifMatch: version });
  if (removed === null) throw notFound();
  return { status: 204, headers: { etag: entityTag(removed.version) }, body: null };
};

async function readResourceOf(request: RoutedRequest): Promise<FhirResource> {
  expectFhirJson(request);
  const resource = parseResource(await readBody(request, RESOURCE_LIMITS.bytes));
  if (resource.resourceType !== request.params.type) {
    throw new PosternError('invalid', 'The resource must be of the type that its address names.', {
      expression: ['resourceType'],
    });
  }
  return resource;
}

function createdAt(base: string, stored: Stored) {
  return { status: 201, location: `${fullUrl(base, stored)}/_history/${stored.version}` };
}

function writtenAnswer(
  request: RoutedRequest,
  contentType: string,
  stored: Stored,
  { status, location }: { status: number; location: string | null },
): Answer {
  const where = location === null ? {} : { location };
  const headers = { ...versionHeaders(stored), ...where };
  const { content } = preferenceOf(request);
  if (content === 'minimal' || stored.content === null) return { status, headers, body: null };
  const body = content === 'OperationOutcome' ? SAVED : stored.content.bytes();
  return { status, headers: { 'content-type': contentType, ...headers }, body };
}

const SAVED = outcomeBytes({ severity: 'information', code: 'informational', text: 'Saved.' });
