/** Sessions that a provider vouched for, so that its word can end them as it began them. */
import type { PracticeId, SessionHash } from '../../base/ids.ts';
import { mac, type PracticeKeys } from '../../seal/index.ts';
import type { DoorParts } from '../parts.ts';

/** What a provider says of a sign-in: whose it is, and in which session of its own, where it tells. */
export interface Vouched {
  readonly issuer: string;
  readonly subject: string | null;
  readonly session: string | null;
}

export class ProviderSessions {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  async note(
    practiceId: PracticeId,
    sessionHash: SessionHash,
    vouched: Vouched & { readonly subject: string },
    expires: Date,
  ): Promise<void> {
    const keys = await this.#parts.keychain.installation();
    await this.#parts.server.query('select postern.provider_session_put($1, $2, $3, $4, $5)', [
      practiceId,
      Buffer.from(sessionHash, 'hex'),
      ...digests(keys, practiceId, vouched),
      expires,
    ]);
  }

  /** Ends those that it names, in that practice, and says how many. */
  async end(practiceId: PracticeId, vouched: Vouched): Promise<number> {
    const { server, keychain, gate } = this.#parts;
    const { rows } = await server.query<{ name: string }>(
      'select n as name from postern.provider_sessions_end($1, $2, $3) n',
      [practiceId, ...digests(await keychain.installation(), practiceId, vouched)],
    );
    for (const { name } of rows) gate.forgetNamed(name);
    return rows.length;
  }
}

function digests(keys: PracticeKeys, practiceId: PracticeId, { issuer, subject, session }: Vouched) {
  const digest = (what: string, value: string | null) =>
    value === null
      ? null
      : mac(keys.indexKey(1), 'postern/provider-session/v1', practiceId, issuer, what, value);
  return [digest('subject', subject), digest('session', session)];
}
