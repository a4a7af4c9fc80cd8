import { expect, test } from 'vitest';
import { everyCase, pairwiseCases } from './covering-array.ts';

interface Case {
  readonly shape: string;
  readonly colour: string;
  readonly size: number;
  readonly place: string;
}

const CHOICES = {
  shape: ['round', 'square', 'flat'],
  colour: ['red', 'blue'],
  size: [1, 2, 3, 4, 5],
  place: ['here', 'there', 'away'],
};
/** Nothing flat is red, and what is away is small. */
const possible = ({ shape, colour, size, place }: Case) =>
  !(shape === 'flat' && colour === 'red') && !(place === 'away' && size > 2);

function pairs(cases: Iterable<Case>): Set<string> {
  const found = new Set<string>();
  for (const one of cases) {
    const chosen = Object.entries(one).map(([name, value]) => `${name}=${value}`);
    for (const left of chosen) for (const right of chosen) found.add(`${left}&${right}`);
  }
  return found;
}

test('every pair of choices that can meet does, in far fewer cases than there are', () => {
  const all = [...everyCase<Case>(CHOICES, possible)];
  const few = pairwiseCases<Case>(CHOICES, 1, possible);
  expect(pairs(few)).toEqual(pairs(all));
  expect(few.every(possible)).toBe(true);
  expect([all.length, few.length < 22]).toEqual([60, true]);
});

test('the same seed makes the same cases', () => {
  expect(pairwiseCases<Case>(CHOICES, 7)).toEqual(pairwiseCases<Case>(CHOICES, 7));
  expect(pairwiseCases<Case>(CHOICES, 7)).not.toEqual(pairwiseCases<Case>(CHOICES, 8));
});
