/**
 * Runs attacks and judges each answer by the decisions table: what is not the attacker's must be answered as
 * if it were not there, and nothing of it may come out anywhere.
 */
import { type ChartId, newId } from '../../src/base/ids.ts';
import type { RoleName } from '../../src/gate/index.ts';
import type { Asking, Way } from '../../src/watch/index.ts';
import { type Actor, ActorCast } from './attack-actors.ts';
import { type AttackRecord, AttackWorld, CANARIES, type PlaceName } from './attack-world.ts';
import { DecisionsTable } from './decisions-table.ts';
import type { Answered, ServedPractices } from './served-practices.ts';

export interface AttackCase {
  readonly type: string;
  readonly way: Way;
  readonly actor: string;
  readonly place: PlaceName;
}

/** A case with who does it to what, and what the decisions table says of it. */
interface Attack {
  readonly name: string;
  readonly way: Way;
  readonly actor: Actor;
  readonly record: AttackRecord;
  /** Whether the record stands for the attacker, and whether he may do what he tries. */
  readonly visible: boolean;
  readonly allowed: boolean;
  /** Whether what a write names as owner stands for him; without it, the write names nobody. */
  readonly ownerVisible: boolean;
  readonly absent: boolean;
}

export interface Verdict {
  /** What went wrong, in words; empty where nothing did. */
  readonly failures: string[];
  readonly hidden: number;
  readonly allowed: number;
}

const AT_ONCE = 6;
/** Whose notes stand in the other chart. */
const NOTED_BY = 'psychiatrist';

export class AttackRun {
  readonly #served: ServedPractices;
  readonly #cast: ActorCast;
  readonly #world: AttackWorld;
  readonly #table = new DecisionsTable();
  readonly #actors = new Map<string, Actor>();
  readonly #failures: string[] = [];

  private constructor(served: ServedPractices, cast: ActorCast, world: AttackWorld) {
    this.#served = served;
    this.#cast = cast;
    this.#world = world;
  }

  static async open(served: ServedPractices): Promise<AttackRun> {
    const cast = new ActorCast(served, await served.makePractice(), await served.makePractice());
    return new AttackRun(served, cast, await AttackWorld.open(served, cast));
  }

  /**
   * First the world without what is hidden from whoever attacks it, then with it: both answers must be the
   * same. Then what is allowed, which must work, or nothing that was refused would mean anything.
   */
  async run(cases: Iterable<AttackCase>): Promise<Verdict> {
    const attacks: Attack[] = [];
    for (const one of cases) attacks.push(await this.#plan(one));
    const hidden = attacks.filter(({ visible }) => !visible);
    const open = attacks.filter(({ visible }) => visible);
    await this.#world.deposit(open.map(({ record }) => record));
    const before = this.#world.records.length;
    const answers = await inTurn(hidden, (attack) => this.#ask(attack));
    await this.#world.deposit(hidden.filter(({ absent }) => !absent).map(({ record }) => record));
    const standing = await this.#standing(hidden);
    await inTurn(hidden, async (attack, at) => this.#judgeHidden(attack, answers[at]!, before));
    this.#expect('records under attack', await this.#standing(hidden), standing);
    await this.#expectRefusalsTold(hidden);
    await inTurn(open, (attack) => this.#judgeVisible(attack));
    await this.#expectNothingTold();
    const allowed = open.filter((attack) => attack.allowed).length;
    return { failures: this.#failures, hidden: hidden.length, allowed };
  }

  async #plan({ type, way, actor: name, place }: AttackCase): Promise<Attack> {
    const author = (await this.#actor(NOTED_BY)).account;
    const revoked = place === 'revoked';
    const actor = await (revoked ? this.#revoked(name) : this.#actor(name));
    const record = this.#world.plan(type, place, actor, author);
    const absent = place === 'absent';
    const visible = !absent && this.#may(actor, 'read', record);
    const ownerVisible =
      record.owner === null || (record.target !== null && this.#may(actor, 'read', record.target));
    const writes = this.#may(actor, 'write', record);
    const title = `${actor.name}: ${way.name} of ${type}, ${place}`;
    const attack = { name: title, way, actor, record, ownerVisible, absent };
    if (way.action !== 'create')
      return { ...attack, visible, allowed: visible && (way.action === 'read' || writes) };
    // Who makes something new sees nothing but the owner that it names; what names none is made at home.
    const practice = record.owner === null ? actor.practice : record.practice;
    const made = { ...record, practice, section: AttackWorld.sectionAtHome(record) };
    const reaches = actor.hasSession && ownerVisible;
    return { ...attack, visible: reaches, allowed: reaches && this.#may(actor, 'write', made) };
  }

  #may(actor: Actor, action: 'read' | 'write', record: AttackRecord): boolean {
    if (!actor.hasSession || actor.practice !== record.practice) return false;
    return this.#table.may(actor.account, actor.held, action, record);
  }

  async #actor(name: string): Promise<Actor> {
    const known = this.#actors.get(name);
    if (known !== undefined) return known;
    const made = await this.#cast.make(name);
    this.#actors.set(name, made);
    return made;
  }

  async #revoked(role: string): Promise<Actor> {
    const name = `${role}, revoked`;
    const known = this.#actors.get(name);
    if (known !== undefined) return known;
    const made = await this.#cast.makeRevoked(role as RoleName, this.#world.otherChart as ChartId);
    this.#actors.set(name, made);
    return made;
  }

  #ask({ way, actor, record }: Attack): Promise<Answered> {
    return this.#send(actor, way.ask(this.#world.aimAt(record)));
  }

  /** The same as if it were about something that has never been. */
  #askAbsent({ way, actor, record }: Attack): Promise<Answered> {
    const chart = record.chart === null ? null : newId<ChartId>();
    const id = record.type === 'Patient' ? chart! : newId();
    const owner = record.owner?.replace(/\/.*/, `/${newId()}`) ?? null;
    return this.#send(actor, way.ask(this.#world.aimAt({ ...record, id, chart, owner })));
  }

  async #send(actor: Actor, { method, target, headers = {}, body }: Asking): Promise<Answered> {
    const options = body === undefined ? { headers } : { headers, body };
    return this.#served.ask(await actor.token(), method, target, options);
  }

  async #judgeHidden(attack: Attack, before: Answered, stood: number): Promise<void> {
    const { name, way, actor, record } = attack;
    const answer = await this.#ask(attack);
    const same = way.wide !== true || !this.#gained(actor, record.type, stood);
    if (same) this.#expect(name, whole(answer), whole(before));
    this.#expectNoCanaries(name, actor, answer);
    if (way.wide !== true)
      this.#expect(name, whole(await this.#askAbsent(attack), true), whole(answer, true));
    const refusal = way.action === 'create' && record.owner !== null ? 422 : 404;
    const status = !actor.hasSession ? 401 : way.wide === true || FOUND_BY.test(way.route) ? 200 : refusal;
    this.#expect(`${name}: status`, answer.status, status);
  }

  /** Whether others' attacks brought records of that type that this actor may see. */
  #gained(actor: Actor, type: string, stood: number): boolean {
    const since = this.#world.records.slice(stood);
    return since.some((record) => record.type === type && this.#may(actor, 'read', record));
  }

  async #judgeVisible(attack: Attack): Promise<void> {
    const { name, way, actor, record, allowed, ownerVisible } = attack;
    const answer = await this.#ask(attack);
    if (!allowed) {
      this.#expect(`${name}: status`, answer.status, 404);
      if (way.action !== 'create')
        this.#expect(name, whole(answer, true), whole(await this.#askAbsent(attack), true));
      return;
    }
    const status = record.deleted ? way.deleted : way.standing;
    // To write of what is not there for him is to name nobody.
    const refused = KEEPS_OWNER.has(way.name) && !ownerVisible && status < 300;
    this.#expect(`${name}: status`, answer.status, refused ? 422 : status);
    this.#expectNoCanaries(name, actor, answer);
    const gives = way.gives?.[record.deleted ? 1 : 0];
    if (gives === undefined || refused || way.finds?.(record.type) === false) return;
    this.#expect(`${name}: content`, contentOf(answer).includes(record.canary), gives);
  }

