/**
 * What partners leave, as operations of our own, since FHIR says nothing of a quarantine. A partner has
 * `$deposit` and `$deposit-status`; staff have `$deposits`, `$open-deposit`, `$file-deposit` and
 * `$discard-deposit`. Which staff is for the role table to say.
 */
import { PosternError } from '../base/errors.ts';
import { headerOf, readBody } from '../base/exchange.ts';
import { type AccountId, type ChartId, type DepositId, NIL_UUID, parseId } from '../base/ids.ts';
import { parseReference, type Stored } from '../chart/index.ts';
import {
  DEPOSIT_BYTES,
  DEPOSIT_STATES,
  type DepositLine,
  type DepositState,
  mediaTypeOf,
  type Receipt,
} from '../intake/index.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { type ParameterOut, parametersAnswer, readParameters, textOf } from './parameters.ts';

export const leaveDeposit: Interaction = async ({ deposits, base }, request, visit) => {
  const contentType = answerType(request);
  const encoding = headerOf(request, 'content-encoding') ?? 'identity';
  const receipt = await deposits.leave(
    visit,
    // What may not be left at all is refused before anything is said of how.
    () => {
      if (encoding !== 'identity') {
        throw new PosternError('unsupported-media', 'The content must not be compressed.');
      }
      return mediaTypeOf(headerOf(request, 'content-type') ?? '');
    },
    () => readBody(request, DEPOSIT_BYTES),
  );
  const location = `${base}/$deposit-status?id=${receipt.id}`;
  return parametersAnswer(202, contentType, receiptParameters(receipt), { location });
};

export const depositStatus: Interaction = async ({ deposits }, request, visit) => {
  const contentType = answerType(request);
  const receipt = await deposits.receipt(visit, idIn(request.query));
  return parametersAnswer(200, contentType, receiptParameters(receipt));
};

const PAGE = 50;
const LONGEST_PAGE = 200;

export const listDeposits: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const query = new URLSearchParams(request.query);
  const state = stateOf(query.get('state') ?? 'waiting');
  const count = countOf(query.get('_count'));
  const after = query.get('_after');
  const lines = await context.deposits.list(visit, {
    state,
    after: after === null ? null : (parseId<DepositId>(after) ?? (NIL_UUID as DepositId)),
    count: count + 1,
  });
  const shown = lines.slice(0, count);
  const names = await namesOf(context, shown);
  const parameters = shown.map(
    (line): ParameterOut => ({ name: 'deposit', part: lineParameters(line, names) }),
  );
  const last = shown.at(-1);
  if (lines.length > count && last !== undefined) {
    const next = `${context.base}/$deposits?state=${state}&_count=${count}&_after=${last.id}`;
    parameters.push({ name: 'next', valueUrl: next });
  }
  return parametersAnswer(200, contentType, parameters);
};

export const openDeposit: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const { line, content, proposal } = await context.deposits.open(visit, idIn(request.query));
  const parameters = lineParameters(line, await namesOf(context, [line]));
  if (proposal !== null) {
    const part = [
      { name: 'patient', valueReference: { reference: `Patient/${proposal.chartId}` } },
      { name: 'by', valueCode: proposal.by },
    ];
    parameters.push({ name: 'proposal', part });
  }
  // As text in a resource, so that no browser takes a stranger's content for a page of ours.
  parameters.push({ name: 'content', valueBase64Binary: content.bytes().toString('base64') });
  return parametersAnswer(200, contentType, parameters);
};

export const fileDeposit: Interaction = async ({ deposits, base }, request, visit) => {
  const contentType = answerType(request);
  const parameters = await readParameters(request);
  const id = textOf(parameters, 'id', 'valueId', 'valueString');
  const patient = parameters.get('patient')?.valueReference as { reference?: unknown } | undefined;
  const reference = typeof patient?.reference === 'string' ? parseReference(patient.reference, [base]) : null;
  if (reference?.kind !== 'local' || reference.type !== 'Patient') {
    throw new PosternError('invalid', 'Parameters must have patient as a valueReference to Patient/ID.', {
      expression: ['Parameters.parameter'],
    });
  }
  const chartId = parseId<ChartId>(reference.id) ?? (NIL_UUID as ChartId);
  const stored = await deposits.file(visit, id, chartId);
  return parametersAnswer(200, contentType, stored.map(filedParameter));
};

export const discardDeposit: Interaction = async ({ deposits }, request, visit) => {
  const parameters = await readParameters(request);
  const id = textOf(parameters, 'id', 'valueId', 'valueString');
  await deposits.discard(visit, id, textOf(parameters, 'reason', 'valueString'));
  return { status: 204, headers: {}, body: null };
};

function receiptParameters({ id, receivedAt, state }: Receipt): ParameterOut[] {
  return [
    { name: 'id', valueId: id },
    { name: 'received', valueInstant: receivedAt.toISOString() },
    { name: 'state', valueCode: state },
  ];
}

function lineParameters(line: DepositLine, names: ReadonlyMap<AccountId, string>): ParameterOut[] {
  const from = names.get(line.partner);
  const parameters: ParameterOut[] = [
    { name: 'id', valueId: line.id },
    { name: 'partner', valueId: line.partner },
    ...(from === undefined ? [] : [{ name: 'from', valueString: from }]),
    { name: 'received', valueInstant: line.receivedAt.toISOString() },
    { name: 'type', valueCode: line.mediaType },
    { name: 'bytes', valueUnsignedInt: line.bytes },
    { name: 'state', valueCode: line.state },
  ];
  if (line.decidedAt !== null) {
    parameters.push({ name: 'decided', valueInstant: line.decidedAt.toISOString() });
    parameters.push({ name: 'by', valueId: line.decidedBy });
  }
  for (const id of line.filedAs) parameters.push({ name: 'filed-as', valueId: id });
  if (line.earlier !== null) {
    const part = [
      { name: 'id', valueId: line.earlier.id },
      { name: 'state', valueCode: line.earlier.state },
    ];
    parameters.push({ name: 'same-content-earlier', part });
  }
  return parameters;
}

function filedParameter({ type, id }: Stored): ParameterOut {
  return { name: 'filed', valueReference: { reference: `${type}/${id}` } };
}

/** Who left them, by name; an account that is gone has none. */
async function namesOf(
  { gate }: FhirContext,
  lines: readonly DepositLine[],
): Promise<Map<AccountId, string>> {
  const names = new Map<AccountId, string>();
  for (const partner of new Set(lines.map((line) => line.partner))) {
    const account = await gate.accounts.describeAccount(partner);
    if (account !== null) names.set(partner, account.name);
  }
  return names;
}

function idIn(query: string): string {
  const id = new URLSearchParams(query).get('id');
  if (id === null) throw new PosternError('invalid', 'The parameter id is missing.');
  return id;
}

function stateOf(text: string): DepositState {
  const state = DEPOSIT_STATES.find((known) => known === text);
  if (state === undefined) throw new PosternError('invalid', `state is ${DEPOSIT_STATES.join(', ')}.`);
  return state;
}

function countOf(text: string | null): number {
  if (text === null) return PAGE;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', '_count takes a whole number.');
  return Math.min(Math.max(Number(text), 1), LONGEST_PAGE);
}
