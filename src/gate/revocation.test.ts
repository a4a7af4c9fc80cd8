/** Revocation, renewal and the end of sessions, between processes that share nothing but the database. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { ManualClock, systemClock } from '../base/clock.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { inSession, makePool } from '../db/index.ts';
import type { SealedRow } from '../seal/index.ts';
import { Gate, Keychain, type Visit } from './index.ts';

let practice: GatedPractice;
let record: SealedRow;
/** Another process: its own pool, keys and scopes. */
let otherPool: ReturnType<typeof makePool>;
let other: Gate;
const chartId = newId<ChartId>();

beforeAll(async () => {
  practice = await openGatedPractice();
  record = await practice.record({ section: 'clinical', chartId });
  otherPool = makePool(practice.database.serverConnection, { max: 2 });
  const keychain = new Keychain({ server: otherPool, vault: practice.vault });
  other = new Gate({ server: otherPool, keychain, clock: systemClock });
});
afterAll(async () => {
  await other.close();
  await otherPool.end();
  await practice.close();
});

const assertReach = (visit: Visit, pool = practice.database.server) =>
  inSession(pool, visit.scope.handle, (tx) => tx.query('select postern.reach_assert()'));

const endGrantsOf = (gate: Gate, accountId: AccountId) =>
  gate.asJob(practice.practiceId, 'system-setup', 'test', async (visit) => {
    for (const { grantId, endedAt } of await gate.grantsOf(visit, accountId)) {
      if (endedAt === null) await gate.endGrant(visit, grantId);
    }
  });

describe('two processes', () => {
  test('that admit the same session share its reach and do not push each other out', async () => {
    const { token } = await practice.person({ role: 'patient', chartId });
    const here = (await practice.gate.admit(token, null))!;
    const there = (await other.admit(token, null))!;
    expect(there.scope.handle).toBe(here.scope.handle);
    expect(await practice.sees(here, record)).toBe(true);
    expect(await practice.sees(there, record, otherPool)).toBe(true);
  });

  test('feel a revocation by either at the very next statement', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const there = (await other.admit(token, null))!;
    expect(await practice.sees(there, record, otherPool)).toBe(true);
    await endGrantsOf(practice.gate, accountId);
    expect(await practice.sees(there, record, otherPool)).toBe(false);
    await expect(assertReach(there, otherPool)).rejects.toMatchObject({ code: 'PT001' });
    const renewed = (await other.renew(there.scope))!;
    expect(there.scope.ended).toBe(true);
    expect(() => there.scope.keys.open(record)).toThrow('The session has ended');
    expect(renewed.keys.open(record)).toBeNull();
    expect(await practice.sees({ scope: renewed, address: null }, record, otherPool)).toBe(false);
  });

  test('hear of a revocation, and drop keys before they are asked', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const nurse = await practice.person({ role: 'nurse' });
    // Only now, so as not to hear late of the grants that were just given.
    await other.listen(practice.database.serverConnection);
    const bystander = (await other.admit(nurse.token, null))!;
    const there = (await other.admit(token, null))!;
    expect(there.scope.keys.open(record)).not.toBeNull();
    await endGrantsOf(practice.gate, accountId);
    for (let waited = 0; !there.scope.ended && waited < 200; waited += 1) await delay(10);
    expect(there.scope.ended).toBe(true);
    expect(bystander.scope.ended).toBe(false);
  });
});

