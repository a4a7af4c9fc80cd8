/**
 * The world that is attacked: charts A and B in one practice and C in another, a record of every type in
 * each, and people who may have some of them. Every record holds a text that stands nowhere else.
 */
import { type AccountId, type ChartId, newId, type PracticeId, type ResourceId } from '../../base/ids.ts';
import { type ChartStore, type Definitions, TYPES, typeOf } from '../../chart/index.ts';
import { type Gate, type RoleName, roleOf } from '../../gate/index.ts';
import { type CanaryParts, makeAccount, makePractice } from './canaries.ts';
import { type CanaryResource, carrierOf, sampleOf } from './canary-resource.ts';
import type { Aim } from './record-ways.ts';

export interface WorldParts extends CanaryParts {
  readonly store: ChartStore;
  readonly definitions: Definitions;
}

/** A, the own chart of who attacks; `spare` is also there; B of the same practice; C of another one. */
export const PLACES = ['own', 'spare', 'other', 'elsewhere'] as const;
export type Place = (typeof PLACES)[number];

export interface CanaryRecord {
  readonly type: string;
  readonly place: Place;
  readonly practice: PracticeId;
  readonly chart: ChartId | null;
  readonly id: string;
  readonly canary: string;
  /** What the owner element names; null for what the practice owns, and for a Patient. */
  readonly owner: string | null;
}

/** Every canary is found by this. */
export const CANARY_TEXT = /cnry-[0-9a-f]{32}/g;
export const newCanary = () => `cnry-${newId().replaceAll('-', '')}`;

const BATCH = 200;
/** Below what throttles a session, however many of its questions are refused. */
const ASKS_PER_SESSION = 18;
const SESSION_SECONDS = 1800;

/** Somebody who asks, in a new session now and then, since refusals are counted by session. */
export class Person {
  readonly accountId: AccountId;
  readonly practice: PracticeId;
  readonly #gate: Gate;
  #token: Promise<string> | null = null;
  #asked = 0;

  constructor(gate: Gate, practice: PracticeId, accountId: AccountId) {
    this.#gate = gate;
    this.practice = practice;
    this.accountId = accountId;
  }

  /** A session of its own, which nobody else asks with. */
  session(): Promise<string> {
    const { practice: practiceId, accountId } = this;
    const who = { practiceId, accountId, purpose: 'prove', ttlSeconds: SESSION_SECONDS };
    // As people in their browsers: no client, since what is people's own to do is refused to programs.
    return this.#gate.openSession({ ...who, client: null });
  }

  token(): Promise<string> {
    if (this.#token === null || this.#asked >= ASKS_PER_SESSION) {
      this.#token = this.session();
      this.#asked = 0;
    }
    this.#asked += 1;
    return this.#token;
  }
}

export class World {
  readonly here: PracticeId;
  readonly elsewhere: PracticeId;
  readonly charts: Readonly<Record<Place, ChartId>>;
  readonly records: CanaryRecord[] = [];
  readonly #parts: WorldParts;
  readonly #byPlace = new Map<string, CanaryRecord>();

  private constructor(parts: WorldParts, here: PracticeId, elsewhere: PracticeId) {
    this.#parts = parts;
    this.here = here;
    this.elsewhere = elsewhere;
    const own = newId<ChartId>();
    this.charts = { own, spare: newId(), other: newId(), elsewhere: newId() };
  }

  /** Makes the practices and a record of each of the types in each place. */
  static async make(parts: WorldParts, types: readonly string[]): Promise<World> {
    const world = new World(parts, await makePractice(parts), await makePractice(parts));
    // Patients, then what belongs to them, then what inherits from that.
    const depth = (type: string) => DEPTH[typeOf(type).owner.kind];
    const all = withCarriers(parts.definitions, types).sort((a, b) => depth(a) - depth(b));
    for (const place of PLACES) {
      const made = all.map((type) => world.#plan(type, place));
      for (const level of [0, 1, 2]) {
        await world.#bringIn(
          place,
          made.filter(({ type }) => depth(type) === level),
        );
      }
    }
    return world;
  }

  /** The record of that type in that place. */
  at(type: string, place: Place): CanaryRecord {
    const record = this.#byPlace.get(`${type} ${place}`);
    if (record === undefined) throw new Error(`Broken invariant: no canary of ${type} stands ${place}`);
    return record;
  }

  /** The patient whose chart a place is. */
  patient(place: Place): CanaryRecord {
    return this.at('Patient', place);
  }

