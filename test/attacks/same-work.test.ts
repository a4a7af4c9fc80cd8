/**
 * Hidden and absent are the same work: the same statements, in the same order and number, so that no clock
 * tells them apart. Of every kind of owner, by every way to ask.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { TYPES as TYPES_OF_ALL } from '../../src/chart/index.ts';
import { RECORD_WAYS, type Way } from '../../src/watch/index.ts';
import { type Actor, ActorCast } from '../support/attack-actors.ts';
import { type AttackRecord, AttackWorld, type PlaceName } from '../support/attack-world.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';
import { type StatementTap, tapStatements } from '../support/statement-tap.ts';

/** One of each kind of owner: oneself, an element, inherited, either, the practice; and a file. */
const KINDS = ['Patient', 'Observation', 'Provenance', 'Task', 'Group', 'Binary'];
const ALL = ['patient', 'somebody without grants', 'client', 'privacy-officer', 'partner'];
const slow = process.env.SLOW === '1';
const TYPES = slow ? [...TYPES_OF_ALL.keys()] : KINDS;
const ACTORS = slow ? ALL : ALL.slice(0, 2);
const PLACES: readonly PlaceName[] = ['other chart', 'other chart, closed', 'other practice', 'deleted'];

let served: ServedPractices;
let world: AttackWorld;
let tap: StatementTap;
const actors = new Map<string, Actor>();
const records = new Map<string, AttackRecord>();

beforeAll(async () => {
  served = await servePractices();
  const cast = new ActorCast(served, await served.makePractice(), await served.makePractice());
  world = await AttackWorld.open(served, cast);
  for (const name of ACTORS) actors.set(name, await cast.make(name));
  const anyone = actors.get('patient')!;
  for (const type of TYPES) {
    for (const place of PLACES) records.set(`${type}, ${place}`, world.plan(type, place, anyone, newId()));
  }
  await world.deposit(records.values());
  tap = tapStatements();
});
afterAll(async () => {
  tap.close();
  await served.close();
});

/** What is asked for the one and for the other, in a session that has been admitted already. */
async function asksFor(actor: Actor, way: Way, ...aimed: readonly AttackRecord[]): Promise<string[][]> {
  const token = await served.gate.openSession({
    practiceId: actor.practice,
    accountId: actor.account as never,
    purpose: 'sign-in',
    client: null,
    ttlSeconds: 600,
  });
  await served.gate.admit(token, null);
  const asked: string[][] = [];
  for (const one of aimed) {
    const { method, target, headers = {}, body } = way.ask(world.aimAt(one));
    tap.take();
    await served.ask(token, method, target, body === undefined ? { headers } : { headers, body });
    asked.push(tap.take());
  }
  return asked;
}

function absentOf(record: AttackRecord): AttackRecord {
  const chart = record.chart === null ? null : (newId() as typeof record.chart);
  const id = record.type === 'Patient' ? chart! : newId();
  return { ...record, id, chart, owner: record.owner?.replace(/\/.*/, `/${newId()}`) ?? null };
}

test.each(ACTORS)('for %s, by every way', async (name) => {
  const actor = actors.get(name)!;
  let compared = 0;
  // Whoever searches for the first time has it looked up which keys the charts within reach have.
  for (const type of TYPES) {
    const nothing = absentOf(records.get(`${type}, deleted`)!);
    for (const way of RECORD_WAYS) await asksFor(actor, way, nothing);
  }
  for (const [title, record] of records) {
    // What belongs to the practice and not to one chart is in none that is another's.
    if (record.chart === null && !title.endsWith('practice') && !title.endsWith('deleted')) continue;
    for (const way of RECORD_WAYS) {
      const [hidden, absent] = await asksFor(actor, way, record, absentOf(record));
      expect([title, way.name, hidden]).toEqual([title, way.name, absent]);
      expect(hidden!.length).toBeGreaterThan(0);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(300);
});

test('and the tap hears: what is there for the asker is other work than what is not', async () => {
  const cast = actors.get('patient')!;
  const record = world.plan('Observation', 'own chart', cast, newId());
  await world.deposit([record]);
  const history = RECORD_WAYS.find(({ name }) => name === 'history')!;
  const [there, absent] = await asksFor(cast, history, record, absentOf(record));
  expect(there).not.toEqual(absent);
});
