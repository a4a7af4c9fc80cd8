/**
 * Every type of record, every way to ask, everybody who asks, everywhere a record may lie. Made from the type
 * registry and the ways of src/watch/prove/record-ways.ts, judged by test/authz/decisions.txt. Every pair of
 * these meets; `SLOW=1` runs them all (about half an hour).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TYPES, typeOf } from '../../src/chart/index.ts';
import { RECORD_WAYS } from '../../src/watch/index.ts';
import { ACTOR_NAMES, REVOCABLE } from '../support/attack-actors.ts';
import { type AttackCase, AttackRun } from '../support/attack-run.ts';
import { PLACES } from '../support/attack-world.ts';
import { type Choices, everyCase, pairwiseCases } from '../support/covering-array.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const SEED = Number(process.env.SEED ?? 20_260_412);
/** Cases that share their practices. */
const AT_ONCE = 3000;

const CHOICES: Choices<AttackCase> = {
  way: RECORD_WAYS,
  actor: ACTOR_NAMES,
  place: PLACES,
  // Last, so that cases that share their practices are of every type: a page then holds all of one.
  type: [...TYPES.keys()],
};

function isPossible({ type, way, actor, place }: AttackCase): boolean {
  const { kind } = typeOf(type).owner;
  const shut = place.includes('chart, ');
  // What the practice owns is in no chart, and has the section of its type.
  if (kind === 'practice' && (shut || place === 'other chart')) return false;
  if (kind === 'self' && shut) return false;
  if (way.action === 'create' && (shut || place === 'deleted')) return false;
  return place !== 'revoked' || REVOCABLE.includes(actor);
}

const slow = process.env.SLOW === '1';
const cases = slow ? everyCase(CHOICES, isPossible) : pairwiseCases(CHOICES, SEED, isPossible);

describe(`by ${slow ? 'everything' : 'every pair'} (seed ${SEED})`, () => {
  let served: ServedPractices;
  const sum = { all: 0, hidden: 0, allowed: 0 };
  beforeAll(async () => {
    served = await servePractices();
  });
  afterAll(() => served.close());

  test.each([...batches(cases)])(
    'attacks $from to $to meet what is absent, or what is theirs',
    async ({ batch }) => {
      const run = await AttackRun.open(served);
      const { failures, hidden, allowed } = await run.run(batch);
      expect(`${failures.length} failures\n${failures.slice(0, 12).join('\n')}`).toBe('0 failures\n');
      sum.hidden += hidden;
      sum.allowed += allowed;
      sum.all += batch.length;
    },
    600_000,
  );

  test('neither of which is rare', () => {
    expect(sum.hidden).toBeGreaterThan(sum.all / 3);
    expect(sum.allowed).toBeGreaterThan(sum.all / 10);
  });
});

function* batches(all: Iterable<AttackCase>) {
  let [from, batch] = [1, [] as AttackCase[]];
  for (const one of all) {
    batch.push(one);
    if (batch.length < AT_ONCE) continue;
    yield { from, to: from + batch.length - 1, batch };
    [from, batch] = [from + batch.length, []];
  }
  if (batch.length > 0) yield { from, to: from + batch.length - 1, batch };
}
