/** The second factor beside a passphrase: codes of an authenticator app, and recovery codes on paper. */
import type { AccountId } from '../../base/ids.ts';
import {
  base32,
  newCodeSecret,
  newRecoveryCode,
  newSalt,
  readRecoveryCode,
  recoveryCodeDigest,
  stepOfCode,
} from '../../seal/index.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import type { Tickets } from '../signing-in/tickets.ts';
import {
  bare,
  type CodeApp,
  type FactorStore,
  type Kept,
  type RecoveryCodes,
  single,
  type Tell,
} from './factor-store.ts';
import type { Holder } from './passkeys.ts';

const RECOVERY_CODES = 10;
const SETUP_SECONDS = 900;

export class Codes {
  readonly #parts: DoorParts;
  readonly #store: FactorStore;
  readonly #tickets: Tickets;

  constructor(parts: DoorParts, store: FactorStore, tickets: Tickets) {
    this.#parts = parts;
    this.#store = store;
    this.#tickets = tickets;
  }

  /** A secret for an app, which counts from when the app has shown a code of it (`confirm`). */
  async propose({ accountId, sessionHash }: Holder, email: string) {
    const secret = newCodeSecret();
    const claims = { account: accountId, session: sessionHash, secret: secret.toString('base64url') };
    const ticket = await this.#tickets.make('totp', claims, SETUP_SECONDS);
    const letters = base32(secret);
    const label = `Postern:${encodeURIComponent(email)}`;
    return { secret: letters, uri: `otpauth://totp/${label}?secret=${letters}&issuer=Postern`, ticket };
  }

  /**
   * Keeps the app whose code it is, in place of an earlier one; false where it is not. The ticket works
   * until a code was right.
   */
  async confirm({ accountId, sessionHash }: Holder, ticket: string, code: string, tell?: Tell) {
    const claims = await this.#tickets.read('totp', ticket);
    if (claims === null || claims.account !== accountId || claims.session !== sessionHash) return false;
    const now = secondsOf(this.#parts.clock);
    const secret = String(claims.secret);
    const step = stepOfCode(Buffer.from(secret, 'base64url'), digitsOf(code), now, 0);
    if (step === null || !(await this.#tickets.use(ticket, claims))) return false;
    const app: CodeApp = { kind: 'totp', secret, usedStep: step, madeAt: now, usedAt: null };
    await this.#store.put(accountId, app, tell);
    return true;
  }

  /** New recovery codes in place of any there were. They are shown this once, and kept as digests. */
  async renewRecovery(accountId: AccountId, tell?: Tell): Promise<string[]> {
    const keys = await this.#parts.keychain.installation();
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    const salt = newSalt();
    const left: string[] = [];
    for (const code of codes) {
      left.push(await recoveryCodeDigest(keys.indexKey(1), accountId, salt, readRecoveryCode(code)!));
    }
    const madeAt = secondsOf(this.#parts.clock);
    await this.#store.put(accountId, { kind: 'recovery-codes', salt, left, madeAt }, tell);
    return codes;
  }

  /**
   * Takes a code of the account, which works once however many ask: six digits of the app, or a recovery
   * code. Answers which it was; null where it is neither.
   */
  async take(factors: readonly Kept[], code: string): Promise<'totp' | 'recovery-code' | null> {
    const app = single(factors, 'totp');
    const digits = digitsOf(code);
    if (/^\d{6}$/.test(digits)) return app !== null && (await this.#takeDigits(app, digits)) ? 'totp' : null;
    const codes = single(factors, 'recovery-codes');
    const letters = readRecoveryCode(code);
    if (codes === null || letters === null || app === null) return null;
    return (await this.#takeRecovery(codes, letters)) ? 'recovery-code' : null;
  }

  async #takeDigits(app: Kept<CodeApp>, digits: string): Promise<boolean> {
    const now = secondsOf(this.#parts.clock);
    const step = stepOfCode(Buffer.from(app.secret, 'base64url'), digits, now, app.usedStep);
    if (step === null) return false;
    return this.#store.change(app, { ...bare(app), usedStep: step, usedAt: now });
  }

  async #takeRecovery(codes: Kept<RecoveryCodes>, letters: string): Promise<boolean> {
    const keys = await this.#parts.keychain.installation();
    const digest = await recoveryCodeDigest(keys.indexKey(1), codes.accountId, codes.salt, letters);
    if (!codes.left.includes(digest)) return false;
    return this.#store.change(codes, { ...bare(codes), left: codes.left.filter((each) => each !== digest) });
  }
}

function digitsOf(code: string): string {
  return code.length > 40 ? '' : code.replace(/[\s-]/g, '');
}
