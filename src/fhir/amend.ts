/**
 * `DocumentReference/ID/$amend`: whoever sent a document changes what it says of it as long as the practice
 * has not looked at it; and `$changes`: who changed a document, version by version. Operations of our own:
 * patients write no resource (ADR 0139), and a resource does not say whose a version is.
 */
import { notFound, PosternError } from '../base/errors.ts';
import type { AccountId } from '../base/ids.ts';
import { type Amendment, amendSent, documentIn, isDay, isDocumentType } from '../documents/index.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { type ParameterOut, parametersAnswer, readParameters } from './parameters.ts';
import { requiredVersion, versionHeaders } from './precondition.ts';

export const amendDocument: Interaction = async (context, request, visit) => {
  const contentType = answerType(request);
  const amendment = amendmentOf(await readParameters(request));
  const stored = await amendSent(context, visit, request.params.id!, amendment, requiredVersion(request));
  return {
    status: 200,
    headers: { 'content-type': contentType, ...versionHeaders(stored) },
    body: stored.content?.bytes() ?? null,
  };
};

export const documentChanges: Interaction = async ({ store, gate }, request, visit) => {
  const contentType = answerType(request);
  const versions = await store.authors(visit, 'DocumentReference', request.params.id!);
  if (versions === null) throw notFound();
  const names = new Map<AccountId, string>();
  for (const author of new Set(versions.map((version) => version.author))) {
    const account = await gate.accounts.describeAccount(author);
    if (account !== null) names.set(author, account.name);
  }
  const parameters = versions.map(({ version, updatedAt, author }): ParameterOut => {
    const by = names.get(author);
    return {
      name: 'change',
      part: [
        { name: 'version', valuePositiveInt: version },
        { name: 'at', valueInstant: updatedAt.toISOString() },
        ...(by === undefined ? [] : [{ name: 'by', valueString: by }]),
      ],
    };
  });
  return parametersAnswer(200, contentType, parameters);
};

const LONGEST = 200;
const LONGEST_REASON = 1000;
/** Controls, but tab and the ends of lines. */
const UNSEEN = /[^\P{Cc}\t\r\n]/u;

type Given = Awaited<ReturnType<typeof readParameters>>;

/** What may be said, and nothing else. Throws `invalid`. */
function amendmentOf(parameters: Given): Amendment {
  for (const name of parameters.keys()) {
    if (!Object.hasOwn(READERS, name)) throw invalid(`takes ${Object.keys(READERS).join(', ')}`);
  }
  const read = Object.entries(READERS).flatMap(([name, reader]) => {
    const parameter = parameters.get(name);
    return parameter === undefined ? [] : [reader(parameter as Readonly<Record<string, unknown>>)];
  });
  const amendment: Amendment = Object.assign({}, ...read);
  if (read.length === 0) throw invalid('says what to change');
  if (amendment.withdrawn !== undefined && amendment.replacedBy !== undefined) {
    throw invalid('takes withdrawn or replaced-by, not both');
  }
  return amendment;
}

const READERS: Readonly<Record<string, (given: Readonly<Record<string, unknown>>) => Amendment>> = {
  title: ({ valueString }) => ({ title: text(valueString, 'title', LONGEST) }),
  type: ({ valueCode }) => {
    if (typeof valueCode === 'string' && isDocumentType(valueCode)) return { type: valueCode };
    throw invalid('has as type, a valueCode, what may be sent');
  },
  date: ({ valueDate }) => {
    if (valueDate === undefined) return { date: '' };
    if (typeof valueDate === 'string' && isDay(valueDate)) return { date: valueDate };
    throw invalid('has as date, a valueDate, a day as in 2026-03-31');
  },
  withdrawn: ({ valueString }) => ({ withdrawn: text(valueString, 'withdrawn', LONGEST_REASON) }),
  'replaced-by': ({ valueReference }) => {
    const { reference } = (valueReference ?? {}) as { reference?: unknown };
    const id = documentIn(String(reference));
    if (id !== null) return { replacedBy: id };
    throw invalid('has as replaced-by, a valueReference, a DocumentReference');
  },
};

function text(value: unknown, name: string, longest: number): string {
  const said = typeof value === 'string' ? value.trim() : '';
  if (said !== '' && said.length <= longest && !UNSEEN.test(said)) return said;
  throw invalid(`has as ${name}, a valueString, 1 to ${longest} characters`);
}

function invalid(must: string): PosternError {
  return new PosternError('invalid', `$amend ${must}.`, { expression: ['Parameters.parameter'] });
}
