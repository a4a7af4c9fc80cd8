/**
 * AuditEvent: the access log as FHIR has it (https://hl7.org/fhir/R4/auditevent.html). It can be read and
 * searched, and nothing else: what stands in it was written by the server as it answered.
 */
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import { type AccountId, parseId } from '../base/ids.ts';
import { type ChartStore, parseReference } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { preferenceOf } from './preference.ts';

type Line = Awaited<ReturnType<ChartStore['lines']>>['lines'][number];

const PAGE = 50;
const LONGEST_PAGE = 500;
const PARAMETERS = new Set(['patient', 'entity', 'date', 'agent', '_count', '_cursor', '_format', '_pretty']);

export const searchAuditEvents: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const query = new URLSearchParams(request.query);
  if (preferenceOf(request).strict && [...query.keys()].some((name) => !PARAMETERS.has(name))) {
    throw new PosternError('invalid', 'AuditEvent is searched by patient, entity, date and agent.');
  }
  const page = await context.store.lines(visit, {
    chartId: patientOf(query, context.base),
    accountId: query.get('agent'),
    dates: query.getAll('date'),
    count: countOf(query.get('_count')),
    cursor: query.get('_cursor'),
  });
  const names = await namesOf(context, page.lines);
  const used = [...query].filter(
    ([name]) => PARAMETERS.has(name) && name !== '_format' && name !== '_pretty',
  );
  const address = (extra: [string, string][] = []) => {
    const all = new URLSearchParams([
      ...used.filter(([name]) => name !== '_cursor' || extra.length === 0),
      ...extra,
    ]);
    return `${context.base}/AuditEvent${all.size === 0 ? '' : `?${all}`}`;
  };
  const link = [{ relation: 'self', url: address() }];
  if (page.next !== null) link.push({ relation: 'next', url: address([['_cursor', page.next]]) });
  const recipients = await recipientsOf(context, page.lines);
  const entry = page.lines.map((line) => ({
    fullUrl: `${context.base}/AuditEvent/${line.id}`,
    resource: auditEventOf(line, names, recipients.get(line.id)),
    search: { mode: 'match' },
  }));
  const bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    link,
    ...(entry.length === 0 ? {} : { entry }),
  };
  return jsonAnswer(contentType, bundle);
};

export const readAuditEvent: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const line = await oneLine(context, request, visit);
  const recipients = await recipientsOf(context, [line]);
  return jsonAnswer(contentType, auditEventOf(line, await namesOf(context, [line]), recipients.get(line.id)));
};

async function oneLine({ store }: FhirContext, request: RoutedRequest, visit: Visit): Promise<Line> {
  const { lines } = await store.lines(visit, { id: request.params.id!, count: 1 });
  const [line] = lines;
  if (line === undefined) throw notFound();
  return line;
}

/** By `patient=ID`, `patient=Patient/ID` or `entity=Patient/ID`. */
function patientOf(query: URLSearchParams, base: string): string | null {
  const text = query.get('patient') ?? query.get('entity');
  if (text === null) return null;
  if (parseId(text) !== null && query.has('patient')) return text;
  const reference = parseReference(text, [base]);
  if (reference.kind === 'local' && reference.type === 'Patient') return reference.id;
  throw new PosternError('invalid', 'AuditEvent is searched by patient=ID or entity=Patient/ID.');
}

function countOf(text: string | null): number {
  if (text === null) return PAGE;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', '_count takes a whole number.');
  return Math.min(Math.max(Number(text), 1), LONGEST_PAGE);
}

/** Who it was, and whom it was about, by name; an account that is gone has none. */
async function namesOf({ gate }: FhirContext, lines: readonly Line[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const accounts = lines.flatMap((line) => [
    ...(line.account === null ? [] : [line.account]),
    ...accountsIn(line),
  ]);
  for (const account of new Set(accounts)) {
    const described = await gate.accounts.describeAccount(account as AccountId);
    if (described !== null) names.set(account, described.name);
  }
  return names;
}

/** Who opened a link has no account: their name is what they said. */
async function recipientsOf({ links }: FhirContext, lines: readonly Line[]): Promise<Map<string, string>> {
  const recipients = new Map<string, string>();
  for (const line of lines) {
    const recipient = await links.recipientOf(line);
    if (recipient !== null) recipients.set(line.id, recipient);
  }
  return recipients;
}

/** From https://hl7.org/fhir/R4/valueset-audit-event-action.html; anything else is E, execute. */
const ACTIONS: Readonly<Record<string, string>> = {
  read: 'R',
  vread: 'R',
  history: 'R',
  search: 'R',
  everything: 'R',
  log: 'R',
  create: 'C',
  import: 'C',
  update: 'U',
  patch: 'U',
  delete: 'D',
};
const OUTCOMES: Readonly<Record<string, string>> = { ok: '0', refused: '4', failed: '8' };

export function auditEventOf(line: Line, names: ReadonlyMap<string, string>, recipient?: string): object {
  const account = doerOf(line);
  const name = account === null ? recipient : names.get(account);
  const entity = entriesOf(line).map(([, type, id, version]) => ({
    what:
      type === 'Account'
        ? personOf(id, names)
        : { reference: `${type}/${id}${version === null ? '' : `/_history/${version}`}` },
  }));
  return {
    resourceType: 'AuditEvent',
    id: line.id,
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    subtype: [{ system: 'urn:postern:action', code: line.action }],
    action: ACTIONS[line.action] ?? 'E',
    recorded: line.at,
    outcome: OUTCOMES[line.outcome] ?? '0',
    purposeOfEvent: [{ text: line.purpose }],
    agent: [
      {
        ...(account === null ? {} : { who: { identifier: { system: ACCOUNT, value: account } } }),
        ...(name === undefined ? {} : { name }),
        requestor: account !== null,
        ...(line.address === null ? {} : { network: { address: line.address, type: '2' } }),
      },
    ],
    source: { observer: { display: 'Postern' } },
    ...(entity.length === 0 ? {} : { entity }),
  };
}

type Entry = readonly [chart: unknown, type: string, id: string, version: number | null];

function entriesOf({ entries }: Line): readonly Entry[] {
  return Array.isArray(entries) ? (entries as Entry[]) : [];
}

/** FHIR's own Account is one of money: people are named by their identifier. */
function personOf(account: string, names: ReadonlyMap<string, string>): object {
  const display = names.get(account);
  const identifier = { system: ACCOUNT, value: account };
  return display === undefined ? { identifier } : { identifier, display };
}

function accountsIn(line: Line): string[] {
  return entriesOf(line).flatMap(([, type, id]) => (type === 'Account' ? [id] : []));
}

/**
 * Whoever takes an invitation has no session yet, and a line names the account of a session alone: it is the
 * one that the line says was let in.
 */
function doerOf(line: Line): string | null {
  if (line.account !== null || line.action !== 'invite-used') return line.account;
  return accountsIn(line)[0] ?? null;
}

const ACCOUNT = 'urn:postern:account';

function jsonAnswer(contentType: string, resource: object): Answer {
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify(resource)),
  };
}
