/** Which patch a request holds (https://hl7.org/fhir/R4/http.html#patch). XML Patch is not offered. */
import { PosternError } from '../base/errors.ts';
import { type Request, readBody } from '../base/exchange.ts';
import {
  type FhirPatch,
  type FhirResource,
  fhirPathPatch,
  isObject,
  jsonPatch,
  parseJson,
  parseResource,
  valuesAt,
} from '../chart/index.ts';
import { expectFhirJson, isJsonPatch } from './media-type.ts';

const PATCH_BYTES = 1024 * 1024;

/** Throws `unsupported-media` for a patch of another kind, `invalid` for what is none. */
export async function patchOf(
  request: Pick<Request, 'headers' | 'body'>,
  mostBytes: number,
): Promise<FhirPatch> {
  const limits = { bytes: Math.min(PATCH_BYTES, mostBytes), depth: 64 };
  if (isJsonPatch(request)) return jsonPatch(parseJson(await readBody(request, limits.bytes), limits));
  expectFhirJson(request);
  return fhirPathPatch(parseResource(await readBody(request, limits.bytes), limits));
}

/** The patch of an entry of a Bundle: Parameters, or a Binary that holds a JSON Patch. */
export function patchOfEntry(resource: FhirResource): FhirPatch {
  if (resource.resourceType !== 'Binary') return fhirPathPatch(resource);
  const [type] = valuesAt(resource, 'contentType');
  const [data] = valuesAt(resource, 'data');
  const named = { headers: { 'content-type': String(type) } };
  if (!isObject(resource) || typeof data !== 'string' || !isJsonPatch(named)) {
    throw new PosternError('unsupported-media', 'A patch in a Binary must be application/json-patch+json.');
  }
  return jsonPatch(parseJson(Buffer.from(data, 'base64'), { bytes: PATCH_BYTES, depth: 64 }));
}
