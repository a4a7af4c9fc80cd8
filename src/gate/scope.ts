/**
 * A scope: what one session may reach, worked out once at admission. It cannot be made elsewhere
 * (`mintScope` is the gate's own), forged by an object of the same shape, or serialised; store functions
 * accept nothing else.
 */
import { inspect } from 'node:util';
import type { Clock } from '../base/clock.ts';
import type { AccountId, ChartId, PracticeId, SessionHash } from '../base/ids.ts';
import { type Action, inMask, type Section, type SectionMask } from '../base/section.ts';
import { KeyRing, type PracticeKeys, type Reach } from '../seal/index.ts';
import type { AppReach } from './narrowing.ts';
import type { RoleName, SystemRole } from './roles.ts';
import type { SessionTerms } from './session-terms.ts';

/** Sections by action, on all charts and on single ones. */
export interface Extent {
  readonly all: Readonly<Record<Action, SectionMask>>;
  readonly charts: ReadonlyMap<ChartId, Readonly<Record<Action, SectionMask>>>;
}

export interface ScopeParts {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
  readonly accountId: AccountId;
  readonly roles: readonly (RoleName | SystemRole)[];
  readonly system: boolean;
  readonly seesLines: boolean;
  readonly purpose: string;
  readonly client: string | null;
  readonly terms: SessionTerms;
  readonly app: AppReach | null;
  /** `practice/hash/epoch`, with `/n` for an app, by which a transaction names the session. */
  readonly handle: string;
  readonly extent: Extent;
  /** When the session was opened, which may be long before this scope was worked out. */
  readonly openedAt: Date;
  /** When the session, or the first grant in it, ends. */
  readonly until: Date;
  readonly clock: Clock;
  readonly practiceKeys: PracticeKeys;
}

const issued = new WeakSet<object>();
let minting = false;

export class Scope implements Reach {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
  readonly accountId: AccountId;
  readonly roles: readonly (RoleName | SystemRole)[];
  readonly system: boolean;
  readonly seesLines: boolean;
  readonly purpose: string;
  readonly client: string | null;
  readonly terms: SessionTerms;
  /** What the scopes of an app leave of this; null for a session that is a person's own, or a job's. */
  readonly app: AppReach | null;
  readonly openedAt: Date;
  readonly until: Date;
  readonly keys: KeyRing;
  readonly #handle: string;
  readonly #extent: Extent;
  readonly #clock: Clock;
  #ended = false;

  constructor(parts: ScopeParts) {
    if (!minting) throw new Error('Broken invariant: only the gate mints scopes');
    this.practiceId = parts.practiceId;
    this.sessionHash = parts.sessionHash;
    this.accountId = parts.accountId;
    this.roles = parts.roles;
    this.system = parts.system;
    this.seesLines = parts.seesLines;
    this.purpose = parts.purpose;
    this.client = parts.client;
    this.terms = parts.terms;
    this.app = parts.app;
    this.openedAt = parts.openedAt;
    this.until = parts.until;
    this.#handle = parts.handle;
    this.#extent = parts.extent;
    this.#clock = parts.clock;
    this.keys = new KeyRing(this, parts.practiceKeys, parts.system ? 16_384 : 4096);
    issued.add(this);
    Object.freeze(this);
  }

  /** The session as a transaction names it; one that has ended finds no reach there. */
  get handle(): string {
    return this.#handle;
  }

  /** Over: signed out, revoked, renewed, or past its time. */
  get ended(): boolean {
    return this.#ended || this.#clock.now() >= this.until;
  }

  /**
   * Whether the session may do that to a section of a chart, or of what the practice owns where it is null:
   * to records of a type, or to anything there where the type is null. For an app `read` is whatever it takes
   * to look at one; which interactions it may ask for, its `app` says.
   */
  allows(
    action: Action,
    section: Section,
    chartId: ChartId | null,
    author: AccountId | null,
    type: string | null = null,
  ): boolean {
    if (this.ended) return false;
    if (this.app !== null && type !== null && !this.app.allows(action, type, chartId)) return false;
    if (section === 'canary' && action !== 'write') return false;
    const own = section !== 'psychotherapy' || author === this.accountId || this.system;
    if (!own) return false;
    if (inMask(this.#extent.all[action], section)) return true;
    if (chartId === null) return false;
    const masks = this.#extent.charts.get(chartId);
    return masks !== undefined && inMask(masks[action], section);
  }

  /**
   * Sections reached on all charts, and on single ones: what a query names besides relying on row policies.
   */
  reachable(action: Action): { allMask: SectionMask; pairs: ReadonlyMap<ChartId, SectionMask> } {
    const pairs = new Map<ChartId, SectionMask>();
    if (this.ended) return { allMask: 0, pairs };
    for (const [chartId, masks] of this.#extent.charts) {
      if (masks[action] !== 0) pairs.set(chartId, masks[action]);
    }
    return { allMask: this.#extent.all[action], pairs };
  }

  /** Ends the scope and forgets its keys. Repeatable. */
  end(): void {
    this.#ended = true;
    this.keys.drop();
  }

  toJSON(): string {
    return '[Scope]';
  }

  toString(): string {
    return '[Scope]';
  }

  [inspect.custom](): string {
    return '[Scope]';
  }
}

/** For the gate alone. */
export function mintScope(parts: ScopeParts): Scope {
  minting = true;
  try {
    return new Scope(parts);
  } finally {
    minting = false;
  }
}

/** Whether the value is a scope that the gate minted. */
export function isScope(value: unknown): value is Scope {
  return typeof value === 'object' && value !== null && issued.has(value);
}

/** What a store function takes: a session's scope, and where this request came from. */
export interface Visit {
  readonly scope: Scope;
  readonly address: string | null;
}
