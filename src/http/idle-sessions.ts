/**
 * Ends the sessions of browsers that nobody uses any more, keys and all. The page locks itself at the same
 * time; this is for the browser that was closed, put to sleep or cut off before it could say so. Other
 * processes may have seen a session since: they note it, to the minute, and are asked before one is ended.
 */
import type { Clock } from '../base/clock.ts';
import type { SessionHash } from '../base/ids.ts';
import { type Gate, isAtHome, type PracticeSettings, type Scope } from '../gate/index.ts';

/** The page comes first: it tells the person, and asks the server within this time. */
const GRACE_SECONDS = 90;
const SWEEP_MS = 15_000;
const NOTE_MS = 60_000;

type Limits = Pick<PracticeSettings, 'staffIdleMinutes' | 'patientIdleMinutes'>;

/** What is asked of the gate. */
export interface IdleGate extends Pick<Gate, 'endSession'> {
  readonly sightings: Pick<Gate['sightings'], 'note' | 'last'>;
  readonly settings: { of(practiceId: Scope['practiceId']): Promise<Limits> };
}

/** Whether anybody holds the session who works at the practice. */
export function isStaff({ roles }: Pick<Scope, 'roles'>): boolean {
  return roles.some((role) => !isAtHome(role));
}

/** As the practice sets it: whoever sits at a desk sits where others pass. */
export function idleSeconds(scope: Pick<Scope, 'roles'>, limits: Limits): number {
  return 60 * (isStaff(scope) ? limits.staffIdleMinutes : limits.patientIdleMinutes);
}

interface Used {
  readonly scope: Scope;
  /** Milliseconds, all three. */
  readonly idle: number;
  readonly at: number;
  /** When it was noted for other processes. */
  readonly noted: number;
}

export class IdleSessions {
  readonly #gate: IdleGate;
  readonly #clock: Clock;
  readonly #used = new Map<SessionHash, Used>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(gate: IdleGate, clock: Clock) {
    this.#gate = gate;
    this.#clock = clock;
    this.#sweeping = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_MS);
    this.#sweeping.unref();
  }

  /** How long the page of that session may stay open without anybody there. */
  async secondsOf(scope: Scope): Promise<number> {
    return idleSeconds(scope, await this.#gate.settings.of(scope.practiceId));
  }

  /** Notes a use. False, and the session ended, where it comes too late: also after signing in. */
  async use(scope: Scope): Promise<boolean> {
    const now = this.#clock.now().getTime();
    const known = this.#used.get(scope.sessionHash);
    const idle = ((await this.secondsOf(scope)) + GRACE_SECONDS) * 1000;
    if ((known?.at ?? 0) + idle <= now && (await this.#seenElsewhere(scope)) + idle <= now) {
      await this.#end(known?.scope ?? scope);
      return false;
    }
    const due = (known?.noted ?? 0) + NOTE_MS <= now;
    this.#used.set(scope.sessionHash, { scope, idle, at: now, noted: due ? now : known!.noted });
    if (due) await this.#gate.sightings.note(scope);
    return true;
  }

  forget({ sessionHash }: Scope): void {
    this.#used.delete(sessionHash);
  }

  /** Ends what has not been used for too long; those that are over anyway are forgotten. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    for (const { scope, idle, at } of this.#used.values()) {
      if (scope.until <= now) this.forget(scope);
      else if (at + idle <= now.getTime()) await this.#endUnlessSeen(scope, idle);
    }
  }

  stop(): void {
    clearInterval(this.#sweeping);
  }

  async #endUnlessSeen(scope: Scope, idle: number): Promise<void> {
    const seen = await this.#seenElsewhere(scope);
    if (seen + idle <= this.#clock.now().getTime()) return this.#end(scope);
    const known = this.#used.get(scope.sessionHash);
    if (known !== undefined) this.#used.set(scope.sessionHash, { ...known, at: seen });
  }

  /** When any process has seen it used last, or it was opened. */
  async #seenElsewhere(scope: Scope): Promise<number> {
    const seen = await this.#gate.sightings.last(scope);
    return Math.max(scope.openedAt.getTime(), seen?.getTime() ?? 0);
  }

  async #end(scope: Scope): Promise<void> {
    await this.#gate.endSession(scope, 'idle');
    this.forget(scope);
  }
}
