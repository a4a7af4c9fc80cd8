/** `Patient/$match` (https://hl7.org/fhir/R4/patient-operation-match.html). */
import { PosternError } from '../base/errors.ts';
import { readBody } from '../base/exchange.ts';
import {
  type FhirResource,
  isObject,
  type JsonObject,
  parseResource,
  type Stored,
  valuesAt,
} from '../chart/index.ts';
import { bundleBytes, fullUrl, incompleteEntry } from './bundle.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';

const CONTENT_BYTES = 64 * 1024;
const PAGE = 10;
const LONGEST_PAGE = 50;
const GRADE = 'http://hl7.org/fhir/StructureDefinition/match-grade';

export const match: Interaction = async ({ store, base }, request, visit) => {
  const contentType = answerType(request);
  expectFhirJson(request);
  const { patient, count, onlyCertain } = askedOf(parseResource(await readBody(request, CONTENT_BYTES)));
  const { matches, incomplete } = await store.match(visit, patient, { count, onlyCertain });
  const scores = new Map(matches.map(({ stored, score, grade }) => [stored, { score, grade }]));
  const links = { self: `${base}/Patient/$match`, next: null };
  const around = (entry: Stored): [string, string] => {
    const { score, grade } = scores.get(entry)!;
    const extension = JSON.stringify([{ url: GRADE, valueCode: grade }]);
    return [
      `{"fullUrl":"${fullUrl(base, entry)}","resource":`,
      `,"search":{"extension":${extension},"mode":"match","score":${score}}}`,
    ];
  };
  const further = incomplete ? [incompleteEntry()] : [];
  const body = bundleBytes('searchset', links, [...scores.keys()], around, null, further);
  return { status: 200, headers: { 'content-type': contentType }, body };
};

/** Parameters, or the Patient alone. */
function askedOf(content: FhirResource): { patient: FhirResource; count: number; onlyCertain: boolean } {
  if (content.resourceType === 'Patient') return { patient: content, count: PAGE, onlyCertain: false };
  const parameters = new Map<unknown, JsonObject>();
  for (const one of valuesAt(content, 'parameter').filter(isObject)) parameters.set(one.name, one);
  const patient = parameters.get('resource')?.resource;
  if (content.resourceType !== 'Parameters' || !isObject(patient) || patient.resourceType !== 'Patient') {
    throw new PosternError('invalid', 'Post Parameters with a Patient as the resource that is sought.', {
      expression: ['Parameters.parameter'],
    });
  }
  const count = parameters.get('count')?.valueInteger ?? PAGE;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw new PosternError('invalid', 'count takes a whole number.', {
      expression: ['Parameters.parameter'],
    });
  }
  return {
    patient: patient as FhirResource,
    count: Math.min(count, LONGEST_PAGE),
    onlyCertain: parameters.get('onlyCertainMatches')?.valueBoolean === true,
  };
}
