/**
 * create, update, patch and delete, by id or by condition (https://hl7.org/fhir/R4/http.html#create). What is
 * asked becomes a change of the store; what came of it, an answer.
 */
import { PosternError } from '../base/errors.ts';
import { type Answer, headerOf, type Request, type RoutedRequest, readBody } from '../base/exchange.ts';
import { type Change, type Changed, type FhirResource, parseResource, type Target } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { createFromBytes, sendsBytes, updateFromBytes } from './binary.ts';
import { fullUrl } from './bundle.ts';
import { contentLimit } from './content-limit.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { type AnswerType, answerType, expectFhirJson } from './media-type.ts';
import { outcomeBytes } from './outcome.ts';
import { patchOf } from './patch.ts';
import { entityTag, requiredVersion, versionHeaders } from './precondition.ts';
import { type Preference, preferenceOf } from './preference.ts';

/** Makes a resource, or with `If-None-Exist` finds the one that is there. */
export const create: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const condition = headerOf(request, 'if-none-exist');
  if (sendsBytes(request)) {
    const change = await createFromBytes(context, request, visit);
    return answerChange(context, request, visit, contentType, change);
  }
  const resource = await readResourceOf(context, request, visit);
  return answerChange(context, request, visit, contentType, creationOf(resource, condition));
};

export const update: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const ifMatch = requiredVersion(request);
  refuseIfNoneMatch(request);
  if (sendsBytes(request)) {
    const change = await updateFromBytes(context, request, visit, ifMatch);
    return answerChange(context, request, visit, contentType, change);
  }
  const target = targetOf(request);
  const resource = await readResourceOf(context, request, visit);
  const change = updateOf(request.params.type!, target, resource, ifMatch);
  return answerChange(context, request, visit, contentType, change);
};

export const patch: Interaction = async (context, request, visit) => {
  const type = request.params.type!;
  const contentType = answerType(request);
  const version = requiredVersion(request);
  const target = targetOf(request);
  const change: Change = {
    kind: 'patch',
    type,
    target,
    patch: await patchOf(request, await contentLimit(context, visit)),
    ...matching(version),
  };
  return answerChange(context, request, visit, contentType, change);
};

export const remove: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const version = requiredVersion(request);
  const change: Change = {
    kind: 'delete',
    type: request.params.type!,
    target: targetOf(request),
    ...matching(version),
  };
  return answerChange(context, request, visit, contentType, change);
};

/** `condition` is the query of `If-None-Exist`; undefined where there is none. */
export function creationOf(resource: FhirResource, condition: string | undefined): Change {
  const creation = { kind: 'create', type: resource.resourceType, resource } as const;
  if (condition === undefined) return creation;
  return { ...creation, unless: new URLSearchParams(condition.slice(condition.indexOf('?') + 1)) };
}

/** Throws `invalid` where the resource has another id than its address. */
export function updateOf(
  type: string,
  target: Target,
  resource: FhirResource,
  ifMatch: number | null,
): Change & { kind: 'update' } {
  if ('id' in target && resource.id !== target.id) {
    throw new PosternError('invalid', 'The resource must have the id that its address has.', {
      expression: [`${type}.id`],
    });
  }
  return { kind: 'update', type, target, resource, ...matching(ifMatch) };
}

export function matching(ifMatch: number | null): { ifMatch?: number } {
  return ifMatch === null ? {} : { ifMatch };
}

/** Throws `invalid` where the resource is of another type than its address. */
export function expectType(resource: FhirResource, type: string): void {
  if (resource.resourceType === type) return;
  throw new PosternError('invalid', 'The resource must be of the type that its address names.', {
    expression: ['resourceType'],
  });
}

/** Ids are the server's to give, so what must not be there yet cannot be put there. */
function refuseIfNoneMatch(request: Pick<Request, 'headers'>): void {
  if (headerOf(request, 'if-none-match') === undefined) return;
  throw new PosternError('invalid', 'PUT changes what is there. To make something new, POST it.');
}

function targetOf({ params, query }: RoutedRequest): Target {
  return params.id === undefined ? { where: new URLSearchParams(query) } : { id: params.id };
}

async function readResourceOf(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
): Promise<FhirResource> {
  expectFhirJson(request);
  const resource = parseResource(await readBody(request, await contentLimit(context, visit)));
  expectType(resource, request.params.type!);
  return resource;
}

async function answerChange(
  { store, files, base }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  contentType: AnswerType,
  change: Change,
): Promise<Answer> {
  const changed = await changeOrDrop(store, files, visit, change);
  const { status, location } = resultOf(base, changed);
  const { stored } = changed;
  if (changed.what === 'deleted') return { status, headers: { etag: entityTag(stored.version) }, body: null };
  const headers = { ...versionHeaders(stored), ...(location === null ? {} : { location }) };
  const body = bodyOf(changed, preferenceOf(request));
  if (body === null) return { status, headers, body };
  return { status, headers: { 'content-type': contentType, ...headers }, body };
}

/** What was kept of a file for a change that was not taken is dropped again. */
async function changeOrDrop(
  store: FhirContext['store'],
  files: FhirContext['files'],
  visit: Visit,
  change: Change,
): Promise<Changed> {
  try {
    return await store.change(visit, change);
  } catch (error) {
    if ('file' in change) {
      await files.drop(visit.scope.practiceId, change.file.facts.stretches);
      if (change.file.promise !== undefined) await store.endPromise(visit, change.file.promise);
    }
    throw error;
  }
}

/** Status and place of what was changed. */
export function resultOf(
  base: string,
  { what, stored }: Changed,
): { status: number; location: string | null } {
  const location = `${fullUrl(base, stored)}/_history/${stored.version}`;
  switch (what) {
    case 'created':
    // What was deleted is there again, as if made anew: https://hl7.org/fhir/R4/http.html#update.
    case 'revived':
      return { status: 201, location };
    case 'found':
      return { status: 200, location };
    case 'deleted':
      return { status: 204, location: null };
    default:
      return { status: 200, location: null };
  }
}

/** What is told of a write, as was preferred; null for nothing. */
export function bodyOf({ what, stored }: Changed, { content }: Preference): Uint8Array | null {
  if (stored.content === null) return null;
  if (what === 'read') return stored.content.bytes();
  if (content === 'minimal') return null;
  return content === 'OperationOutcome' ? SAVED : stored.content.bytes();
}

/** What is told of a write where an outcome is preferred. */
export const SAVED = outcomeBytes({ severity: 'information', code: 'informational', text: 'Saved.' });
