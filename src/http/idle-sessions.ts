/**
 * Ends the sessions of browsers that nobody uses any more, keys and all. The page locks itself at the same
 * time; this is for the browser that was closed, put to sleep or cut off before it could say so.
 */
import type { Clock } from '../base/clock.ts';
import type { SessionHash } from '../base/ids.ts';
import { type Gate, isAtHome, type Scope } from '../gate/index.ts';

/** Whoever sits at a desk sits where others pass. */
const STAFF_SECONDS = 10 * 60;
const PATIENT_SECONDS = 20 * 60;
/** The page comes first: it tells the person, and asks the server within this time. */
const GRACE_SECONDS = 90;
const SWEEP_MS = 15_000;

/** Whether anybody holds the session who works at the practice. */
export function isStaff({ roles }: Pick<Scope, 'roles'>): boolean {
  return roles.some((role) => !isAtHome(role));
}

/** How long the page may stay open without anybody there. */
export function idleSeconds(scope: Pick<Scope, 'roles'>): number {
  return isStaff(scope) ? STAFF_SECONDS : PATIENT_SECONDS;
}

interface Used {
  readonly scope: Scope;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export class IdleSessions {
  readonly #gate: Pick<Gate, 'endSession'>;
  readonly #clock: Clock;
  readonly #used = new Map<SessionHash, Used>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(gate: Pick<Gate, 'endSession'>, clock: Clock) {
    this.#gate = gate;
    this.#clock = clock;
    this.#sweeping = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_MS);
    this.#sweeping.unref();
  }

  /**
   * Notes a use. False, and the session ended, where it comes too late: also after signing in, and for what
   * this process has not seen used since it began, which counts as unused since it was opened.
   */
  async use(scope: Scope): Promise<boolean> {
    const now = this.#clock.now().getTime();
    const known = this.#used.get(scope.sessionHash);
    const idle = (idleSeconds(scope) + GRACE_SECONDS) * 1000;
    if ((known?.until ?? scope.openedAt.getTime() + idle) <= now) {
      await this.#end(known?.scope ?? scope);
      return false;
    }
    const until = now + idle;
    this.#used.set(scope.sessionHash, { scope, until });
    return true;
  }

  forget({ sessionHash }: Scope): void {
    this.#used.delete(sessionHash);
  }

  /** Ends what has not been used for too long; those that are over anyway are forgotten. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    for (const { scope, until } of this.#used.values()) {
      if (scope.until <= now) this.forget(scope);
      else if (until <= now.getTime()) await this.#end(scope);
    }
  }

  stop(): void {
    clearInterval(this.#sweeping);
  }

  async #end(scope: Scope): Promise<void> {
    await this.#gate.endSession(scope);
    this.forget(scope);
  }
}
