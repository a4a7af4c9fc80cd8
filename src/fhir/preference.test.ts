import { expect, test } from 'vitest';
import { preferenceOf } from './preference.ts';

test.each([
  [undefined, 'representation', false],
  ['return=minimal', 'minimal', false],
  ['return=OperationOutcome', 'OperationOutcome', false],
  ['handling=strict', 'representation', true],
  ['return="minimal", handling=strict', 'minimal', true],
  ['respond-async; return=minimal', 'minimal', false],
  ['return=constructor', 'representation', false],
  ['handling=strict, handling=lenient', 'representation', true],
])('Prefer: %s means %s and strict %s', (prefer, content, strict) => {
  const told = preferenceOf({ headers: prefer === undefined ? {} : { prefer } });
  expect(told).toMatchObject({ content, strict });
});

test.each([
  [undefined, false, false],
  ['respond-async', true, false],
  ['respond-async, handling=lenient', true, true],
  ['Respond-Async;handling="lenient"', true, true],
  ['handling=strict', false, false],
])(
  'Prefer: %s lets the answer come later: %s, and leaves out what is not offered: %s',
  (prefer, async, lenient) => {
    const told = preferenceOf({ headers: prefer === undefined ? {} : { prefer } });
    expect(told).toMatchObject({ async, lenient });
  },
);
