/** A touch turns the token of a browser: in all processes, and without ending what the session is doing. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { ManualClock } from '../base/clock.ts';
import { type ChartId, newId } from '../base/ids.ts';
import { makePool } from '../db/index.ts';
import { Gate, Keychain } from './index.ts';
import { TURN_GRACE_SECONDS } from './token-turns.ts';

const clock = new ManualClock(new Date());
let practice: GatedPractice;
let otherPool: ReturnType<typeof makePool>;
let other: Gate;
let token: string;

beforeAll(async () => {
  practice = await openGatedPractice({ clock });
  otherPool = makePool(practice.database.serverConnection, { max: 2 });
  other = new Gate({
    server: otherPool,
    keychain: new Keychain({ server: otherPool, vault: practice.vault }),
    clock,
  });
});
afterAll(async () => {
  await other.close();
  await otherPool.end();
  await practice.close();
});
beforeEach(async () => {
  ({ token } = await practice.person({ role: 'patient', chartId: newId<ChartId>() }));
});

const isIn = async (gate: Gate, text: string) => (await gate.admit(text, null)) !== null;

async function turn(text: string): Promise<string> {
  const visit = (await practice.gate.admit(text, null))!;
  return (await practice.gate.freshen(visit, text))!;
}

async function graceIsOver(): Promise<void> {
  const back = `${TURN_GRACE_SECONDS + 1} seconds`;
  await practice.database.owner.query(
    'update postern.session set turned_at = turned_at - $1::interval where turned_at is not null',
    [back],
  );
  clock.advance(TURN_GRACE_SECONDS + 1);
}

test('the token before opens what was under way, and then nothing, at whichever process', async () => {
  expect([await isIn(practice.gate, token), await isIn(other, token)]).toEqual([true, true]);
  const turned = await turn(token);
  expect(turned).toMatch(/^pst_[0-9a-f]{32}_[\w-]{43}\.[\w-]{43}$/);
  expect([await isIn(practice.gate, turned), await isIn(other, turned)]).toEqual([true, true]);
  expect([await isIn(practice.gate, token), await isIn(other, token)]).toEqual([true, true]);
  await graceIsOver();
  expect([await isIn(practice.gate, token), await isIn(other, token)]).toEqual([false, false]);
  expect([practice.gate.admitsAtOnce(token), practice.gate.admitsAtOnce(turned)]).toEqual([false, true]);

  const again = await turn(turned);
  await graceIsOver();
  expect([await isIn(practice.gate, turned), await isIn(practice.gate, again)]).toEqual([false, true]);
});

test('no other end, and none at all, opens what was turned; nor an end what never was', async () => {
  const made = `.${'A'.repeat(43)}`;
  expect(await isIn(practice.gate, `${token}${made}`)).toBe(false);
  const turned = await turn(token);
  await graceIsOver();
  const ends = ['', made, '.', `${turned.slice(turned.indexOf('.'))}=`, `${turned.slice(-44)}${made}`];
  for (const end of ends) expect([end, await isIn(practice.gate, `${token}${end}`)]).toEqual([end, false]);
  const stranger = await practice.person({ role: 'patient', chartId: newId<ChartId>() });
  expect(await isIn(practice.gate, `${stranger.token}${turned.slice(turned.indexOf('.'))}`)).toBe(false);
  expect(await isIn(practice.gate, turned)).toBe(true);
});

test('the session goes on with what it is in the middle of', async () => {
  const visit = (await practice.gate.admit(token, null))!;
  const there = (await other.admit(token, null))!;
  const turned = await turn(token);
  expect([visit.scope.ended, there.scope.ended]).toEqual([false, false]);
  expect((await practice.gate.admit(turned, null))!.scope).toBe(visit.scope);
  expect((await other.admit(turned, null))!.scope).toBe(there.scope);
});

test('two touches at once turn it once, so that the browser keeps the one that counts', async () => {
  const turned = await turn(token);
  const visit = (await practice.gate.admit(token, null))!;
  expect(await practice.gate.freshen(visit, token)).toBeNull();
  await graceIsOver();
  expect(await isIn(practice.gate, turned)).toBe(true);
});

test('a process that listens drops the token before without being asked for the next one', async () => {
  await other.listen(practice.database.serverConnection);
  expect([await isIn(other, token), other.admitsAtOnce(token)]).toEqual([true, true]);
  await turn(token);
  for (let waited = 0; other.admitsAtOnce(token) && waited < 200; waited += 1) await delay(10);
  expect(other.admitsAtOnce(token)).toBe(false);
});

test('a touch without a browser leaves the token', async () => {
  expect(await practice.gate.freshen((await practice.gate.admit(token, null))!)).toBeNull();
  await graceIsOver();
  expect(await isIn(practice.gate, token)).toBe(true);
});
