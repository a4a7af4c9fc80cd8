/** Disabling an account: it is out at once, everywhere, and lines say so. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { systemClock } from '../base/clock.ts';
import { type AccountId, type ChartId, newId, type PracticeId } from '../base/ids.ts';
import { inSession } from '../db/index.ts';
import { Gate, INSTALLATION } from './index.ts';

let practice: GatedPractice;
let elsewhere: PracticeId;
const chartId = newId<ChartId>();

beforeAll(async () => {
  practice = await openGatedPractice();
  const place = { slug: 'valley', name: 'Valley' };
  elsewhere = await practice.keychain.createPractice(practice.database.owner, place);
});
afterAll(() => practice.close());

const CLIENT = 'postern account';
const disable = (accountId: AccountId) =>
  practice.gate.accounts.disableAccount(practice.database.owner, accountId, CLIENT);
const enable = (accountId: AccountId) =>
  practice.gate.accounts.enableAccount(practice.database.owner, accountId, CLIENT);

const sessionIn = (practiceId: PracticeId, accountId: AccountId) =>
  practice.gate.openSession({ practiceId, accountId, purpose: 'test', client: null, ttlSeconds: 600 });

async function linesAbout(accountId: AccountId) {
  const { rows } = await practice.database.owner.query(
    `select l.practice_id, l.action, l.account_id, l.purpose, l.client
     from postern.access_line l
     where l.entries = $1
     order by l.xid, l.practice_id`,
    [JSON.stringify([[null, 'Account', accountId, null]])],
  );
  return rows;
}

describe('disabling an account', () => {
  test('ends its sessions in every practice at the next statement, and opens no more', async () => {
    const record = await practice.record({ section: 'clinical', chartId });
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const other = await sessionIn(elsewhere, accountId);
    const bystander = await practice.visitor({ role: 'patient', chartId });
    const visits = [(await practice.gate.admit(token, null))!, (await practice.gate.admit(other, null))!];
    expect(await practice.sees(visits[0]!, record)).toBe(true);

    expect(await disable(accountId)).toBe(true);
    expect(await practice.sees(visits[0]!, record)).toBe(false);
    for (const { scope } of visits) {
      const asserted = inSession(practice.database.server, scope.handle, (tx) =>
        tx.query('select postern.reach_assert()'),
      );
      await expect(asserted).rejects.toMatchObject({ code: 'PT001' });
      expect(await practice.gate.renew(scope)).toBeNull();
      expect(() => scope.keys.open(record)).toThrow('The session has ended');
    }
    for (const ended of [token, other]) expect(await practice.gate.admit(ended, null)).toBeNull();
    await expect(sessionIn(practice.practiceId, accountId)).rejects.toMatchObject({ code: 'conflict' });
    expect(await practice.sees(bystander, record)).toBe(true);
  });

  test('voids sign-in codes from before and since', async () => {
    const { accountId } = await practice.person({ role: 'nurse' });
    const { accounts } = practice.gate;
    const before = await accounts.signinCode(accountId, 60);
    await disable(accountId);
    const since = await accounts.signinCode(accountId, 60);
    for (const code of [before, since]) expect(await accounts.takeSigninCode(code)).toBeNull();
  });

  test('leaves a line in the log of the installation and of each of its practices', async () => {
    const { accountId } = await practice.person({ role: 'nurse' });
    await sessionIn(elsewhere, accountId);
    await disable(accountId);
    await enable(accountId);
    const line = { account_id: null, purpose: 'operation', client: CLIENT };
    const of = (practiceId: PracticeId, action: string) => ({ ...line, practice_id: practiceId, action });
    const lines = await linesAbout(accountId);
    const both = [INSTALLATION, practice.practiceId, elsewhere];
    expect(lines.slice(0, 3)).toEqual(expect.arrayContaining(both.map((id) => of(id, 'disable-account'))));
    expect(lines.slice(3).map((each) => each.action)).toEqual(['enable-account', 'enable-account']);
  });

  test('again, or of nobody, changes nothing and leaves no line', async () => {
    const { accountId } = await practice.person();
    expect(await enable(accountId)).toBe(false);
    expect(await disable(accountId)).toBe(true);
    expect(await disable(accountId)).toBe(false);
    expect(await linesAbout(accountId)).toHaveLength(2);
    expect(await disable(newId<AccountId>())).toBe(false);
  });

  test('leaves its grants for when it is let in again, in a new session', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    await disable(accountId);
    expect(await enable(accountId)).toBe(true);
    expect(await practice.gate.admit(token, null)).toBeNull();
    const visit = (await practice.gate.admit(await practice.session(accountId), null))!;
    expect(visit.scope.allows('read', 'clinical', chartId, null)).toBe(true);
  });

  test('is the owner of the database alone', async () => {
    const { accountId } = await practice.person();
    const asked = practice.gate.accounts.disableAccount(practice.database.server, accountId, CLIENT);
    await expect(asked).rejects.toThrow('permission denied');
  });

  test('while sessions are opened and admitted leaves none of them live', async () => {
    const gate = new Gate({
      server: practice.database.server,
      keychain: practice.keychain,
      clock: systemClock,
    });
    for (let round = 0; round < (process.env.SLOW === '1' ? 200 : 15); round += 1) {
      const { accountId } = await practice.person({ role: 'patient', chartId });
      const tokens: string[] = [];
      const opening = Array.from({ length: 4 }, async () => {
        const token = await practice.session(accountId);
        tokens.push(token);
        await gate.admit(token, null);
      });
      await Promise.all([disable(accountId), Promise.allSettled(opening)]);
      const { rows } = await practice.database.owner.query(
        `select (select count(*) from postern.session s where s.account_id = $1 and s.ended_at is null)
           + (select count(*) from postern.reach r where r.account_id = $1) as live`,
        [accountId],
      );
      expect(rows).toEqual([{ live: '0' }]);
    }
    await gate.close();
  });
});

test('a reach that was signed before the account was disabled by hand is not taken', async () => {
  const { accountId, token } = await practice.person({ role: 'patient', chartId });
  const { server, owner } = practice.database;
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
  await gate.admit(token, null);
  const replay = () => server.query('select postern.reach_open($1, $2) as opened', seen[0]!);
  expect((await replay()).rows).toEqual([{ opened: true }]);
  await owner.query('update postern.account set disabled_at = now() where account_id = $1', [accountId]);
  expect((await replay()).rows).toEqual([{ opened: false }]);
  await gate.close();
});
