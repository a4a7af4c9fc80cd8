import { beforeAll, expect, test } from 'vitest';
import { type Definitions, loadDefinitions } from '../definitions.ts';
import { engineHolds, holds } from '../invariants.ts';
import { compileInvariant } from './compile-invariant.ts';
import type { InvariantContext } from './invariant-collection.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

const context: InvariantContext = {
  resource: { resourceType: 'Observation', code: { coding: [{ system: 's', code: 'c' }] } },
  root: { resourceType: 'Observation' },
};

const result = (expression: string, value: unknown) =>
  compileInvariant(expression, definitions.choices)?.([value], context);

test.each<[string, unknown, unknown[] | undefined]>([
  ['a.exists()', { a: 1 }, [true]],
  ['a.exists()', { _a: { id: 'x' } }, [true]],
  ['a.empty()', {}, [true]],
  ['value.exists()', { valueQuantity: {} }, [true]],
  ['value.exists()', { valueSet: 'x' }, [false]],
  ['count.exists()', { countMax: 1 }, [false]],
  ['value.ofType(Quantity).unit', { valueQuantity: { unit: 'x' } }, ['x']],
  ['a.b', { a: [{ b: 1 }, { b: [2, 3] }] }, [1, 2, 3]],
  [
    "a.where(b = 'x').c",
    {
      a: [
        { b: 'x', c: 1 },
        { b: 'y', c: 2 },
      ],
    },
    [1],
  ],
  ["a.exists(b = 'x')", { a: [{ b: 'y' }] }, [false]],
  ['a.all(b.exists())', { a: [{ b: 1 }, {}] }, [false]],
  ['a.count() > 1 implies b', { a: [1, 2], b: true }, [true]],
  ['a > 1', {}, []],
  ['a > 1 or true', {}, [true]],
  ['a xor b', { a: true, b: false }, [true]],
  ['a = b', { a: 'x', b: 'x' }, [true]],
  ["a in ('x' | 'y')", { a: 'y' }, [true]],
  ["a.startsWith('x')", { a: 'xy' }, [true]],
  ['a.select(b).isDistinct()', { a: [{ b: 1 }, { b: 1 }] }, [false]],
  [
    'code.coding.intersect(%resource.code.coding)',
    { code: { coding: [{ system: 's', code: 'c' }] } },
    [{ system: 's', code: 'c' }],
  ],
  ['a.not()', { a: false }, [true]],
  ['a is Quantity', { a: 1 }, undefined],
  ['a.resolve()', { a: 1 }, undefined],
  ["a.matches('x')", { a: 'x' }, undefined],
  ['__proto__.a', {}, []],
  ['constructor()', {}, undefined],
])('%s of %j is %j', (expression, value, expected) => {
  expect(result(expression, value)).toEqual(expected);
});

test('what only an engine can answer goes to the engine', () => {
  const later = 'start.empty() or start >= end';
  const holdsOf = (value: unknown) => holds(definitions, later, value, 'Period', context);
  expect(holdsOf({})).toBe(true);
  expect(holdsOf({ start: '2021-01-01', end: '2020-01-01' })).toBe(true);
  expect(holdsOf({ start: '2019-01-01', end: '2020-01-01' })).toBe(false);
});

test('most invariants of the specification compile', () => {
  const names = [...Array(195).keys()].map((index) => definitions.invariant(index));
  const left = names.filter(({ expression }) => compileInvariant(expression, definitions.choices) === null);
  expect(left.map(({ key }) => key).length).toBeLessThan(45);
});

// The engine takes two codings for different that are equal: `intersect` of obs-7 is empty for it.
test('compiled or evaluated, an invariant says the same of what it is about, but for one', () => {
  const observation = {
    resourceType: 'Observation',
    code: { coding: [{ system: 's', code: 'c' }] },
    valueString: 'x',
    dataAbsentReason: { text: 'y' },
    component: [{ code: { coding: [{ system: 's', code: 'c' }] }, valueQuantity: { value: 1 } }],
  };
  const timing = { count: 1, countMax: 2, duration: -1, when: ['C', 'MORN'], offset: 5, period: 2 };
  const concept = { coding: [{ system: 's', code: 'c' }], system: 's', code: 'c', value: 3 };
  const values = [observation, timing, concept, { low: { value: 1 }, high: { value: 2 } }, { text: 'x' }];
  const own = { resource: observation, root: observation };
  const differing: string[] = [];
  for (let index = 0; index < 195; index += 1) {
    const { key, expression } = definitions.invariant(index);
    for (const value of values) {
      const ours = holds(definitions, expression, value, 'Element', own);
      if (ours !== engineHolds(expression, value, 'Element', own))
        differing.push(`${key} ${JSON.stringify(value)}`);
    }
  }
  expect(differing.map((text) => text.split(' ')[0])).toEqual(['obs-7']);
});
