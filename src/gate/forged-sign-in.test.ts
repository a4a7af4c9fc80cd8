/** Signing in as somebody else with nothing but SQL: what is written by hand signs nobody in. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, newId } from '../base/ids.ts';
import { secretTokenHash } from '../seal/index.ts';
import { INSTALLATION } from './index.ts';

let practice: GatedPractice;
let victim: AccountId;
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());
beforeEach(async () => {
  victim = (await practice.person({ role: 'doctor' })).accountId;
});

const take = async (code: string) => (await practice.gate.accounts.takeSigninCode(code))?.accountId ?? null;
const codeFor = (accountId: AccountId) => practice.gate.accounts.signinCode(accountId, 300);
const hashOf = (code: string) => Buffer.from(secretTokenHash(code), 'hex');

async function incidentsAbout(accountId: AccountId): Promise<unknown[]> {
  const { rows } = await practice.database.owner.query(
    'select i.practice_id, i.kind from postern.incident i where i.account_id = $1',
    [accountId],
  );
  return rows;
}

const ALARM = [{ practice_id: INSTALLATION, kind: 'key-ring' }];

describe('a sign-in code', () => {
  test('that we made signs in and alarms nobody', async () => {
    expect(await take(await codeFor(victim))).toBe(victim);
    expect(await incidentsAbout(victim)).toEqual([]);
  });

  test('made with SQL as the server role is unknown and alarms', async () => {
    const { server } = practice.database;
    const put = "select postern.signin_put($1, $2, now() + interval '5 minutes', $3, $4)";
    const terms = '{"methods":["operator"],"device":null,"narrowing":null}';
    await server.query(put, [hashOf('made up'), victim, terms, Buffer.alloc(32)]);
    expect(await take('made up')).toBeNull();
    expect(await incidentsAbout(victim)).toEqual(ALARM);
    expect(await take('made up')).toBeNull();
    expect(await incidentsAbout(victim), 'it was taken').toEqual(ALARM);
  });

  test('turned to another account by the owner is unknown and alarms', async () => {
    const { accountId: thief } = await practice.person({ role: 'patient', chartId: newId() });
    const code = await codeFor(thief);
    await practice.database.owner.query(
      'update postern.signin_code set account_id = $2 where code_hash = $1',
      [hashOf(code), victim],
    );
    expect(await take(code)).toBeNull();
    expect(await incidentsAbout(victim)).toEqual(ALARM);
  });

  test('that another was made from, with its MAC, is unknown and alarms', async () => {
    const code = await codeFor(victim);
    await practice.database.owner.query(
      `insert into postern.signin_code (code_hash, account_id, expires_at, terms, mac)
       select $2, c.account_id, c.expires_at, c.terms, c.mac
       from postern.signin_code c
       where c.code_hash = $1`,
      [hashOf(code), hashOf('a code of his own')],
    );
    expect(await take('a code of his own')).toBeNull();
    expect(await incidentsAbout(victim)).toEqual(ALARM);
  });

  test('whose time the owner has lengthened is unknown and alarms', async () => {
    const code = await codeFor(victim);
    await practice.database.owner.query(
      "update postern.signin_code set expires_at = expires_at + interval '1 day' where code_hash = $1",
      [hashOf(code)],
    );
    expect(await take(code)).toBeNull();
    expect(await incidentsAbout(victim)).toEqual(ALARM);
  });
});

test('an address that the owner has turned to another account finds nobody', async () => {
  const { accounts } = practice.gate;
  const create = (name: string) => accounts.createAccount({ email: `${name}@swap.example`, name });
  const [one, other] = [await create('one'), await create('other')];
  expect(await accounts.findAccount('one@swap.example')).toBe(one);
  const { rows } = await practice.database.owner.query<{ email_token: string }>(
    'select a.email_token from postern.account a where a.account_id = $1',
    [other],
  );
  const turn = 'update postern.account set email_token = $2 where account_id = $1';
  const token = rows[0]!.email_token;
  await practice.database.owner.query(turn, [other, '1']);
  await practice.database.owner.query(turn, [one, token]);
  await expect(accounts.findAccount('other@swap.example')).rejects.toMatchObject({ code: 'damaged' });
});