  /** Each canary in an answer belongs to a record that the actor may see. */
  #expectNoCanaries(name: string, actor: Actor, answer: Answered): void {
    const found = new Set(JSON.stringify([answer.headers, contentOf(answer)]).match(CANARIES));
    if (found.size === 0) return;
    for (const record of this.#world.records) {
      if (found.has(record.canary) && this.#may(actor, 'read', record)) found.delete(record.canary);
    }
    this.#expect(`${name}: canaries`, [...found], []);
  }

  /** What stands of the records that are under attack, by the database's owner. */
  async #standing(attacks: readonly Attack[]): Promise<unknown> {
    const { rows } = await this.#served.database.owner.query(
      `select r.id, r.chart_id, r.section, r.version, r.deleted, sha256(r.sealed) as sealed
       from postern.resource r
       where r.id = any ($1)
       order by r.id`,
      [attacks.map(({ record }) => record.id)],
    );
    return rows;
  }

  /** Whoever named a record and was refused, before it stood and after, is in the access log each time. */
  async #expectRefusalsTold(hidden: readonly Attack[]): Promise<void> {
    const { rows } = await this.#served.database.owner.query<{ id: string; lines: number }>(
      `select e ->> 2 as id, count(*)::integer as lines
       from postern.access_line l, jsonb_array_elements(l.entries) e
       where l.outcome = 'refused'
       group by 1`,
    );
    const lines = new Map(rows.map((row) => [row.id, row.lines]));
    for (const { name, way, actor, record } of hidden) {
      const named = actor.hasSession && way.route.includes('/:type/:id');
      if (named) this.#expect(`${name}: told`, (lines.get(record.id) ?? 0) >= 2, true);
    }
  }

  async #expectNothingTold(): Promise<void> {
    this.#expect('the server log', this.#served.logged.join('\n').match(CANARIES), null);
    for (const table of ['access_line', 'incident']) {
      const { rows } = await this.#served.database.owner.query(
        `select t::text from postern.${table} t where t::text ~ 'cnry-|forged' limit 1`,
      );
      this.#expect(table, rows, []);
    }
  }

  #expect(where: string, found: unknown, wanted: unknown): void {
    const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== should)
      this.#failures.push(`${where}\n  is     ${is.slice(0, 600)}\n  should ${should.slice(0, 600)}`);
  }
}

/** Ways that write a resource with the owner that it names. */
const KEEPS_OWNER = new Set(['update', 'patch', 'patch of what fits']);

/** Ways whose answer to what is hidden is an empty page. */
const FOUND_BY = /search|^GET \/fhir\/:type$|^GET \/fhir\/:compartment\//;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Without the links of a page, which repeat the question. */
function contentOf({ text }: Answered): string {
  return text.replace(/"url":"[^"]*"/g, '');
}

/** Everything of an answer; without the ids that the question held, where another question is compared. */
function whole({ status, headers, text }: Answered, withoutIds = false): unknown {
  const { 'content-length': _, ...others } = headers;
  return withoutIds ? [status, others, text.replace(UUID, 'ID')] : [status, headers, text];
}

/** The results in the order of the items, some at a time. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!, at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
