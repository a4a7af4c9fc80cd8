import { expect, test } from 'vitest';
import { canBeRegistered, isRegistered } from './registered-scopes.ts';

const REGISTERED = ['launch/patient', 'patient/Observation.rs', 'user/*.r', 'system/Condition.rs?category=a'];

test.each([
  ['launch/patient', true],
  ['patient/Observation.rs', true],
  ['patient/Observation.r', true],
  ['patient/Observation.read', true],
  ['patient/Observation.rs?status=final', true],
  ['user/Patient.r', true],
  ['system/Condition.s?category=a&code=b', true],
  ['offline_access', false],
  ['patient/Observation.cruds', false],
  ['patient/*.rs', false],
  ['patient/Condition.rs', false],
  ['user/Observation.rs', false],
  ['user/*.cruds', false],
  ['system/Condition.rs', false],
  ['system/Condition.rs?category=b', false],
  ['system/*.rs', false],
  ['launch', false],
  ['nonsense', false],
])('%s is within what was registered: %s', (word, within) => {
  expect(isRegistered(REGISTERED, word)).toBe(within);
  expect(isRegistered(undefined, word)).toBe(true);
  expect(isRegistered([], word)).toBe(false);
});

test('what no client can ask for is registered for none', () => {
  const words = ['openid', 'patient/*.rs', 'patient/Nothing.rs', 'patient/Patient.sr', 'root', ''];
  expect(words.filter(canBeRegistered)).toEqual(['openid', 'patient/*.rs']);
});