  aimAt(record: CanaryRecord): Aim {
    const { type, id, chart, canary, owner } = record;
    const forgery = sampleOf(this.#parts.definitions, type, { id, owner, canary: 'forged' });
    return { type, id, chart, canary, forgery };
  }

  /** The same about something that has never been. */
  aimAtNothing(record: CanaryRecord): Aim {
    const chart = record.chart === null ? null : newId<ChartId>();
    const id = record.type === 'Patient' ? chart! : newId();
    const owner = record.owner?.replace(/\/.*/, `/${newId()}`) ?? null;
    return this.aimAt({ ...record, id, chart, owner, canary: newCanary() });
  }

  /** Somebody with that role; on the chart of a place, where it is a role of one chart. */
  async person(role: RoleName | null, place: Place): Promise<Person> {
    const { gate } = this.#parts;
    const practice = place === 'elsewhere' ? this.elsewhere : this.here;
    const accountId = await makeAccount(this.#parts);
    if (role !== null) {
      const chartId = roleOf(role).spans === 'chart' ? this.charts[place] : null;
      const startsAt = new Date(Date.now() - 60_000);
      const terms = { accountId, role, chartId, sections: null, startsAt, endsAt: null, reason: null };
      await gate.asJob(practice, 'system-setup', 'prove', (visit) => gate.grants.give(visit, terms));
    }
    return new Person(gate, practice, accountId);
  }

  /** Ends every grant of somebody whose session goes on. */
  async revoke(person: Person): Promise<void> {
    const { gate } = this.#parts;
    await gate.asJob(person.practice, 'system-setup', 'prove', async (visit) => {
      for (const { grantId } of await gate.grants.ofAccount(visit, person.accountId)) {
        await gate.grants.end(visit, grantId);
      }
    });
  }

  #plan(type: string, place: Place): CanaryRecord {
    const { definitions } = this.#parts;
    const { kind } = typeOf(type).owner;
    const practice = place === 'elsewhere' ? this.elsewhere : this.here;
    const chart = kind === 'practice' ? null : this.charts[place];
    const id = kind === 'self' ? this.charts[place] : newId();
    const ownerType = kind === 'inherited' ? carrierOf(definitions, type) : 'Patient';
    const named = kind === 'self' || chart === null ? null : this.#byPlace.get(`${ownerType} ${place}`);
    const owner = named == null ? null : `${named.type}/${named.id}`;
    const record = { type, place, practice, chart, id, canary: newCanary(), owner };
    this.records.push(record);
    this.#byPlace.set(`${type} ${place}`, record);
    return record;
  }

  async #bringIn(place: Place, records: readonly CanaryRecord[]): Promise<void> {
    const { gate, store, definitions } = this.#parts;
    const practice = place === 'elsewhere' ? this.elsewhere : this.here;
    await gate.asJob(practice, 'system-import', 'prove', async (visit) => {
      for (let start = 0; start < records.length; start += BATCH) {
        const drafts = records.slice(start, start + BATCH).map((record) => ({
          id: record.id as ResourceId,
          resource: resourceOf(definitions, record),
          section: null,
          author: newId<AccountId>(),
          digest: Buffer.alloc(32),
        }));
        for (const outcome of await store.importBatch(visit, drafts)) {
          if (outcome.kind === 'refused') throw outcome.error;
        }
      }
    });
  }
}

const DEPTH = { self: 0, practice: 1, patient: 1, inherited: 2 } as const;

/** A patient also has a name and a number, by which others would look for it. */
function resourceOf(definitions: Definitions, record: CanaryRecord): CanaryResource {
  const sample = sampleOf(definitions, record.type, record);
  if (record.type !== 'Patient') return sample;
  return {
    ...sample,
    name: [{ family: surnameOf(record.canary) }],
    identifier: [{ system: IDENTIFIER_SYSTEM, value: record.canary }],
  };
}

/** A name in letters alone, unlike any other: canaries begin alike, and likeness is looked for in names. */
export function surnameOf(canary: string): string {
  const digits = canary.replace(/^cnry-/, '');
  return digits.replace(/[0-9a-f]/g, (digit) => LETTERS[Number.parseInt(digit, 16)]!);
}

const LETTERS = 'abdefgiklmnorstu';

export const IDENTIFIER_SYSTEM = 'urn:postern:canary-number';

/** The types, and those that others of them inherit their owner from. */
function withCarriers(definitions: Definitions, types: readonly string[]): string[] {
  const known = types.filter((type) => TYPES.has(type));
  const carriers = known
    .filter((type) => typeOf(type).owner.kind === 'inherited')
    .map((type) => carrierOf(definitions, type));
  return [...new Set(['Patient', ...known, ...carriers])];
}
