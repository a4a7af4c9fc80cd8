/**
 * The endpoints where clients prove who they are, and get, show or give back tokens. What fails is counted by
 * client and network, so that whoever tries secrets, assertions or tokens soon waits, and neither the client
 * elsewhere nor its neighbours at the same address do; what is issued is counted by account and client.
 */
import { type Answer, headerOf, jsonAnswer, type RoutedRequest, readBody } from '../base/exchange.ts';
import type { AccountId, PracticeId } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import { Refusal } from '../base/refusal.ts';
import { INSTALLATION } from '../gate/index.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { carry } from './carry.ts';
import type { Client } from './clients.ts';
import { readGrantName } from './consents.ts';

export interface TokenSubject {
  readonly limit: 'token-client' | 'token-account' | 'app-request';
  readonly of: string;
}

/** As `Limits` of the doors; `take` throws `throttled` with `Retry-After` and counts none. */
export interface TokenLimits {
  take(subjects: readonly TokenSubject[]): Promise<void>;
  give(subjects: readonly TokenSubject[]): Promise<void>;
}

interface Asker {
  readonly client: Client | null;
  /** Where a code, a refresh token or the client itself says for whom; null otherwise. */
  readonly holder: { readonly practiceId: PracticeId; readonly accountId: AccountId } | null;
}

const MOST_BYTES = 64 * 1024;
const CLIENT_ID = /^[a-z0-9][a-z0-9-]{1,62}$/;
/** By `grant_type`: the field that shows what was given before, and as what that is kept. */
const SHOWN: ReadonlyMap<string | null, readonly [field: string, kind: string]> = new Map([
  ['authorization_code', ['code', 'AuthorizationCode']],
  ['refresh_token', ['refresh_token', 'RefreshToken']],
]);

export async function carryClient(
  authorization: AuthorizationServer,
  limits: TokenLimits,
  request: RoutedRequest,
): Promise<Answer> {
  const content = await readBody(request, MOST_BYTES);
  const asker = await askerOf(authorization, request, content);
  const [client, account] = subjectsOf(asker, request.address);
  try {
    await limits.take([...client, ...account]);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await note(authorization, asker, 'too_many_requests', request.address);
    return tooMany(error);
  }
  const body = (async function* () {
    yield content;
  })();
  const provider = await authorization.provider();
  const answer = await carry(provider.callback(), { ...request, body }, authorization.browsers);
  const isRefused = answer.status >= 400 && answer.status < 500;
  await limits.give(isRefused ? account : answer.status < 400 ? client : [...client, ...account]);
  if (isRefused) await note(authorization, asker, errorOf(answer), request.address);
  return answer;
}

/** Clients that are made up count as one at each network. */
function subjectsOf({ client, holder }: Asker, address: string): [TokenSubject[], TokenSubject[]] {
  const network = networkOf(address);
  const name = client?.clientId ?? '-';
  const tries: TokenSubject = { limit: 'token-client', of: `${name} ${network}` };
  if (client === null || holder === null) return [[tries], []];
  // Anybody may say that they are a backend; who shows a token was given it.
  const whom = client.backend === null ? holder.accountId : network;
  return [[tries], [{ limit: 'token-account', of: `${name} ${whom}` }]];
}

async function askerOf(
  { clients, kept }: AuthorizationServer,
  request: RoutedRequest,
  content: Buffer,
): Promise<Asker> {
  const fields = new URLSearchParams(content.toString());
  const clientId = saidClient(headerOf(request, 'authorization') ?? '', fields);
  const client = CLIENT_ID.test(clientId) ? await clients.find(clientId) : null;
  if (client === null) return { client, holder: null };
  if (client.backend !== null) return { client, holder: client.backend };
  const [field, kind] = SHOWN.get(fields.get('grant_type')) ?? [];
  const shown = field === undefined ? null : fields.get(field);
  if (kind === undefined || shown === null || shown === '') return { client, holder: null };
  const found = await kept(kind).find(shown);
  const named = found?.clientId === clientId ? readGrantName(found.grantId ?? '') : null;
  if (named === null || found?.accountId === undefined) return { client, holder: null };
  const { practiceId } = named;
  return { client, holder: { practiceId, accountId: found.accountId as AccountId } };
}

/** Who the client says it is, in any of the ways in which it may; nothing of it is proved yet. */
function saidClient(authorization: string, fields: URLSearchParams): string {
  const basic = /^Basic +([\w+/=-]{1,1024})$/i.exec(authorization)?.[1];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString().split(':')[0] ?? '';
  const claims = fields.get('client_assertion')?.split('.')[1];
  if (claims === undefined) return fields.get('client_id') ?? '';
  try {
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: unknown };
    return typeof sub === 'string' ? sub : '';
  } catch {
    return '';
  }
}

function note(
  { refused }: AuthorizationServer,
  { client, holder }: Asker,
  error: string,
  address: string,
): Promise<void> {
  const practiceId = holder?.practiceId ?? INSTALLATION;
  return refused.note({ practiceId, clientId: client?.clientId ?? null, error, address });
}

/** The word of the protocol, and no other text. */
function errorOf({ body }: Answer): string {
  const { error } = JSON.parse(Buffer.from(body as Uint8Array).toString() || '{}') as { error?: unknown };
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : 'refused';
}

function tooMany({ message, headers }: Refusal): Answer {
  const said = { error: 'too_many_requests', error_description: message };
  return jsonAnswer(429, said, { 'cache-control': 'no-store', ...headers });
}