describe('a process that lost the connection by which it hears', () => {
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let waited = 0; !(await holds()) && waited < 300; waited += 1) await delay(10);
  };
  /** Connections of the server role that are in no pool of this test: what they run is shown to nobody. */
  const listening = async () => {
    const { rows } = await practice.database.owner.query<{ pid: number }>(
      `select a.pid from pg_stat_activity a
       where a.datname = current_database() and a.usename = $1
       order by a.pid`,
      [practice.database.serverRole],
    );
    const pooled = [otherPool, practice.database.server].flatMap(connectionsOf);
    return rows.map((row) => row.pid).filter((pid) => !pooled.includes(pid));
  };
  // node-postgres says in no other way which backends a pool holds.
  const connectionsOf = (pool: object) =>
    (pool as { _clients: { processID: number }[] })._clients.map(({ processID }) => processID);

  test('listens again, forgets every scope and takes in the keys that were added meanwhile', async () => {
    const keychain = new Keychain({ server: otherPool, vault: practice.vault });
    const third = new Gate({ server: otherPool, keychain, clock: systemClock });
    const already = await listening();
    await third.listen(practice.database.serverConnection);
    const [pid] = (await listening()).filter((one) => !already.includes(one));
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const before = (await third.admit(token, null))!;
    const added = await (await practice.keychain.of(practice.practiceId)).addVersion(practice.vault, 'index');
    await practice.database.owner.query(
      `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
       values ($1, $2, $3, $4, $5)`,
      [added.practiceId, added.purpose, added.version, added.rootVersion, added.wrapped],
    );
    expect(keychain.indexVersions(practice.practiceId)).toEqual([1]);

    await otherPool.query('select pg_terminate_backend($1)', [pid]);
    await until(() => before.scope.ended);
    expect(before.scope.ended).toBe(true);
    await until(() => keychain.indexVersions(practice.practiceId).length === 2);
    expect(keychain.indexVersions(practice.practiceId)).toEqual([2, 1]);

    const after = (await third.admit(token, null))!;
    expect(after.scope.keys.open(record)).not.toBeNull();
    await endGrantsOf(practice.gate, accountId);
    await until(() => after.scope.ended);
    expect(after.scope.ended).toBe(true);
    await third.close();
    await until(async () => (await listening()).length === already.length);
    expect(await listening()).toEqual(already);
  });

  test('that is closed while it cannot connect stops trying', async () => {
    const gate = new Gate({ server: otherPool, keychain: practice.keychain, clock: systemClock });
    const connection = { ...practice.database.serverConnection };
    const already = await listening();
    await gate.listen(connection);
    const [pid] = (await listening()).filter((one) => !already.includes(one));
    connection.password = 'no longer';
    await otherPool.query('select pg_terminate_backend($1)', [pid]);
    await delay(150);
    await gate.close();
    expect(await listening()).toEqual(already);
  });
});

describe('a change of grants', () => {
  test('opens more in a session that lives, after it was renewed', async () => {
    const { accountId, token } = await practice.person();
    const before = (await practice.gate.admit(token, null))!;
    await practice.give(accountId, { role: 'patient', chartId });
    await expect(assertReach(before)).rejects.toMatchObject({ code: 'PT001' });
    const scope = (await practice.gate.renew(before.scope))!;
    expect(await practice.sees({ scope, address: null }, record)).toBe(true);
    expect(scope.keys.open(record)).not.toBeNull();
    expect((await practice.gate.admit(token, null))!.scope).toBe(scope);
  });

  test('voids a reach that was signed before it', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const { server } = practice.database;
    const seen: unknown[][] = [];
    const spying = new Proxy(server, {
      get(target, name) {
        if (name !== 'query') return Reflect.get(target, name, target);
        return (query: { name?: string; values?: unknown[] }, values?: unknown[]) => {
          if (query.name === 'reach-open') seen.push(query.values!);
          return target.query(query as never, values as never);
        };
      },
    });
    const gate = new Gate({ server: spying, keychain: practice.keychain, clock: systemClock });
    const visit = (await gate.admit(token, null))!;
    expect(await practice.sees(visit, record)).toBe(true);
    const replay = () => server.query('select postern.reach_open($1, $2) as opened', seen[0]!);
    expect((await replay()).rows).toEqual([{ opened: true }]);
    await endGrantsOf(practice.gate, accountId);
    expect((await replay()).rows).toEqual([{ opened: false }]);
    expect(await practice.sees(visit, record)).toBe(false);
    await gate.close();
  });

  test('between reading the grants and signing makes the gate read them again', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const { server } = practice.database;
    let interfered = false;
    const slow = new Proxy(server, {
      get(target, name) {
        if (name !== 'query') return Reflect.get(target, name, target);
        return async (query: { name?: string }, values?: unknown[]) => {
          if (query.name === 'reach-open' && !interfered) {
            interfered = true;
            await endGrantsOf(practice.gate, accountId);
          }
          return target.query(query as never, values as never);
        };
      },
    });
    const gate = new Gate({ server: slow, keychain: practice.keychain, clock: systemClock });
    const visit = (await gate.admit(token, null))!;
    expect(interfered).toBe(true);
    expect(visit.scope.keys.open(record)).toBeNull();
    expect(await practice.sees(visit, record)).toBe(false);
    await gate.close();
  });
});

