/**
 * Access tokens are sessions of the gate: whoever holds one is admitted, narrowed, logged and ended like
 * everybody else, and there is no second way to a record.
 */
import { PosternError } from '../base/errors.ts';
import { type AccountId, type LineId, newId, type PracticeId, type SessionHash } from '../base/ids.ts';
import {
  type Gate,
  type Narrowing,
  readGranted,
  type Scope,
  SENSITIVE_SCOPE,
  type SessionTerms,
} from '../gate/index.ts';
import type { LineWriter } from '../ledger/index.ts';
import { secretTokenHash } from '../seal/index.ts';
import type { Client } from './clients.ts';
import type { Consent } from './consents.ts';

/** For whom a token is issued. */
export interface Holder {
  readonly practiceId: PracticeId;
  readonly accountId: AccountId;
  readonly client: Client;
  /** Null for a backend, which nobody let in but the operator. */
  readonly consent: Consent | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly practiceId: PracticeId;
  readonly sessionHash: Buffer;
}

export interface TokenParts {
  readonly gate: Pick<Gate, 'openSession' | 'accounts'>;
  readonly lines: LineWriter;
}

/** What stands before the thumbprint (RFC 7638) of the key with which alone a token works (RFC 9449). */
export const BOUND_TO = 'key ';

export class TokenSessions {
  readonly #parts: TokenParts;

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  /**
   * Whether the holder still has anything in the practice: an account that is disabled, or whose grants there
   * have ended, gets no more tokens.
   */
  async mayHold({ practiceId, accountId }: Pick<Holder, 'practiceId' | 'accountId'>): Promise<boolean> {
    const { accounts } = this.#parts.gate;
    const account = await accounts.describeAccount(accountId);
    if (account === null || account.disabled) return false;
    const practices = await accounts.practicesOf(accountId);
    return practices.some((practice) => practice.practiceId === practiceId);
  }

  /** Opens the session of a token; `boundTo` is the thumbprint of the key that it works with alone. */
  async issue(
    holder: Holder,
    scope: string,
    ttlSeconds: number,
    boundTo: string | null,
    refreshed: boolean,
  ): Promise<IssuedToken> {
    const { practiceId, accountId, client, consent } = holder;
    const records = aboutRecords(scope);
    const narrowing: Narrowing = {
      scope: consent?.sensitive === false ? records : `${records} ${SENSITIVE_SCOPE}`,
      patient: consent?.chartId ?? null,
    };
    const terms: SessionTerms = {
      methods: ['app'],
      device: boundTo === null ? null : `${BOUND_TO}${boundTo}`,
      narrowing,
    };
    const purpose = consent === null ? 'backend' : 'app';
    const { clientId } = client;
    const token = await this.#parts.gate
      .openSession({ practiceId, accountId, purpose, client: clientId, ttlSeconds, terms })
      .catch((error) => {
        if (error instanceof PosternError && error.code === 'conflict') return null;
        throw error;
      });
    if (token === null) throw new PosternError('unauthenticated', 'The account is disabled.');
    const sessionHash = secretTokenHash(token) as SessionHash;
    await this.note(refreshed ? 'token-refresh' : 'token-issue', holder, { sessionHash, accountId });
    return { token, practiceId, sessionHash: Buffer.from(sessionHash, 'hex') };
  }

  /**
   * An access line of the practice about what an app was given or lost; `who` did it, null where that was the
   * app itself, or a rule.
   */
  async note(action: string, { practiceId, client, consent }: NotedApp, who: Doer | null): Promise<void> {
    const entries =
      consent === null ? [] : ([[consent.chartId, 'Consent', consent.consentId, null]] as const);
    await this.#parts.lines.write({
      practiceId,
      id: newId<LineId>(),
      sessionHash: who?.sessionHash ?? null,
      accountId: who?.accountId ?? null,
      behalfOf: consent?.chartId ?? null,
      purpose: 'app',
      action,
      outcome: 'ok',
      client: client.clientId,
      address: null,
      entries,
      detail: null,
      bytes: null,
      closes: null,
    });
  }
}

/** Whose session it was. */
export type Doer = Pick<Scope, 'sessionHash' | 'accountId'>;

export interface NotedApp {
  readonly practiceId: PracticeId;
  readonly client: Pick<Client, 'clientId'>;
  readonly consent: Pick<Consent, 'chartId' | 'consentId'> | null;
}

function aboutRecords(scope: string): string {
  return scope
    .split(' ')
    .filter((word) => word === SENSITIVE_SCOPE || readGranted(word).records.length > 0)
    .join(' ');
}
