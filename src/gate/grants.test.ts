/** Giving and ending grants, bursts of refusals. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { ManualClock } from '../base/clock.ts';
import { type AccountId, type ChartId, type GrantId, newId } from '../base/ids.ts';
import { maskOf } from '../base/section.ts';
import { Gate, type NewGrant, openReason, ROLES, type RoleName } from './index.ts';

let practice: GatedPractice;
const chartId = newId<ChartId>();
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());

const terms = (role: RoleName, more: Partial<NewGrant> = {}): NewGrant => ({
  accountId: newId<AccountId>(),
  role,
  chartId: ROLES[role].spans === 'chart' ? chartId : null,
  sections: null,
  startsAt: new Date(),
  endsAt: null,
  reason: null,
  ...more,
});
const refused = { code: 'not-found' };

describe('a grant', () => {
  test('of any role but break-glass is given by whoever administers the practice', async () => {
    const owner = await practice.visitor({ role: 'owner' });
    for (const role of Object.keys(ROLES) as RoleName[]) {
      const given = practice.gate.grant(owner, terms(role));
      if (role === 'break-glass') await expect(given).rejects.toMatchObject(refused);
      else expect(await given).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test.each([
    'dentist',
    'doctor',
    'psychiatrist',
    'nurse',
    'front-desk',
    'billing',
    'privacy-officer',
  ] as const)('is not for a %s to give', async (role) => {
    const visit = await practice.visitor({ role });
    for (const given of ['proxy', 'client', 'patient', 'doctor'] as const) {
      await expect(practice.gate.grant(visit, terms(given))).rejects.toMatchObject(refused);
    }
  });

  test('to a proxy is given by the patient, for the own chart and no more than is theirs', async () => {
    const patient = await practice.visitor({ role: 'patient', chartId });
    const proxy = await practice.person();
    await practice.gate.grant(
      patient,
      terms('proxy', { accountId: proxy.accountId, sections: maskOf('clinical') }),
    );
    const { scope } = (await practice.gate.admit(proxy.token, null))!;
    expect(scope.allows('read', 'clinical', chartId, null)).toBe(true);
    expect(scope.allows('read', 'sensitive', chartId, null)).toBe(false);
    expect(scope.allows('read', 'practice', null, null)).toBe(true);
    const elsewhere = terms('proxy', { chartId: newId<ChartId>() });
    await expect(practice.gate.grant(patient, elsewhere)).rejects.toMatchObject(refused);
    await expect(practice.gate.grant(patient, terms('doctor'))).rejects.toMatchObject(refused);
    await expect(practice.gate.grant(patient, terms('patient'))).rejects.toMatchObject(refused);
  });

  test('to a proxy that names no sections leaves the sensitive one closed', async () => {
    const patient = await practice.visitor({ role: 'patient', chartId });
    const proxy = await practice.person();
    await practice.gate.grant(patient, terms('proxy', { accountId: proxy.accountId }));
    const { scope } = (await practice.gate.admit(proxy.token, null))!;
    expect(scope.allows('open', 'financial', chartId, null)).toBe(true);
    expect(scope.allows('read', 'sensitive', chartId, null)).toBe(false);
  });

  test('cannot pass on more than the giver holds', async () => {
    const parent = await practice.visitor({ role: 'proxy', chartId, sections: maskOf('clinical') });
    await practice.gate.grant(parent, terms('proxy', { sections: maskOf('clinical') }));
    const more = terms('proxy', { sections: maskOf('clinical', 'sensitive') });
    await expect(practice.gate.grant(parent, more)).rejects.toMatchObject(refused);
  });

  test('cannot outlast the grant by which it is given', async () => {
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    const sections = maskOf('clinical');
    const parent = await practice.visitor({ role: 'proxy', chartId, sections, endsAt: hours(2) });
    for (const endsAt of [null, hours(3)]) {
      const longer = practice.gate.grant(parent, terms('proxy', { sections, endsAt }));
      await expect(longer).rejects.toMatchObject({ code: 'invalid' });
    }
    await practice.gate.grant(parent, terms('proxy', { sections, endsAt: hours(1) }));
    // What two grants let one share ends with the shorter of them.
    const both = await practice.visitor(
      { role: 'proxy', chartId, sections },
      { role: 'proxy', chartId, sections: maskOf('financial'), endsAt: hours(2) },
    );
    const wide = maskOf('clinical', 'financial');
    const longer = practice.gate.grant(both, terms('proxy', { sections: wide }));
    await expect(longer).rejects.toMatchObject({ code: 'invalid' });
    await practice.gate.grant(both, terms('proxy', { sections }));
    await practice.gate.grant(both, terms('proxy', { sections: wide, endsAt: hours(1) }));
  });

  test('that opens no section of the chart cannot be given, not even to let somebody in', async () => {
    const stranger = await practice.visitor({ role: 'patient', chartId: newId<ChartId>() });
    for (const sections of [0, maskOf('practice'), maskOf('psychotherapy', 'canary')]) {
      await expect(practice.gate.grant(stranger, terms('client', { sections }))).rejects.toMatchObject({
        code: 'invalid',
      });
    }
  });

  test.each<[string, NewGrant]>([
    ['a chart role without a chart', terms('patient', { chartId: null })],
    ['a staff role for one chart', terms('nurse', { chartId })],
    ['an end before its start', terms('nurse', { endsAt: new Date(0) })],
    ['a role that there is not', terms('nurse', { role: 'system-upkeep' as never })],
    ['a role by the name of a property', terms('nurse', { role: 'constructor' as never })],
  ])('is refused with %s', async (_what, grant) => {
    const owner = await practice.visitor({ role: 'owner' });
    await expect(practice.gate.grant(owner, grant)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('leaves an access line that says to whom, with its reason sealed, and so does its end', async () => {
    const owner = await practice.visitor({ role: 'owner' });
    const nurse = terms('nurse', { reason: 'Starts on Monday' });
    const grantId = await practice.gate.grant(owner, nurse);
    expect(await practice.gate.endGrant(owner, grantId)).toBe(true);
    expect(await practice.gate.endGrant(owner, grantId)).toBe(false);
    const { rows } = await practice.database.owner.query<{ action: string; detail: Buffer | null }>(
      `select action, detail from postern.access_line
       where entries = $1 order by xid, at`,
      [
        JSON.stringify([
          [null, 'Grant', grantId, null],
          [null, 'Account', nurse.accountId, null],
        ]),
      ],
    );
    expect(rows.map(({ action }) => action)).toEqual(['grant', 'end-grant']);
    const detail = rows[0]!.detail!;
    expect(detail.includes('Monday')).toBe(false);
    const keys = await practice.keychain.of(practice.practiceId);
    expect(openReason(keys, grantId, detail)).toBe('Starts on Monday');
    expect(() => openReason(keys, newId<GrantId>(), detail)).toThrow();
  });

  test('is ended by its holder and by the patient, and by nobody else', async () => {
    const patient = await practice.visitor({ role: 'patient', chartId });
    const proxy = await practice.person();
    const give = () => practice.gate.grant(patient, terms('proxy', { accountId: proxy.accountId }));
    const first = await give();
    for (const role of ['doctor', 'nurse'] as const) {
      const staff = await practice.visitor({ role });
      // They do not see it, so it is for them as one that there is not.
      expect(await practice.gate.endGrant(staff, first)).toBe(false);
    }
    for (const role of ['privacy-officer', 'front-desk'] as const) {
      const visit = await practice.visitor({ role });
      await expect(practice.gate.endGrant(visit, first)).rejects.toMatchObject(refused);
    }
    const stranger = await practice.visitor({ role: 'patient', chartId: newId<ChartId>() });
    expect(await practice.gate.endGrant(stranger, first)).toBe(false);
    expect(await practice.gate.endGrant(patient, first)).toBe(true);
    const own = (await practice.gate.admit(proxy.token, null))!;
    expect(await practice.gate.endGrant(own, await give())).toBe(true);
  });

  test('is reviewed by its holder, the owner and the privacy officer', async () => {
    const { accountId, token } = await practice.person({ role: 'patient', chartId });
    const own = (await practice.gate.admit(token, null))!;
    for (const visit of [
      own,
      await practice.visitor({ role: 'owner' }),
      await practice.visitor({ role: 'privacy-officer' }),
    ]) {
      const grants = await practice.gate.grantsOf(visit, accountId);
      expect(grants.map(({ role }) => role)).toEqual(['patient']);
    }
    for (const role of ['doctor', 'front-desk'] as const) {
      const visit = await practice.visitor({ role });
      await expect(practice.gate.grantsOf(visit, accountId)).rejects.toMatchObject(refused);
    }
  });
});

describe('refusals', () => {
  const clock = new ManualClock(new Date());

  test('throttle a session above 20 in a minute, and lock it above 60 in five', async () => {
    const gate = new Gate({ server: practice.database.server, keychain: practice.keychain, clock });
    const { token } = await practice.person({ role: 'patient', chartId });
    const visit = (await gate.admit(token, null))!;
    for (let count = 1; count <= 20; count += 1) expect(await gate.noteRefusal(visit)).toBe('pass');
    expect(await gate.noteRefusal(visit)).toBe('throttled');
    expect(gate.waitSeconds(token)).toBe(60);
    clock.advance(61);
    expect(gate.waitSeconds(token)).toBe(0);
    expect(await gate.noteRefusal(visit)).toBe('pass');
    const before = await practice.incidents('refusals');
    for (let count = 23; count <= 60; count += 1) await gate.noteRefusal(visit);
    expect(visit.scope.ended).toBe(false);
    expect(await gate.noteRefusal(visit)).toBe('locked');
    expect(visit.scope.ended).toBe(true);
    expect(await practice.incidents('refusals')).toBe(before + 1);
    expect(gate.waitSeconds(token)).toBe(0);
    expect(await gate.admit(token, null)).toBeNull();
    expect(await practice.gate.admit(token, null)).toBeNull();
    await gate.close();
  });

  test('are counted by all servers together, and each session by itself', async () => {
    const parts = { server: practice.database.server, keychain: practice.keychain, clock };
    const [one, other] = [new Gate(parts), new Gate(parts)];
    const { token } = await practice.person({ role: 'patient', chartId });
    const { token: innocent } = await practice.person({ role: 'patient', chartId });
    const [here, there] = [(await one.admit(token, null))!, (await other.admit(token, null))!];
    for (let count = 0; count < 10; count += 1) {
      expect(await one.noteRefusal(here)).toBe('pass');
      expect(await other.noteRefusal(there)).toBe('pass');
    }
    expect(await other.noteRefusal(there)).toBe('throttled');
    expect(other.waitSeconds(token)).toBe(60);
    // The other one hears of it with the next, and is told as well.
    expect(await one.noteRefusal(here)).toBe('throttled');
    expect(await one.noteRefusal((await one.admit(innocent, null))!)).toBe('pass');
    for (let count = 22; count < 60; count += 1) await (count % 2 === 0 ? one : other).noteRefusal(here);
    expect(await other.noteRefusal(there)).toBe('locked');
    expect(await other.admit(token, null)).toBeNull();
    expect(await practice.gate.admit(token, null)).toBeNull();
    await one.close();
    await other.close();
  });

  test('at once are each counted', async () => {
    const gate = new Gate({ server: practice.database.server, keychain: practice.keychain, clock });
    const { token } = await practice.person({ role: 'patient', chartId });
    const visit = (await gate.admit(token, null))!;
    const verdicts = await Promise.all(Array.from({ length: 40 }, () => gate.noteRefusal(visit)));
    expect(verdicts.filter((verdict) => verdict === 'pass')).toHaveLength(20);
    await gate.close();
  });

  test('spread over hours are mistakes', async () => {
    const gate = new Gate({ server: practice.database.server, keychain: practice.keychain, clock });
    const { accountId } = await practice.person({ role: 'patient', chartId });
    const visit = (await gate.admit(await practice.session(accountId, 86_400), null))!;
    for (let count = 0; count < 100; count += 1) {
      expect(await gate.noteRefusal(visit)).toBe('pass');
      clock.advance(10);
    }
    await gate.close();
  });
});
