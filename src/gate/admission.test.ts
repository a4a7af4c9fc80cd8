/** Who is let in, and what a row that was written by hand is worth. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { maskOf } from '../base/section.ts';
import { inSession } from '../db/index.ts';
import type { SealedRow } from '../seal/index.ts';

let practice: GatedPractice;
let record: SealedRow;
const chartId = newId<ChartId>();

beforeAll(async () => {
  practice = await openGatedPractice();
  record = await practice.record({ section: 'clinical', chartId });
});
afterAll(() => practice.close());

const opens = async (token: string): Promise<{ rows: boolean; ring: boolean } | null> => {
  const visit = await practice.gate.admit(token, null);
  if (visit === null) return null;
  const rows = await practice.sees(visit, record);
  return { rows, ring: visit.scope.keys.open(record) !== null };
};

describe('a session', () => {
  test('opens what its grants cover, by row policy and by key ring', async () => {
    const { token } = await practice.person({ role: 'patient', chartId });
    expect(await opens(token)).toEqual({ rows: true, ring: true });
  });

  test('of a patient of another chart opens neither lock', async () => {
    const { token } = await practice.person({ role: 'patient', chartId: newId<ChartId>() });
    expect(await opens(token)).toEqual({ rows: false, ring: false });
  });

  test.each([
    ['nothing', ''],
    ['a guess of the right form', `pst_${'0'.repeat(32)}_${'A'.repeat(43)}`],
    ['not a token', 'Bearer x'],
    ['a very long text', 'p'.repeat(100_000)],
  ])('is not opened by %s', async (_name, token) => {
    expect(await practice.gate.admit(token, null)).toBeNull();
  });

  test('of one practice is not one of another', async () => {
    const other = await practice.keychain.createPractice(practice.database.owner, {
      slug: 'valley',
      name: 'Valley',
    });
    const { token } = await practice.person({ role: 'doctor' });
    const moved = token.replace(practice.practiceId.replaceAll('-', ''), other.replaceAll('-', ''));
    expect(await practice.gate.admit(token, null)).not.toBeNull();
    expect(await practice.gate.admit(moved, null)).toBeNull();
  });

  test('of an account without grants reaches nothing', async () => {
    const { token } = await practice.person();
    expect(await opens(token)).toEqual({ rows: false, ring: false });
  });

  test('of a disabled account is refused', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    await practice.database.owner.query(
      'update postern.account set disabled_at = now() where account_id = $1',
      [accountId],
    );
    expect(await practice.gate.admit(token, null)).toBeNull();
  });

  test('starts with a line in the access log', async () => {
    const { accountId } = await practice.person({ role: 'nurse' });
    const { rows } = await practice.database.owner.query(
      'select action, outcome from postern.access_line where account_id = $1',
      [accountId],
    );
    expect(rows).toEqual([{ action: 'open-session', outcome: 'ok' }]);
  });
});

describe('a row written by hand', () => {
  test('as a grant opens nothing, in either lock, and raises an incident', async () => {
    const { accountId, token } = await practice.person();
    const before = await practice.incidents('key-ring');
    await practice.database.owner.query(
      `insert into postern.access_grant (
         practice_id, grant_id, account_id, role, chart_id, sections, starts_at, granted_by, mac)
       values ($1, $2, $3, 'doctor', null, 127, now() - interval '1 day', $3, $4)`,
      [practice.practiceId, newId(), accountId, Buffer.alloc(32)],
    );
    expect(await opens(token)).toEqual({ rows: false, ring: false });
    expect(await practice.incidents('key-ring')).toBe(before + 1);
  });

  test.each([
    ['role', "role = 'doctor', chart_id = null"],
    ['chart', 'chart_id = gen_random_uuid()'],
    ['sections', 'sections = 127'],
    ['end', 'ends_at = null'],
    ['holder', 'account_id = gen_random_uuid()'],
    ['grants it ends with', 'given_under = array[gen_random_uuid()]'],
  ])('into the %s of a genuine grant voids it', async (_what, change) => {
    const { accountId, token } = await practice.person({
      role: 'proxy',
      chartId,
      sections: maskOf('clinical'),
      endsAt: new Date(Date.now() + 3_600_000),
    });
    await practice.database.owner.query(
      `update postern.access_grant set ${change} where practice_id = $1 and account_id = $2`,
      [practice.practiceId, accountId],
    );
    expect(await opens(token)).toEqual({ rows: false, ring: false });
  });

  test('into an ended grant revives nothing', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    await practice.gate.asJob(practice.practiceId, 'system-setup', 'test', async (visit) => {
      const [grant] = await practice.gate.grantsOf(visit, accountId);
      expect(await practice.gate.endGrant(visit, grant!.grantId)).toBe(true);
    });
    await practice.database.owner.query(
      'update postern.access_grant set ended_at = null, ended_by = null where account_id = $1',
      [accountId],
    );
    expect(await opens(token)).toEqual({ rows: false, ring: false });
  });

  test.each([
    ['account', 'account_id = $2'],
    ['time', "expires_at = expires_at + interval '1 year'"],
    ['system role', "system_role = 'system-upkeep'"],
    ['purpose', "purpose = 'other'"],
    ['client', "client = 'app'"],
  ])('into the %s of a session voids it', async (_what, change) => {
    const doctor = await practice.person({ role: 'doctor' });
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const values = change.includes('$2') ? [accountId, doctor.accountId] : [accountId];
    await practice.database.owner.query(`update postern.session set ${change} where account_id = $1`, values);
    expect(await practice.gate.admit(token, null)).toBeNull();
  });

  test('as a reach opens rows to nobody whose key ring does not agree', async () => {
    const { token } = await practice.person();
    const visit = (await practice.gate.admit(token, null))!;
    await practice.database.owner.query(
      'update postern.reach set keys = keys || $1 where session_hash = $2',
      [[`r/${practice.practiceId}/2`], Buffer.from(visit.scope.sessionHash, 'hex')],
    );
    expect(await practice.sees(visit, record)).toBe(true);
    expect(visit.scope.keys.open(record)).toBeNull();
  });
});

describe('the server role', () => {
  test('cannot write reach, grants, sessions or keys itself', async () => {
    for (const table of ['reach', 'access_grant', 'session', 'membership', 'reach_key', 'practice_key']) {
      for (const statement of [
        `select from postern.${table}`,
        `delete from postern.${table}`,
        `insert into postern.${table} default values`,
      ]) {
        await expect(practice.database.server.query(statement)).rejects.toThrow(/permission denied/);
      }
    }
  });

  test('opens no reach without the signature', async () => {
    const { accountId, token } = await practice.person();
    const { scope } = (await practice.gate.admit(token, null))!;
    const payload = JSON.stringify({
      practice: practice.practiceId,
      session: scope.sessionHash,
      account: accountId,
      version: 0,
      expires: Date.now() / 1000 + 600,
      keys: [`r/${practice.practiceId}/2`],
    });
    const { rows } = await practice.database.server.query('select postern.reach_open($1, $2) as opened', [
      payload,
      Buffer.alloc(32),
    ]);
    expect(rows).toEqual([{ opened: false }]);
  });

  test('sees nothing under a handle with another epoch', async () => {
    const visit = await practice.visitor({ role: 'doctor' });
    const forged = `${visit.scope.handle.slice(0, -16)}${'0'.repeat(16)}`;
    expect(await practice.sees(visit, record)).toBe(true);
    const count = await inSession(
      practice.database.server,
      forged,
      async (tx) => (await tx.query('select from postern.resource')).rowCount,
    );
    expect(count).toBe(0);
  });
});

test('a grant holds after the key of its MAC was rotated', async () => {
  const accountId = newId<AccountId>();
  await practice.give(accountId, { role: 'patient', chartId });
  const keys = await practice.keychain.of(practice.practiceId);
  const next = await keys.addVersion(practice.vault, 'mac');
  await practice.database.owner.query(
    `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
     values ($1, $2, $3, $4, $5)`,
    [next.practiceId, next.purpose, next.version, next.rootVersion, next.wrapped],
  );
  await practice.keychain.refresh(practice.practiceId);
  expect(keys.currentVersion('mac')).toBe(2);
  expect(await opens(await practice.session(accountId))).toEqual({ rows: true, ring: true });
});
