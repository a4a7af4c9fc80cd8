import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import type { SessionHash } from '../base/ids.ts';
import type { Scope, Visit } from '../gate/index.ts';
import { IdleSessions, idleSeconds } from './idle-sessions.ts';

const clock = new ManualClock('2026-03-02T09:00:00Z');
const ended: string[] = [];
const LIMITS = { staffIdleMinutes: 10, patientIdleMinutes: 20 };

/** What processes note for each other. */
const seen = new Map<string, Date>();
const sightings = {
  note: async ({ sessionHash }: Pick<Scope, 'sessionHash'>) => void seen.set(sessionHash, clock.now()),
  last: async ({ sessionHash }: Pick<Scope, 'sessionHash'>) => seen.get(sessionHash) ?? null,
};
let sessions: IdleSessions | undefined;

function watch(): IdleSessions {
  ended.length = 0;
  const endSession = async (session: string | Scope | Visit) => {
    ended.push((session as Scope).sessionHash);
  };
  const settings = { of: async () => LIMITS };
  sessions = new IdleSessions({ endSession, settings, sightings }, clock);
  return sessions;
}

/** What the watch looks at: who it is, whose session, and when it is over in any case. */
function scopeOf(sessionHash: string, role: 'patient' | 'doctor', hours = 8): Scope {
  const until = new Date(clock.now().getTime() + hours * 3_600_000);
  const seen: Pick<Scope, 'sessionHash' | 'roles' | 'openedAt' | 'until'> = {
    sessionHash: sessionHash as SessionHash,
    roles: [role],
    openedAt: clock.now(),
    until,
  };
  return seen as Scope;
}

afterEach(() => sessions?.stop());

test('staff stay half as long as patients, who sit at home', () => {
  expect(idleSeconds({ roles: ['doctor'] }, LIMITS)).toBe(600);
  expect(idleSeconds({ roles: ['patient', 'proxy'] }, LIMITS)).toBe(1200);
  expect(idleSeconds({ roles: ['patient', 'nurse'] }, { ...LIMITS, staffIdleMinutes: 2 })).toBe(120);
});

test('a session that is used stays, and one that is not is ended', async () => {
  const idle = watch();
  const [patient, doctor] = [scopeOf('patient', 'patient'), scopeOf('doctor', 'doctor')];
  for (const scope of [patient, doctor]) expect(await idle.use(scope)).toBe(true);
  clock.advance(600 + 89);
  await idle.sweep();
  expect(ended).toEqual([]);
  expect(await idle.use(patient)).toBe(true);
  clock.advance(2);
  await idle.sweep();
  expect(ended).toEqual(['doctor']);
});

test('a use that comes too late ends the session where no sweep did', async () => {
  const idle = watch();
  const scope = scopeOf('late', 'patient');
  await idle.use(scope);
  clock.advance(1200 + 91);
  expect(await idle.use(scope)).toBe(false);
  expect(ended).toEqual(['late']);
});

test('a session that is over anyway is forgotten, not ended', async () => {
  const idle = watch();
  await idle.use(scopeOf('short', 'patient', 0.1));
  clock.advance(3600);
  await idle.sweep();
  expect(ended).toEqual([]);
});

test('a session that was not used after signing in ends like any other', async () => {
  const idle = watch();
  const scope = scopeOf('left at once', 'doctor');
  clock.advance(600 + 91);
  expect(await idle.use(scope)).toBe(false);
  expect(ended).toEqual(['left at once']);
});

test('a server that starts anew does not take up what was idle before', async () => {
  const scope = scopeOf('of yesterday evening', 'patient');
  await watch().use(scope);
  sessions?.stop();
  clock.advance(40 * 60);
  expect(await watch().use(scope)).toBe(false);
  expect(ended).toEqual(['of yesterday evening']);
});

test('a session that another process has seen used goes on here', async () => {
  const scope = scopeOf('of two processes', 'doctor');
  const here = watch();
  await here.use(scope);
  const settings = { of: async () => LIMITS };
  const there = new IdleSessions({ endSession: async () => undefined, settings, sightings }, clock);
  clock.advance(500);
  expect(await there.use(scope)).toBe(true);
  there.stop();
  clock.advance(300);
  await here.sweep();
  expect(ended).toEqual([]);
  expect(await here.use(scope)).toBe(true);
  clock.advance(691);
  await here.sweep();
  expect(ended).toEqual(['of two processes']);
});
