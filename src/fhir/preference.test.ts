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
  expect(preferenceOf({ headers: prefer === undefined ? {} : { prefer } })).toEqual({ content, strict });
});