describe('admission and revocation at the same time', () => {
  const ROUNDS = process.env.SLOW === '1' ? 400 : 25;

  /** Both processes admit over and over, while the first takes the right away. */
  async function race(token: string, takeAway: () => Promise<unknown>): Promise<Visit[]> {
    const visits: Visit[] = [];
    let taken = false;
    const admitting = [practice.gate, other].map(async (gate) => {
      while (!taken) {
        const visit = await gate.admit(token, null);
        if (visit === null) return;
        visits.push(visit);
        // As a statement does that finds its reach gone.
        await gate.renew(visit.scope);
      }
    });
    await delay(Math.random() * 8);
    await takeAway();
    taken = true;
    await Promise.all(admitting);
    return visits;
  }

  test('leaves no reach in which the right is still there, whoever was faster', async () => {
    let admitted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { accountId, token } = await practice.person({ role: 'patient', chartId });
      const visits = await race(token, () => endGrantsOf(practice.gate, accountId));
      admitted += visits.length;
      for (const visit of new Set(visits)) expect(await practice.sees(visit, record)).toBe(false);
      for (const gate of [practice.gate, other]) {
        const { scope } = (await gate.admit(token, null))!;
        const renewed = (await gate.renew(scope))!;
        expect(renewed.keys.open(record)).toBeNull();
        expect(await practice.sees({ scope: renewed, address: null }, record)).toBe(false);
      }
    }
    expect(admitted).toBeGreaterThan(0);
  });

  test('leaves no way into a session that was ended', async () => {
    let admitted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { token } = await practice.person({ role: 'patient', chartId });
      const visits = await race(token, () => practice.gate.endSession(token));
      for (const visit of new Set(visits)) expect(await practice.sees(visit, record)).toBe(false);
      for (const gate of [practice.gate, other]) {
        const left = await gate.admit(token, null);
        // A process that has not heard yet finds out at its next statement.
        if (left !== null) expect(await gate.renew(left.scope)).toBeNull();
        expect(await gate.admit(token, null)).toBeNull();
      }
      admitted += visits.length;
    }
    expect(admitted).toBeGreaterThan(0);
  });
});

describe('a session that is ended', () => {
  test.each([
    ['by its scope', (visit: Visit) => practice.gate.endSession(visit.scope)],
    ['by its token', (_visit: Visit, token: string) => practice.gate.endSession(token)],
    [
      'with all of its account',
      ({ scope }: Visit) => practice.gate.endSessionsOf(scope.practiceId, scope.accountId),
    ],
  ])('%s has no keys, no rows and no way back', async (_how, end) => {
    const { token } = await practice.person({ role: 'patient', chartId });
    const visit = (await practice.gate.admit(token, null))!;
    expect(visit.scope.keys.open(record)).not.toBeNull();
    await end(visit, token);
    expect(visit.scope.ended).toBe(true);
    expect(visit.scope.allows('read', 'clinical', chartId, null)).toBe(false);
    expect(visit.scope.reachable('read')).toEqual({ allMask: 0, pairs: new Map() });
    expect(() => visit.scope.keys.open(record)).toThrow('The session has ended');
    expect(await practice.sees(visit, record)).toBe(false);
    expect(await practice.gate.renew(visit.scope)).toBeNull();
    expect(await practice.gate.admit(token, null)).toBeNull();
    expect(await other.admit(token, null)).toBeNull();
  });

  test('and revived by hand stays over', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    await practice.gate.endSession(token);
    await practice.database.owner.query('update postern.session set ended_at = null where account_id = $1', [
      accountId,
    ]);
    expect(await practice.gate.admit(token, null)).toBeNull();
  });
});

describe('time', () => {
  const clock = new ManualClock(new Date());
  const gateAt = () => new Gate({ server: practice.database.server, keychain: practice.keychain, clock });

  test('ends a session in the key ring although the database would still open', async () => {
    const { accountId } = await practice.person({ role: 'patient', chartId });
    const gate = gateAt();
    const visit = (await gate.admit(await practice.session(accountId, 60), null))!;
    expect(visit.scope.keys.open(record)).not.toBeNull();
    clock.advance(61);
    expect(visit.scope.ended).toBe(true);
    expect(visit.scope.keys.open(record)).toBeNull();
    await gate.close();
  });

  test('ends a scope when the first of its grants starts or ends', async () => {
    const soon = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    const { token } = await practice.person(
      { role: 'patient', chartId, endsAt: soon(600) },
      { role: 'patient', chartId: newId<ChartId>(), startsAt: soon(300) },
    );
    const gate = gateAt();
    const { scope } = (await gate.admit(token, null))!;
    expect(scope.reachable('read').pairs.size).toBe(1);
    const left = (scope.until.getTime() - clock.now().getTime()) / 1000;
    expect(left).toBeGreaterThan(200);
    expect(left).toBeLessThanOrEqual(365);
    await gate.close();
  });

  test('closes what a grant opened, in the database too', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const visit = (await practice.gate.admit(token, null))!;
    await practice.database.owner.query(
      "update postern.reach set expires_at = now() - interval '1 second' where account_id = $1",
      [accountId],
    );
    expect(await practice.sees(visit, record)).toBe(false);
    await expect(assertReach(visit)).rejects.toMatchObject({ code: 'PT001' });
  });
});
