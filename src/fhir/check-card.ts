/**
 * `Patient/ID/$check-card`: notes that somebody at the desk has looked at a photo ID or an insurance card. A
 * look is enough, and keeps no photo; where one was captured all the same, it says until when that is kept.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type ChartId, parseId, type ResourceId } from '../base/ids.ts';
import {
  expiryOf,
  type FhirResource,
  isCard,
  isObject,
  keptUntil,
  parseReference,
  valuesAt,
  withCheck,
} from '../chart/index.ts';
import { DOCUMENT_TYPES, isDay } from '../documents/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { readParameters } from './parameters.ts';
import { versionHeaders } from './precondition.ts';

interface Look {
  readonly kind: 'photo-id' | 'insurance-card';
  readonly issuer: string | null;
  readonly expires: string | null;
  /** The last places of its number. */
  readonly last4: string | null;
  /** The document of a photo that was captured before; null where there is none. */
  readonly document: ResourceId | null;
}

/** Authority: `write` of documents in the chart; no app looks at anything at a desk. */
export const checkCard: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const look = lookOf(await readParameters(request));
  const { store } = context;
  const chartId = parseId<ChartId>(request.params.id!);
  const { scope } = visit;
  const may =
    chartId !== null &&
    scope.app === null &&
    scope.allows('write', 'administrative', chartId, null, 'DocumentReference');
  if (!may) {
    await store.noteRefusal(visit, 'check-card', [{ type: 'Patient', id: request.params.id! }]);
    throw notFound();
  }
  if ((await store.read(visit, 'Patient', chartId)) === null) throw notFound();
  const stored =
    look.document === null
      ? await store.create(visit, await seen(context, visit, chartId, look))
      : await checkStanding(context, visit, chartId, look.document, look);
  return {
    status: look.document === null ? 201 : 200,
    headers: { 'content-type': contentType, ...versionHeaders(stored) },
    body: stored.content?.bytes() ?? null,
  };
};

/** The record of a look without a photo. */
async function seen(
  { clock, gate }: FhirContext,
  { scope }: Visit,
  chartId: ChartId,
  look: Look,
): Promise<FhirResource> {
  const now = clock.now().toISOString();
  const { code, display } = DOCUMENT_TYPES[look.kind];
  const document = {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: 'http://loinc.org', code, display }] },
    subject: { reference: `Patient/${chartId}` },
    date: now,
    content: [{ attachment: { title: 'Seen at the desk; no copy is kept' } }],
    ...identifierOf(look),
  };
  const by = (await gate.accounts.describeAccount(scope.accountId))?.name ?? null;
  return withCheck(document, { at: now, by, until: null, destroyed: null });
}

async function checkStanding(
  { store, clock, gate }: FhirContext,
  visit: Visit,
  chartId: ChartId,
  id: ResourceId,
  look: Look,
) {
  const stored = await store.read(visit, 'DocumentReference', id);
  const resource = stored?.content?.json<FhirResource>() ?? null;
  const [subject] = valuesAt(resource, 'subject.reference');
  const named = parseReference(String(subject));
  if (stored === null || resource === null || named.kind !== 'local' || named.id !== chartId)
    throw notFound();
  if (!isCard(resource)) throw new PosternError('not-processable', 'This document is no card.');
  const { accountId, practiceId } = visit.scope;
  const by = (await gate.accounts.describeAccount(accountId))?.name ?? null;
  const { cardDays } = await gate.settings.of(practiceId);
  const now = clock.now().toISOString();
  const noted = { ...resource, docStatus: 'final', ...identifierOf(look) };
  const until = keptUntil(now, look.expires ?? expiryOf(resource), cardDays);
  const checked = withCheck(noted, { at: now, by, until, destroyed: null });
  return store.update(visit, 'DocumentReference', id, checked, { ifMatch: stored.version });
}

/** As https://hl7.org/fhir/R4/datatypes.html#Identifier; with the last places of the number and no more. */
function identifierOf({ kind, issuer, expires, last4 }: Look): object {
  if (issuer === null && expires === null && last4 === null) return {};
  const code = kind === 'photo-id' ? 'DL' : 'MB';
  return {
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] },
        ...(last4 === null ? {} : { value: `••••${last4}` }),
        ...(expires === null ? {} : { period: { end: expires } }),
        ...(issuer === null ? {} : { assigner: { display: issuer } }),
      },
    ],
  };
}

const KINDS = ['photo-id', 'insurance-card'] as const;
const LONGEST_ISSUER = 80;
const NAMES: ReadonlySet<string> = new Set(['kind', 'issuer', 'expires', 'last4', 'document']);

/** Throws `invalid` for anything but what may be noted of a card. */
function lookOf(given: Awaited<ReturnType<typeof readParameters>>): Look {
  for (const name of given.keys()) if (!NAMES.has(name)) throw invalid(`takes ${[...NAMES].join(', ')}`);
  const value = (name: string, element: string): unknown =>
    (given.get(name) as Readonly<Record<string, unknown>> | undefined)?.[element];
  const kind = KINDS.find((known) => known === value('kind', 'valueCode'));
  if (kind === undefined) throw invalid(`has a kind, a valueCode: ${KINDS.join(' or ')}`);
  const issuer = value('issuer', 'valueString') ?? null;
  const isName = typeof issuer === 'string' && issuer.trim() !== '' && issuer.length <= LONGEST_ISSUER;
  if (issuer !== null && (!isName || /\p{Cc}/u.test(String(issuer)))) {
    throw invalid(`has as issuer, a valueString, 1 to ${LONGEST_ISSUER} characters`);
  }
  const expires = value('expires', 'valueDate') ?? null;
  if (expires !== null && (typeof expires !== 'string' || !isDay(expires))) {
    throw invalid('has as expires, a valueDate, a day as in 2026-03-31');
  }
  const last4 = value('last4', 'valueString') ?? null;
  if (last4 !== null && (typeof last4 !== 'string' || !/^[\p{L}\p{N}]{1,4}$/u.test(last4))) {
    throw invalid('has as last4, a valueString, the last 4 letters or digits at most');
  }
  const reference = value('document', 'valueReference');
  return {
    kind,
    issuer: issuer === null ? null : String(issuer).trim(),
    expires,
    last4,
    document: reference === undefined ? null : documentOf(reference),
  };
}

function documentOf(reference: unknown): ResourceId {
  const named = parseReference(isObject(reference) ? String(reference.reference) : '');
  const isOne = named.kind === 'local' && named.type === 'DocumentReference';
  const id = isOne ? parseId<ResourceId>(named.id) : null;
  if (id !== null) return id;
  throw invalid('has as document, a valueReference, a DocumentReference');
}

function invalid(must: string): PosternError {
  return new PosternError('invalid', `$check-card ${must}.`, { expression: ['Parameters.parameter'] });
}
