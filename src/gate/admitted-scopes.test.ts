/** Which scopes a process keeps, and which make room. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { secretTokenHash } from '../seal/index.ts';
import { AdmittedScopes } from './admitted-scopes.ts';

let practice: GatedPractice;
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());

const scope = async () => (await practice.visitor({ role: 'nurse' })).scope;

test('the scope that was not used for longest makes room, and one that is in use stays', async () => {
  const scopes = new AdmittedScopes(2);
  const [hot, cold, next] = [await scope(), await scope(), await scope()];
  scopes.add(hot);
  scopes.add(cold);
  expect(scopes.use(hot.sessionHash)).toBe(hot);
  scopes.add(next);
  expect([hot.ended, cold.ended, next.ended]).toEqual([false, true, false]);
  expect(scopes.use(cold.sessionHash)).toBeNull();
  expect(scopes.use(hot.sessionHash)).toBe(hot);
});

test('a scope that takes the place of its own session pushes no other out', async () => {
  const scopes = new AdmittedScopes(2);
  const { token } = await practice.person({ role: 'nurse' });
  const before = (await practice.gate.admit(token, null))!.scope;
  const bystander = await scope();
  scopes.add(before);
  scopes.add(bystander);
  const after = (await practice.gate.renew(before))!;
  scopes.add(after);
  expect(scopes.use(after.sessionHash)).toBe(after);
  expect([before.ended, bystander.ended]).toEqual([true, false]);
});

test('a notice names a session by a digest of its hash', async () => {
  const scopes = new AdmittedScopes();
  const [first, second, third] = [await scope(), await scope(), await scope()];
  for (const one of [first, second, third]) scopes.add(one);
  for (const one of [first, second]) scopes.forgetNoticed(secretTokenHash(one.sessionHash));
  for (const other of [third.sessionHash, third.accountId, '']) scopes.forgetNoticed(other);
  expect([first.ended, second.ended, third.ended]).toEqual([true, true, false]);
  scopes.forgetAll();
  expect(third.ended).toBe(true);
});
