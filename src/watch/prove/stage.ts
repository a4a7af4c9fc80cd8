/** Who and what a run has at hand, and how answers are compared. */
import { typeOf } from '../../chart/index.ts';
import type { CheckName, Judge } from './finding.ts';
import { type Asking, type Outside, said, type Told } from './outside.ts';
import { CANARY_TEXT, type CanaryRecord, type Person, type World } from './world.ts';

/** Those who ask. Each name is what findings call them. */
export interface Cast {
  /** The patient whose chart A is. */
  readonly patient: Person;
  readonly doctor: Person;
  readonly billing: Person;
  readonly partner: Person;
  /** A doctor of the practice elsewhere. */
  readonly foreigner: Person;
}
export type CastName = keyof Cast;

export const CAST_WORDS: Readonly<Record<CastName, string>> = {
  patient: 'a patient',
  doctor: 'a doctor',
  billing: 'the billing desk',
  partner: 'a partner',
  foreigner: 'a doctor of another practice',
};

const LEAK =
  'Take the server off the network now, and find which change let it through: both locks have failed.';
const DIFFERS =
  'Find which change made the two answers differ; until then, ids can be tried out by whoever has a session.';

export interface StageParts {
  readonly outside: Outside;
  readonly judge: Judge;
  readonly world: World;
  readonly cast: Cast;
  /** Whether browsers reach it by HTTPS. */
  readonly secure: boolean;
  /** The origin of pages, as `Origin` names it. */
  readonly publicOrigin: string;
  /** Whether the portal is still closed. */
  readonly closed: boolean;
  /** A one-time code that signs the patient in. */
  signinCode(ttlSeconds: number): Promise<string>;
}

export class Stage {
  readonly outside: Outside;
  readonly judge: Judge;
  readonly world: World;
  readonly cast: Cast;
  readonly secure: boolean;
  readonly publicOrigin: string;
  readonly closed: boolean;
  readonly signinCode: StageParts['signinCode'];
  /** How often each answer that held a record, or refused it, must be in the log, by `LINE_KEY`. */
  readonly lines = new Map<string, number>();

  constructor(parts: StageParts) {
    this.outside = parts.outside;
    this.judge = parts.judge;
    this.world = parts.world;
    this.cast = parts.cast;
    this.secure = parts.secure;
    this.publicOrigin = parts.publicOrigin;
    this.closed = parts.closed;
    this.signinCode = (ttlSeconds) => parts.signinCode(ttlSeconds);
  }

  async ask(who: CastName, asking: Asking): Promise<Told> {
    return this.outside.ask(await this.cast[who].token(), asking);
  }

  /** What hides must answer as what has never been does, and hold nothing of it. */
  expectHidden(where: string, hidden: Told, absent: Told, who: CastName | null): void {
    const same = plain(hidden) === plain(absent);
    const differing = hidden.status === absent.status ? 'the same status' : `${hidden.status}`;
    const sentence =
      `What is hidden answers differently from what does not exist ` +
      `(${differing}, against ${absent.status}).`;
    this.judge.expect('noninterference', same, where, sentence, DIFFERS);
    this.expectNoLeak('matrix', where, hidden, who);
  }

  /** No canary comes out that the asker may not have. */
  expectNoLeak(check: CheckName, where: string, told: Told, who: CastName | null): void {
    const foreign = this.foreignIn(told, who);
    this.judge.expect(
      check,
      foreign.length === 0,
      where,
      'It gave out a record that is not the asker’s.',
      LEAK,
    );
  }

  /** Records of which something is in the answer, and which the asker may not have. */
  foreignIn(told: Told, who: CastName | null): CanaryRecord[] {
    const found = new Set(contentOf(told).match(CANARY_TEXT));
    if (found.size === 0) return [];
    return this.world.records.filter(({ canary }) => found.has(canary)).filter((each) => !mayRead(who, each));
  }

  /** A positive control: where the rightful are refused, no refusal of others means anything. */
  expectRightful(where: string, told: Told, status: number, holds: string | null): void {
    const right = told.status === status && (holds === null || contentOf(told).includes(holds));
    const what =
      told.status === status ? 'the record is not in it' : `${told.status} came back, not ${status}`;
    this.judge.expect(
      'matrix',
      right,
      where,
      `Whoever may is not answered as he should be: ${what}.`,
      'See the server log for what failed; until this works, refusals of others prove nothing.',
    );
  }

  /** Notes that the log must hold a line of this. */
  owesLine(who: CastName, outcome: 'ok' | 'refused', id: string): void {
    const key = lineKey(this.cast[who].accountId, outcome, id);
    this.lines.set(key, (this.lines.get(key) ?? 0) + 1);
  }
}

/** Tries one route. */
export type Probe = (stage: Stage, route: string) => Promise<void>;

export function lineKey(account: string, outcome: string, id: string): string {
  return `${account} ${outcome} ${id}`;
}

/** Who may read a canary; of one's own sections alone, and never across practices. */
export function mayRead(who: CastName | null, { type, place, chart }: CanaryRecord): boolean {
  const { section } = typeOf(type);
  switch (who) {
    case 'patient':
      return chart === null ? place !== 'elsewhere' && section === 'practice' : place === 'own';
    case 'doctor':
      return place !== 'elsewhere';
    case 'billing':
      return place !== 'elsewhere' && section !== 'clinical';
    case 'foreigner':
      return place === 'elsewhere';
    default:
      return false;
  }
}

/** Without the links of a page, which repeat the question. */
export function contentOf({ headers, text }: Told): string {
  return `${JSON.stringify(headers)}${text.replace(/"url":"[^"]*"/g, '')}`;
}

/** What was said, without the texts that the question held. */
export function plain(told: Told): string {
  return said(told).replace(CANARY_TEXT, 'CANARY');
}
