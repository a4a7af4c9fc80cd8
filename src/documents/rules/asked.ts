/** JSON in the requests of this room's own routes. */
import { notFound, PosternError } from '../../base/errors.ts';
import { headerOf, type RoutedRequest, readBody } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';

export type Asked = Readonly<Record<string, unknown>>;

const MOST_BYTES = 32_768;
const LONGEST_REASON = 500;

/** The object that a request holds. Throws `unsupported-media`, `too-large` or `invalid`. */
export async function readAsked(request: RoutedRequest): Promise<Asked> {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new PosternError('unsupported-media', 'The content must be application/json.');
  }
  const bytes = await readBody(request, MOST_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new PosternError('invalid', 'The content is not JSON.', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Asked;
  throw new PosternError('invalid', 'The content is not a JSON object.');
}

/** Why somebody does it, for those who look at it later. Throws `invalid` where nothing is said. */
export function reasonIn(asked: Asked): string {
  const reason = typeof asked.reason === 'string' ? asked.reason.trim() : '';
  if (reason.length >= 5 && reason.length <= LONGEST_REASON) return reason;
  throw new PosternError('invalid', `Say in reason why, in 5 to ${LONGEST_REASON} characters.`);
}

/** The version that a change was made from. */
export function versionIn(asked: Asked): number {
  if (Number.isSafeInteger(asked.version) && Number(asked.version) >= 0) return Number(asked.version);
  throw new PosternError('invalid', 'version must be the one that GET told.');
}

/** Throws not-found for programs: what is decided here, a person decides. */
export function assertInPerson({ scope }: Visit): void {
  if (!isInPerson(scope)) throw notFound();
}

export function isInPerson(scope: Visit['scope']): boolean {
  const isProgram = scope.roles.some((role) => role === 'client' || role === 'partner');
  return !isProgram && scope.client === null && scope.terms.narrowing === null;
}
