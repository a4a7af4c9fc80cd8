/** How a session was opened: who has not proved enough reaches nothing, and nobody writes a proof by hand. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { ManualClock } from '../base/clock.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import type { SealedRow } from '../seal/index.ts';
import { Gate, type Method, type SessionTerms, type Visit } from './index.ts';
import { isAssured, OPERATOR_TERMS } from './session-terms.ts';

const clock = new ManualClock(new Date());
const chartId = newId<ChartId>();
let practice: GatedPractice;
let record: SealedRow;
let accountId: AccountId;

beforeAll(async () => {
  practice = await openGatedPractice({ clock });
  record = await practice.record({ section: 'clinical', chartId });
});
afterAll(() => practice.close());
beforeEach(async () => {
  ({ accountId } = await practice.person({ role: 'patient', chartId }));
});

const by = (...methods: Method[]): SessionTerms => ({ methods, device: null, narrowing: null });

function open(terms: SessionTerms): Promise<string> {
  const { gate, practiceId } = practice;
  return gate.openSession({
    practiceId,
    accountId,
    purpose: 'test',
    client: null,
    ttlSeconds: 7200,
    terms,
  });
}

async function visitBy(...methods: Method[]): Promise<Visit> {
  return (await practice.gate.admit(await open(by(...methods)), null))!;
}

const opens = async (visit: Visit) => ({
  rows: await practice.sees(visit, record),
  ring: visit.scope.keys.open(record) !== null,
});

test.each([
  [['passkey'], true],
  [['single-sign-on'], true],
  [['operator'], true],
  [['app'], true],
  [['passphrase', 'totp'], true],
  [['passphrase', 'recovery-code'], true],
  [['passphrase'], false],
  [['totp'], false],
  [['totp', 'recovery-code'], false],
  [['link'], false],
  [['link', 'totp'], false],
  [[], false],
] as [Method[], boolean][])('by %s is enough proof: %s', (methods, enough) => {
  expect(isAssured({ methods })).toBe(enough);
});

describe('a session', () => {
  test('with enough proof opens what its grants cover, and says how it was opened', async () => {
    const visit = await visitBy('passphrase', 'totp');
    expect(await opens(visit)).toEqual({ rows: true, ring: true });
    expect(visit.scope.terms.methods).toEqual(['passphrase', 'totp']);
  });

  test.each([[['link']], [['passphrase']]] as Method[][][])(
    'by %s alone opens neither lock',
    async (methods) => {
      const visit = await visitBy(...methods);
      expect(await opens(visit)).toEqual({ rows: false, ring: false });
      expect(visit.scope.roles).toEqual([]);
    },
  );

  test('whose terms somebody wrote by hand is none, and alarms', async () => {
    const token = await open(by('link'));
    const before = await practice.incidents('key-ring');
    await practice.database.owner.query(
      'update postern.session set terms = $2 where account_id = $1 and ended_at is null',
      [accountId, JSON.stringify(OPERATOR_TERMS)],
    );
    expect(await practice.gate.admit(token, null)).toBeNull();
    expect(await practice.incidents('key-ring')).toBe(before + 1);
  });

  test('opened by a code has the terms that the code was given', async () => {
    const { accounts } = practice.gate;
    const terms: SessionTerms = { methods: ['link'], device: 'a phone', narrowing: null };
    const code = await accounts.signinCode(accountId, 60, terms);
    expect((await accounts.takeSigninCode(code))?.terms).toEqual(terms);
  });

  test('opened by a code whose terms somebody wrote by hand is none', async () => {
    const { accounts } = practice.gate;
    const code = await accounts.signinCode(accountId, 60, by('link'));
    await practice.database.owner.query('update postern.signin_code set terms = $2 where account_id = $1', [
      accountId,
      JSON.stringify(OPERATOR_TERMS),
    ]);
    expect(await accounts.takeSigninCode(code)).toBeNull();
  });
});

describe('whoever signed in is there', () => {
  const minutes = (count: number) => clock.advance(count * 60);
  const isThere = async (visit: Visit, gate = practice.gate) =>
    gate.assertFresh(visit).then(
      () => true,
      (error: { code: string }) => (error.code === 'step-up' ? false : Promise.reject(error)),
    );

  test('for five minutes after signing in, and after each touch, in every process', async () => {
    const { gate, database, keychain } = practice;
    const other = new Gate({ server: database.server, keychain, clock });
    const token = await open(by('passkey'));
    const [visit, elsewhere] = [(await gate.admit(token, null))!, (await other.admit(token, null))!];
    expect(await isThere(visit)).toBe(true);
    minutes(6);
    expect([await isThere(visit), await isThere(elsewhere, other)]).toEqual([false, false]);
    await gate.freshen(visit);
    expect([await isThere(visit), await isThere(elsewhere, other)]).toEqual([true, true]);
    minutes(6);
    expect([await isThere(visit), await isThere(elsewhere, other)]).toEqual([false, false]);
    await other.close();
  });

  test('is not believed of a touch that somebody wrote by hand, which alarms', async () => {
    const visit = await visitBy('passkey');
    minutes(6);
    const before = await practice.incidents('key-ring');
    await practice.database.owner.query(
      `update postern.session set fresh_at = to_timestamp($2), fresh_mac = $3
       where account_id = $1 and ended_at is null`,
      [accountId, Math.floor(clock.now().getTime() / 1000), Buffer.alloc(32)],
    );
    expect(await isThere(visit)).toBe(false);
    expect(await practice.incidents('key-ring')).toBe(before + 1);
  });

  test('cannot be said by SQL as the server role', async () => {
    const visit = await visitBy('passkey');
    const { practiceId, sessionHash } = visit.scope;
    const payload = JSON.stringify({ practice: practiceId, session: sessionHash, at: 0, mac: '00' });
    await expect(
      practice.database.server.query('select postern.session_freshen($1, $2)', [payload, Buffer.alloc(32)]),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('is refused of a session that is over', async () => {
    const visit = await visitBy('passkey');
    await practice.gate.endSession(visit);
    await expect(practice.gate.freshen(visit)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
