/** Parameters, the resource that operations take and give (https://hl7.org/fhir/R4/parameters.html). */
import { PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import { readBody } from '../base/exchange.ts';
import { isObject, type JsonObject, parseResource, valuesAt } from '../chart/index.ts';
import { type AnswerType, expectFhirJson } from './media-type.ts';

const PARAMETER_BYTES = 16 * 1024;

/** What came, by name; of several with one name the first. Throws `invalid` for what is no Parameters. */
export async function readParameters(request: RoutedRequest): Promise<ReadonlyMap<string, JsonObject>> {
  expectFhirJson(request);
  const resource = parseResource(await readBody(request, PARAMETER_BYTES));
  if (resource.resourceType !== 'Parameters') {
    throw new PosternError('invalid', 'The content must be Parameters.', { expression: ['resourceType'] });
  }
  const found = new Map<string, JsonObject>();
  for (const one of valuesAt(resource, 'parameter').filter(isObject)) {
    if (typeof one.name === 'string' && !found.has(one.name)) found.set(one.name, one);
  }
  return found;
}

/** Parameters as the query that says the same: each with its one primitive value. */
export async function queryOfParameters(request: RoutedRequest): Promise<[name: string, value: string][]> {
  const body = await readBody(request, PARAMETER_BYTES);
  if (body.length === 0) return [];
  expectFhirJson(request);
  const resource = parseResource(body);
  if (resource.resourceType !== 'Parameters') {
    throw new PosternError('invalid', 'The content must be Parameters.', { expression: ['resourceType'] });
  }
  return valuesAt(resource, 'parameter').flatMap((one): [string, string][] => {
    if (!isObject(one) || typeof one.name !== 'string') return [];
    const value = Object.entries(one).find(([name]) => name.startsWith('value'))?.[1];
    return typeof value === 'string' || typeof value === 'number' ? [[one.name, String(value)]] : [];
  });
}

/** A parameter's text in one of those elements. Throws `invalid` where it is missing. */
export function textOf(
  parameters: ReadonlyMap<string, JsonObject>,
  name: string,
  ...elements: readonly string[]
): string {
  const parameter = parameters.get(name);
  const text = elements.map((element) => parameter?.[element]).find((value) => typeof value === 'string');
  if (typeof text === 'string') return text;
  throw new PosternError('invalid', `Parameters must have ${name} as ${elements.join(' or ')}.`, {
    expression: ['Parameters.parameter'],
  });
}

/** One parameter on its way out: its value under the element that says its type, or its parts. */
export type ParameterOut = { readonly name: string } & Readonly<Record<string, unknown>>;

export function parametersAnswer(
  status: number,
  contentType: AnswerType,
  parameter: readonly ParameterOut[],
  headers: Readonly<Record<string, string>> = {},
): Answer {
  // FHIR knows no empty lists.
  const resource = { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) };
  return {
    status,
    headers: { 'content-type': contentType, ...headers },
    body: Buffer.from(JSON.stringify(resource)),
  };
}
