/**
 * A transaction: everything in it or nothing (https://hl7.org/fhir/R4/http.html#trules). Each entry becomes a
 * change of the store, which does them together; an entry that cannot be is named in the answer.
 */
import { PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import {
  type Change,
  type Changed,
  ChangeRefused,
  type FhirResource,
  type Target,
  TYPES,
} from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { fullUrl } from './bundle.ts';
import { addressOf, type BundleEntry } from './bundle-entry.ts';
import { type EntryResult, resultsBytes } from './bundle-results.ts';
import type { FhirContext } from './fhir-context.ts';
import type { AnswerType } from './media-type.ts';
import { patchOfEntry } from './patch.ts';
import { entityTag, requiredVersion } from './precondition.ts';
import { type Preference, preferenceOf } from './preference.ts';
import { bodyOf, creationOf, expectType, matching, resultOf, SAVED, updateOf } from './write.ts';

export async function answerTransaction(
  { store, base }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  contentType: AnswerType,
  entries: readonly BundleEntry[],
): Promise<Answer> {
  const named = new Set<string>();
  const changes = entries.map((entry, index): Change => {
    try {
      if (entry.fullUrl !== null && named.has(entry.fullUrl))
        throw invalid('Two entries have the same fullUrl.');
      if (entry.fullUrl !== null) named.add(entry.fullUrl);
      return changeOf(entry, base);
    } catch (error) {
      throw error instanceof PosternError ? located(index, error) : error;
    }
  });
  try {
    const changed = changes.length === 0 ? [] : await store.transact(visit, changes);
    const preference = preferenceOf(request);
    const results = changed.map((one) => entryResult(base, one, preference));
    const body = resultsBytes('transaction-response', results);
    return { status: 200, headers: { 'content-type': contentType }, body };
  } catch (error) {
    throw error instanceof ChangeRefused ? located(error.index, error.cause) : error;
  }
}

function changeOf(entry: BundleEntry, base: string): Change {
  const { segments, query } = addressOf(entry.url, base);
  const [type = '', id] = segments;
  if (!TYPES.has(type) || segments.length > 2 || id === '' || id?.startsWith('_') || id?.startsWith('$')) {
    throw invalid('In a transaction, an entry is asked of Type, Type/ID or Type?search.');
  }
  if (entry.ifNoneMatch !== null || entry.ifModifiedSince !== null) {
    throw invalid('In a transaction, entries take ifMatch and ifNoneExist.');
  }
  const target: Target = id === undefined ? { where: new URLSearchParams(query) } : { id };
  const ifMatch = requiredVersion({ headers: entry.ifMatch === null ? {} : { 'if-match': entry.ifMatch } });
  const url = entry.fullUrl === null ? {} : { fullUrl: entry.fullUrl };
  switch (entry.method) {
    case 'POST':
      if (id !== undefined) throw invalid('POST makes something new: its address is the type alone.');
      return { ...creationOf(resourceOf(entry, type), entry.ifNoneExist ?? undefined), ...url };
    case 'PUT':
      return { ...updateOf(type, target, resourceOf(entry, type), ifMatch), ...url };
    case 'PATCH':
      return {
        kind: 'patch',
        type,
        target,
        patch: patchOfEntry(resourceOf(entry, null)),
        ...matching(ifMatch),
      };
    case 'DELETE':
      return { kind: 'delete', type, target, ...matching(ifMatch) };
    case 'GET':
      if (id === undefined) throw invalid('In a transaction, GET reads by id. Searches go into a batch.');
      return { kind: 'read', type, target: { id } };
    default:
      throw invalid('An entry is a GET, POST, PUT, PATCH or DELETE.');
  }
}

function resourceOf({ resource }: BundleEntry, type: string | null): FhirResource {
  if (resource === null) throw invalid('The entry has no resource.');
  if (type !== null) expectType(resource, type);
  return resource;
}

function entryResult(base: string, changed: Changed, preference: Preference): EntryResult {
  const { what, stored } = changed;
  const { status, location } = resultOf(base, changed);
  const etag = entityTag(stored.version);
  if (what === 'deleted') return { status, etag };
  const body = bodyOf(changed, preference);
  return {
    status,
    fullUrl: fullUrl(base, stored),
    location: location ?? undefined,
    etag,
    lastModified: stored.updatedAt.toISOString(),
    ...(body === SAVED ? { outcome: body } : { resource: body }),
  };
}

function invalid(text: string): PosternError {
  return new PosternError('invalid', text);
}

/** The error with the entry that it is about; below zero, it is about the whole. */
function located(index: number, error: PosternError): PosternError {
  if (index < 0) return error;
  const entry = `Bundle.entry[${index}]`;
  const expression = error.expression.map((path) =>
    /^[A-Z]/.test(path) ? path.replace(/^\w+/, `${entry}.resource`) : `${entry}.resource.${path}`,
  );
  return new PosternError(error.code, `Entry ${index + 1}: ${error.message}`, {
    expression: expression.length === 0 ? [entry] : expression,
    refused: error.refused,
    cause: error,
  });
}
