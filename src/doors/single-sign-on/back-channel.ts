/**
 * What an identity provider tells us by itself (OpenID Connect Back-Channel Logout 1.0): somebody signed out
 * there, so that what it vouched for ends here, in the practice that trusts it.
 */
import { type Answer, jsonAnswer, type RoutedRequest } from '../../base/exchange.ts';
import { type LineId, newId, type PracticeId } from '../../base/ids.ts';
import { secretTokenHash } from '../../seal/index.ts';
import { readFormField } from '../json-exchange.ts';
import { type Limits, ofNetwork } from '../limits/limits.ts';
import { failureLine, type Lines } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import { type LogoutToken, TOKEN_SECONDS } from './logout-token.ts';
import type { ProviderSessions } from './provider-sessions.ts';
import type { Provider } from './provider-terms.ts';
import type { RelyingSide } from './relying-side.ts';

export interface BackChannelParts extends DoorParts {
  readonly limits: Limits;
  readonly lines: Lines;
  readonly relying: RelyingSide;
  readonly sessions: ProviderSessions;
  /** The provider of that id of the practice with that slug; null where there is none. */
  find(slug: string, id: string): Promise<{ practiceId: PracticeId; provider: Provider } | null>;
}

const NO_STORE = { 'cache-control': 'no-store' };
const DONE: Answer = { status: 200, headers: NO_STORE, body: null };

/**
 * Takes a logout token, once. Whatever is wrong with it is one answer, 400; what is refused is counted
 * against the network and leaves a line. 503 where the provider's keys cannot be had.
 */
export async function takeLogout(parts: BackChannelParts, request: RoutedRequest): Promise<Answer> {
  const { limits, lines, sessions, relying } = parts;
  const token = await readFormField(request, 'logout_token');
  const subjects = [ofNetwork(request.address)];
  await limits.take(subjects);
  const { slug = '', provider: id = '' } = request.params;
  const found = await parts.find(slug, id);
  const read = found === null || token === null ? null : await relying.readLogout(found.provider, token);
  if (found === null || read === null || !(await isNew(parts, found.practiceId, found.provider, read))) {
    if (found !== null) {
      const line = failureLine(null, 'back-channel-logout', request.address);
      const { practiceId } = found;
      await lines.write({
        ...line,
        practiceId,
        id: newId<LineId>(),
        purpose: 'provider',
        action: 'end-session',
      });
    }
    const said = { error: 'invalid_request', error_description: 'The logout token was not taken.' };
    return jsonAnswer(400, said, NO_STORE);
  }
  await limits.give(subjects);
  const { issuer } = found.provider;
  await sessions.end(found.practiceId, { issuer, subject: read.subject, session: read.session });
  return DONE;
}

/** Its id is remembered for longer than it would be taken, in every process. */
async function isNew(
  { server, clock }: DoorParts,
  practiceId: PracticeId,
  { issuer }: Provider,
  { id }: LogoutToken,
): Promise<boolean> {
  const name = secretTokenHash(JSON.stringify(['postern/logout-token/v1', practiceId, issuer, id]));
  const now = clock.now();
  const { rows } = await server.query<{ first: boolean }>('select postern.ticket_use($1, $2, $3) as first', [
    Buffer.from(name, 'hex'),
    new Date(now.getTime() + 3 * TOKEN_SECONDS * 1000),
    now,
  ]);
  return rows[0]?.first === true;
}
