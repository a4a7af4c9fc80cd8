/**
 * Two practices full of records to attack: for each case one of its own, with a canary that is nowhere else,
 * so that what one attack does says nothing about the next.
 */
import type { AccountId, ChartId, ResourceId } from '../../src/base/ids.ts';
import { newId, type PracticeId } from '../../src/base/ids.ts';
import { type Section, stricter } from '../../src/base/section.ts';
import { type Definitions, loadDefinitions, typeOf } from '../../src/chart/index.ts';
import { type Aim, carrierOf, sampleOf } from '../../src/watch/index.ts';
import type { Actor, ActorCast } from './attack-actors.ts';
import type { ServedPractices } from './served-practices.ts';

/** Where a record lies, as seen by whoever attacks it. */
export const PLACES = [
  'own chart',
  'own chart, closed',
  'other chart',
  'other chart, closed',
  "other chart, a psychiatrist's note",
  'other practice',
  'deleted',
  'revoked',
  'absent',
] as const;
export type PlaceName = (typeof PLACES)[number];

export interface AttackRecord {
  readonly type: string;
  readonly id: string;
  readonly practice: PracticeId;
  readonly chart: ChartId | null;
  readonly section: Section;
  readonly author: string;
  readonly canary: string;
  readonly deleted: boolean;
  /** What the owner element names, and what that is; null for what the practice owns. */
  readonly owner: string | null;
  readonly target: AttackRecord | null;
}

/** Every canary is found by this. */
export const CANARIES = /cnry-[0-9a-f]{12}/g;
const newCanary = () => `cnry-${newId().replaceAll('-', '').slice(0, 12)}`;

const BATCH = 200;

export class AttackWorld {
  readonly records: AttackRecord[] = [];
  readonly #served: ServedPractices;
  readonly #definitions: Definitions;
  readonly #others: Readonly<Record<'here' | 'elsewhere', ChartId>>;
  readonly #cast: ActorCast;
  /** Patients of charts, and what types that inherit point to, by chart and type. */
  readonly #bases = new Map<string, AttackRecord>();

  private constructor(served: ServedPractices, cast: ActorCast, definitions: Definitions) {
    this.#served = served;
    this.#cast = cast;
    this.#definitions = definitions;
    this.#others = { here: newId<ChartId>(), elsewhere: newId<ChartId>() };
  }

  static async open(served: ServedPractices, cast: ActorCast): Promise<AttackWorld> {
    return new AttackWorld(served, cast, await loadDefinitions());
  }

  /** The chart that is nobody's own among those who attack. */
  get otherChart(): ChartId {
    return this.#others.here;
  }

  /** The section of a record that nothing closes: of its type or, where it inherits, of what it points to. */
  static sectionAtHome({ type, target }: Pick<AttackRecord, 'type' | 'target'>): Section {
    const { owner, section } = typeOf(type);
    return owner.kind === 'inherited' && target !== null ? stricter(section, target.section) : section;
  }

  /** The record of a case; it stands nowhere until it is deposited. `author` is whose notes are attacked. */
  plan(type: string, place: PlaceName, actor: Actor, author: string): AttackRecord {
    const { kind } = typeOf(type).owner;
    const practice = this.#practiceOf(place, actor);
    const home = place.startsWith('own chart') ? actor.ownChart : this.#others[this.#side(practice)];
    if (kind === 'practice') return recordOf({ type, practice, place });
    if (kind === 'self') {
      // The patient record of a chart that others lie in may not be attacked by who may delete it.
      const harmless = place === 'own chart' && actor.held.every(({ chart }) => chart !== null);
      if (place === 'revoked' || harmless) return this.#base(practice, home, 'Patient');
      const chart = newId<ChartId>();
      return recordOf({ type, practice, place, chart, id: chart });
    }
    const ownerType = this.#ownerType(type);
    if (place === 'absent') {
      return recordOf({ type, practice, place, chart: home, owner: `${ownerType}/${newId()}` });
    }
    const target = this.#base(practice, home, ownerType);
    const section = SECTION_AT[place] ?? AttackWorld.sectionAtHome({ type, target });
    const noted = section === 'psychotherapy' ? { author } : {};
    return recordOf({ type, practice, place, chart: home, owner: nameOf(target), target, section, ...noted });
  }

