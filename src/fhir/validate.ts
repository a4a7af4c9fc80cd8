/**
 * `$validate` of what is sent, of a change, and of a resource as it stands
 * (https://hl7.org/fhir/R4/resource-operation-validate.html). Nothing is kept.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type RoutedRequest, readBody } from '../base/exchange.ts';
import {
  type FhirResource,
  type Issue,
  isObject,
  type JsonObject,
  parseResource,
  valuesAt,
} from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { contentLimit } from './content-limit.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType, expectFhirJson } from './media-type.ts';
import { issueTypeOf } from './outcome.ts';
import { expectType } from './write.ts';

const MODES = ['create', 'update', 'delete', 'profile'] as const;
type Mode = (typeof MODES)[number];

interface Asked {
  readonly resource: FhirResource | null;
  readonly mode: Mode | null;
  /** The canonical URL of the profile that it is held against. */
  readonly profile: string | null;
}

/** An issue of the outcome, before it is written out. */
interface Finding {
  readonly code: string;
  readonly text: string;
  readonly expression: readonly string[];
}

export const validate: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const asked = await askedOf(request, await contentLimit(context, visit));
  const findings = await findingsOf(context, visit, request, asked);
  const issue = findings.map(({ code, text, expression }) => ({
    severity: 'error',
    code,
    details: { text },
    ...(expression.length === 0 ? {} : { expression }),
  }));
  const text = asked.mode === null || asked.mode === 'profile' ? 'It is valid.' : TAKEN;
  const fine = { severity: 'information', code: 'informational', details: { text } };
  const outcome = { resourceType: 'OperationOutcome', issue: issue.length === 0 ? [fine] : issue };
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify(outcome)),
  };
};

const TAKEN = 'As things stand, it would be done.';

async function findingsOf(
  context: FhirContext,
  visit: Visit,
  { params }: RoutedRequest,
  { resource, mode, profile }: Asked,
): Promise<readonly Finding[]> {
  const { store } = context;
  const type = params.type!;
  const id = params.id ?? null;
  if (profile !== null && !store.knowsProfile(profile)) {
    throw new PosternError('invalid', 'This server does not know the profile.', {
      expression: ['Parameters.parameter'],
    });
  }
  if (mode === 'profile' || mode === 'delete') {
    if (id === null)
      throw new PosternError('invalid', `mode=${mode} is about a resource: TYPE/ID/$validate.`);
    if (resource !== null) throw new PosternError('invalid', `mode=${mode} takes no resource.`);
    if (mode === 'delete') return changeFindings(context, visit, { type, id, resource });
    if (profile === null) throw new PosternError('invalid', 'mode=profile takes a profile.');
    const content = (await store.read(visit, type, id))?.content;
    if (content == null) throw notFound();
    return store.validate(parseResource(content.bytes()), profile).map(findingOf);
  }
  if (resource === null) {
    throw new PosternError('invalid', 'There must be a resource that is to be validated.', {
      expression: ['Parameters.parameter'],
    });
  }
  expectType(resource, type);
  if (mode === 'update' && id === null) {
    throw new PosternError('invalid', 'mode=update is about a resource: TYPE/ID/$validate.');
  }
  const found = store.validate(resource, profile).map(findingOf);
  if (
    id !== null &&
    mode !== 'create' &&
    (mode === 'update' || resource.id !== undefined) &&
    resource.id !== id
  ) {
    const text = 'The resource must have the id that its address has.';
    found.push({ code: 'value', text, expression: [`${type}.id`] });
  }
  // What is not sound is not looked at further; to whom it is about, that tells nothing.
  if (mode === null || (found.length > 0 && mode === 'create')) return found;
  const refused = await changeFindings(context, visit, {
    type,
    id: mode === 'create' ? null : id,
    resource: found.length > 0 ? null : resource,
  });
  return [...found, ...refused];
}

/** Why a change would not be taken. What it names in vain counts as in the change itself. */
async function changeFindings(
  { store, gate }: FhirContext,
  visit: Visit,
  change: Parameters<FhirContext['store']['checkChange']>[1],
): Promise<readonly Finding[]> {
  const { refusal } = await store.checkChange(visit, change);
  if (refusal === null) return [];
  if (refusal.isRefusal) await gate.noteRefusal(visit);
  return [{ code: issueTypeOf(refusal.code), text: refusal.message, expression: refusal.expression }];
}

function findingOf({ code, expression, message }: Issue): Finding {
  return { code, text: `${expression} ${message}.`, expression: [expression] };
}

/** The resource itself, with `mode` and `profile` in the address, or all of it in Parameters. */
async function askedOf(request: RoutedRequest, mostBytes: number): Promise<Asked> {
  const query = new URLSearchParams(request.query);
  const body = await readBody(request, mostBytes);
  if (body.length > 0) expectFhirJson(request);
  const content = body.length === 0 ? null : parseResource(body);
  const parameters = content?.resourceType === 'Parameters' ? content : null;
  const mode = primitiveOf(parameters, 'mode', 'valueCode', 'valueString') ?? (query.get('mode') || null);
  const profile =
    primitiveOf(parameters, 'profile', 'valueUri', 'valueCanonical', 'valueString') ??
    (query.get('profile') || null);
  if (mode !== null && !isMode(mode)) {
    throw new PosternError('invalid', 'mode takes create, update, delete or profile.', {
      expression: ['Parameters.parameter'],
    });
  }
  return { resource: parameters === null ? content : sentIn(parameters), mode, profile };
}

function isMode(text: string): text is Mode {
  return MODES.some((mode) => mode === text);
}

function parameterOf(parameters: FhirResource | null, name: string): JsonObject | null {
  const all = parameters === null ? [] : valuesAt(parameters, 'parameter').filter(isObject);
  const named = all.filter((one) => one.name === name);
  if (named.length <= 1) return named[0] ?? null;
  throw new PosternError('invalid', `There must be one ${name} at most.`, {
    expression: ['Parameters.parameter'],
  });
}

function primitiveOf(parameters: FhirResource | null, name: string, ...elements: string[]): string | null {
  const parameter = parameterOf(parameters, name);
  if (parameter === null) return null;
  const value = elements.map((element) => parameter[element]).find((one) => one !== undefined);
  if (typeof value === 'string' && value !== '') return value;
  throw new PosternError('invalid', `${name} takes ${elements[0]}.`, {
    expression: ['Parameters.parameter'],
  });
}

function sentIn(parameters: FhirResource): FhirResource | null {
  const parameter = parameterOf(parameters, 'resource');
  if (parameter === null) return null;
  const { resource } = parameter;
  if (isObject(resource) && typeof resource.resourceType === 'string') return resource as FhirResource;
  throw new PosternError('invalid', 'The resource must be one of FHIR R4.', {
    expression: ['Parameters.parameter'],
  });
}