  /** Brings records in, and deletes those that are to be deleted. What they belong to comes in with them. */
  async deposit(records: Iterable<AttackRecord>): Promise<void> {
    const wanted = new Set([...records].flatMap((record) => this.#withBases(record)));
    for (const one of this.records) wanted.delete(one);
    for (const practice of [this.#cast.here, this.#cast.elsewhere]) {
      const its = [...wanted].filter((record) => record.practice === practice);
      // What others belong to first.
      for (const depth of [0, 1, 2])
        await this.#bringIn(
          practice,
          its.filter((one) => depthOf(one) === depth),
        );
    }
    this.records.push(...wanted);
  }

  aimAt(record: AttackRecord): Aim {
    const { type, id, chart, canary, owner } = record;
    const forgery = sampleOf(this.#definitions, type, { id, owner, canary: 'forged' });
    return { type, id, chart, canary, forgery };
  }

  async #bringIn(practice: PracticeId, records: readonly AttackRecord[]): Promise<void> {
    const { gate, store } = this.#served;
    for (let start = 0; start < records.length; start += BATCH) {
      const drafts = records.slice(start, start + BATCH).map((record) => ({
        id: record.id as ResourceId,
        resource: sampleOf(this.#definitions, record.type, record),
        section: record.section,
        author: record.author as AccountId,
        digest: Buffer.alloc(32),
      }));
      const outcomes = await gate.asJob(practice, 'system-import', 'test', (visit) =>
        store.importBatch(visit, drafts),
      );
      for (const outcome of outcomes) if (outcome.kind === 'refused') throw outcome.error;
    }
    const gone = records.filter(({ deleted }) => deleted);
    if (gone.length === 0) return;
    await gate.asJob(practice, 'system-upkeep', 'test', async (visit) => {
      for (const { type, id } of gone) await store.remove(visit, type, id);
    });
  }

  #practiceOf(place: PlaceName, actor: Actor): PracticeId {
    if (place.startsWith('own chart')) return actor.practice;
    return place === 'other practice' ? this.#cast.elsewhere : this.#cast.here;
  }

  #side(practice: PracticeId): 'here' | 'elsewhere' {
    return practice === this.#cast.here ? 'here' : 'elsewhere';
  }

  #withBases(record: AttackRecord): AttackRecord[] {
    return record.target === null ? [record] : [record, ...this.#withBases(record.target)];
  }

  #ownerType(type: string): string {
    return typeOf(type).owner.kind === 'inherited' ? carrierOf(this.#definitions, type) : 'Patient';
  }

  /** The chart's one record of that type that others belong to. */
  #base(practice: PracticeId, chart: ChartId, type: string): AttackRecord {
    const name = `${chart}/${type}`;
    const known = this.#bases.get(name);
    if (known !== undefined) return known;
    const patient = type === 'Patient';
    const about = patient ? { id: chart } : { target: this.#base(practice, chart, 'Patient') };
    const owner = about.target === undefined ? null : nameOf(about.target);
    const made = recordOf({ type, practice, place: 'own chart', chart, owner, ...about });
    this.#bases.set(name, made);
    return made;
  }
}

/** Sections of places where an author or a label closed what lies there. */
const SECTION_AT: Partial<Record<PlaceName, Section>> = {
  'own chart, closed': 'sensitive',
  'other chart, closed': 'sensitive',
  "other chart, a psychiatrist's note": 'psychotherapy',
};

type Planned = Pick<AttackRecord, 'type' | 'practice'> & Partial<AttackRecord> & { place: PlaceName };

function recordOf({ place, ...planned }: Planned): AttackRecord {
  return {
    id: newId(),
    chart: null,
    section: typeOf(planned.type).section,
    author: newId(),
    canary: newCanary(),
    deleted: place === 'deleted',
    owner: null,
    target: null,
    ...planned,
  };
}

function nameOf({ type, id }: AttackRecord): string {
  return `${type}/${id}`;
}

function depthOf({ target }: AttackRecord): number {
  return target === null ? 0 : 1 + depthOf(target);
}
