/** Changing grants, leaving, the last owner, offers, and what a practice sets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { ManualClock, systemClock } from '../base/clock.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { maskOf } from '../base/section.ts';
import { Gate, type NewGrant, type RoleName, type Visit } from './index.ts';

let practice: GatedPractice;
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());

const refused = { code: 'not-found' };
const terms = (role: RoleName, more: Partial<NewGrant>): NewGrant => ({
  accountId: newId<AccountId>(),
  role,
  chartId: null,
  sections: null,
  startsAt: new Date(),
  endsAt: null,
  reason: null,
  ...more,
});
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
const readable = ({ scope }: Visit, chartId: ChartId) => scope.reachable('read').pairs.get(chartId) ?? 0;
/** What the session is now: a statement finds out what has changed. */
const again = async ({ scope }: Visit): Promise<Visit> => {
  const known: Visit = { scope: (await practice.gate.renew(scope))!, address: null };
  await practice.gate.grantsOf(known, scope.accountId);
  return { scope: (await practice.gate.renew(known.scope))!, address: null };
};
const linesOf = async (action: string): Promise<number> => {
  const { rows } = await practice.database.owner.query<{ count: number }>(
    'select count(*)::integer as count from postern.access_line where action = $1',
    [action],
  );
  return rows[0]!.count;
};

describe('the desk', () => {
  test('registers parents, guardians and carers and nobody else, and ends what it registered', async () => {
    const chartId = newId<ChartId>();
    const desk = await practice.visitor({ role: 'front-desk' });
    for (const role of ['parent', 'guardian', 'carer'] as const) {
      const given = await practice.gate.grant(desk, terms(role, { chartId }));
      expect(await practice.gate.endGrant(desk, given)).toBe(true);
    }
    for (const role of ['proxy', 'patient', 'client'] as const) {
      await expect(practice.gate.grant(desk, terms(role, { chartId }))).rejects.toMatchObject(refused);
    }
    for (const role of ['nurse', 'doctor', 'privacy-officer', 'billing'] as const) {
      const other = await practice.visitor({ role });
      const give = practice.gate.grant(other, terms('parent', { chartId }));
      await expect(give).rejects.toMatchObject(refused);
    }
  });

  test('is not overruled by the child, who ends proxies and not parents', async () => {
    const chartId = newId<ChartId>();
    const parent = await practice.visitor({ role: 'parent', chartId });
    const child = await practice.visitor({ role: 'patient', chartId });
    const held = await practice.gate.grantsOf(parent, parent.scope.accountId);
    await expect(practice.gate.endGrant(child, held[0]!.grantId)).rejects.toMatchObject(refused);
    expect(readable(parent, chartId)).not.toBe(0);
  });
});

test('a change ends and gives together, and what was given under the old goes with it', async () => {
  const chartId = newId<ChartId>();
  const patient = await practice.visitor({ role: 'patient', chartId });
  const { accountId, token } = await practice.person();
  const sections = maskOf('clinical', 'administrative');
  const first = await practice.gate.grant(patient, terms('proxy', { accountId, chartId, sections }));
  const proxy = (await practice.gate.admit(token, null))!;
  const passedOn = await practice.visitor();
  const { accountId: friend } = passedOn.scope;
  await practice.gate.grant(proxy, terms('proxy', { accountId: friend, chartId, sections }));
  expect(readable(await again(passedOn), chartId)).toBe(sections);

  const giving = [terms('proxy', { accountId, chartId, sections: maskOf('administrative') })];
  await practice.gate.grants.change(patient, { ending: [first], giving });
  expect(readable(await again(proxy), chartId)).toBe(maskOf('administrative'));
  expect(readable(await again(passedOn), chartId)).toBe(0);
  const once = practice.gate.grants.change(patient, { ending: [first], giving });
  await expect(once).rejects.toMatchObject(refused);
  const stranger = await practice.visitor({ role: 'patient', chartId: newId<ChartId>() });
  const theirs = practice.gate.grants.change(stranger, { ending: [first], giving: [] });
  await expect(theirs).rejects.toMatchObject(refused);
});

describe('the last owner', () => {
  test('cannot be ended, be changed, leave or give up, and two cannot end one another', async () => {
    const own = await openGatedPractice();
    try {
      const first = await own.visitor({ role: 'owner' });
      const second = await own.visitor({ role: 'owner' }, { role: 'doctor' });
      // One whose time is limited, and one whose account is disabled, are no owners to rely on.
      await own.visitor({ role: 'owner', endsAt: hours(1) });
      const disabled = await own.visitor({ role: 'owner' });
      await own.gate.accounts.disableAccount(own.database.owner, disabled.scope.accountId, 'test');
      const grantOf = async (visit: Visit) =>
        (await own.gate.grantsOf(visit, visit.scope.accountId)).find(({ role }) => role === 'owner')!.grantId;
      const [ofFirst, ofSecond] = [await grantOf(first), await grantOf(second)];
      const outcomes = await Promise.allSettled([
        own.gate.endGrant(first, ofSecond),
        own.gate.endGrant(second, ofFirst),
      ]);
      const ended = outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value);
      expect([...ended].sort()).toEqual([false, true]);
      const left = ended[0] === true ? first : second;
      const last = left === first ? ofFirst : ofSecond;
      const conflict = { code: 'conflict' };
      await expect(own.gate.endGrant(left, last)).rejects.toMatchObject(conflict);
      await expect(own.gate.leave(left, left.scope.accountId, false)).rejects.toMatchObject(conflict);
      const limited = { accountId: left.scope.accountId, endsAt: hours(1) };
      const change = { ending: [last], giving: [terms('owner', limited)] };
      await expect(own.gate.grants.change(left, change)).rejects.toMatchObject(conflict);
      const handedOver = { ending: [last], giving: [terms('owner', {})] };
      expect(await own.gate.grants.change(left, handedOver)).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});

describe('leaving', () => {
  test('is one action that ends grants, sessions, offers and what was given under the grants', async () => {
    const chartId = newId<ChartId>();
    const owner = await practice.visitor({ role: 'owner' });
    const person = await practice.person({ role: 'nurse' }, { role: 'patient', chartId });
    const nurse = (await practice.gate.admit(person.token, null))!;
    const friend = await practice.visitor();
    const { accountId } = friend.scope;
    await practice.gate.grant(nurse, terms('proxy', { accountId, chartId }));
    const offer = { chartId, sections: maskOf('clinical'), endsAt: null };
    const { code } = await practice.gate.offers.make(nurse, offer);
    const nobody = practice.gate.leave(owner, newId<AccountId>(), false);
    await expect(nobody).rejects.toMatchObject(refused);
    const doctor = await practice.visitor({ role: 'doctor' });
    const notHers = practice.gate.leave(doctor, person.accountId, false);
    await expect(notHers).rejects.toMatchObject(refused);

    const before = await linesOf('leave');
    await practice.gate.leave(owner, person.accountId, false);
    expect(nurse.scope.ended).toBe(true);
    expect(await practice.gate.admit(person.token, null)).toBeNull();
    expect(readable(await again(friend), chartId)).toBe(0);
    await expect(practice.gate.offers.accept(friend, code)).rejects.toMatchObject(refused);
    const { rows } = await practice.database.owner.query(
      'select from postern.access_grant g where g.account_id = $1 and g.ended_at is null',
      [person.accountId],
    );
    expect([rows.length, await linesOf('leave')]).toEqual([0, before + 1]);
  });

  test('keeps what is held of the own record where that is said', async () => {
    const chartId = newId<ChartId>();
    const owner = await practice.visitor({ role: 'owner' });
    const person = await practice.person({ role: 'nurse' }, { role: 'patient', chartId });
    await practice.gate.leave(owner, person.accountId, true);
    expect(await practice.gate.admit(person.token, null)).toBeNull();
    const token = await practice.session(person.accountId);
    const { scope } = (await practice.gate.admit(token, null))!;
    expect(scope.roles).toEqual(['patient']);
  });
});

test('grants whose time is over are ended once, with a line, also those given under them', async () => {
  const clock = new ManualClock(new Date());
  const later = new Gate({ server: practice.database.server, keychain: practice.keychain, clock });
  const chartId = newId<ChartId>();
  const patient = await practice.visitor({ role: 'patient', chartId });
  const { accountId, token } = await practice.person();
  const endsAt = hours(1);
  await practice.gate.grant(patient, terms('proxy', { accountId, chartId, endsAt }));
  const proxy = (await practice.gate.admit(token, null))!;
  await practice.gate.grant(proxy, terms('proxy', { chartId, endsAt: hours(0.5) }));
  const settle = () =>
    practice.gate.asJob(practice.practiceId, 'system-families', 'families', (visit) =>
      later.grants.settleOver(visit),
    );
  const standing = await settle();
  expect(standing).toBe(0);
  clock.advance(3 * 86_400);
  const lines = await linesOf('end-grant');
  expect(await settle()).toBe(2);
  expect(await settle()).toBe(0);
  expect(await linesOf('end-grant')).toBe(lines + 1);
  await later.close();
});

describe('an offer', () => {
  const sections = maskOf('clinical', 'sensitive');

  test('gives whoever types its code what was offered, once, while its maker may give it', async () => {
    const chartId = newId<ChartId>();
    const person = await practice.person({ role: 'patient', chartId });
    const patient = (await practice.gate.admit(person.token, null))!;
    const friend = await practice.visitor();
    const { code } = await practice.gate.offers.make(patient, { chartId, sections, endsAt: hours(48) });
    expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/);
    await expect(practice.gate.offers.accept(patient, code)).rejects.toMatchObject(refused);
    expect(await practice.gate.offers.list(patient)).toMatchObject([{ chartId, sections }]);
    expect(await practice.gate.offers.list(friend)).toEqual([]);
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ')} `;
    const given = await practice.gate.offers.accept(friend, typed);
    const standing = await again(friend);
    expect(readable(standing, chartId)).toBe(sections);
    const [held] = await practice.gate.grantsOf(standing, standing.scope.accountId);
    expect(held).toMatchObject({ grantId: given, role: 'proxy', grantedBy: person.accountId });
    for (const wrong of [code, 'AAAA-BBBB-CCCC', '']) {
      const other = await practice.visitor();
      await expect(practice.gate.offers.accept(other, wrong)).rejects.toMatchObject(refused);
    }
    const second = await practice.gate.offers.make(standing, { chartId, sections, endsAt: hours(1) });
    expect(await practice.gate.endGrant(patient, given)).toBe(true);
    const late = await practice.visitor();
    await expect(practice.gate.offers.accept(late, second.code)).rejects.toMatchObject(refused);
  });

  test('is for what one may give, and can be taken back', async () => {
    const chartId = newId<ChartId>();
    const patient = await practice.visitor({ role: 'patient', chartId });
    const elsewhere = { chartId: newId<ChartId>(), sections, endsAt: null };
    await expect(practice.gate.offers.make(patient, elsewhere)).rejects.toMatchObject(refused);
    const { code } = await practice.gate.offers.make(patient, { chartId, sections, endsAt: null });
    const [offer] = await practice.gate.offers.list(patient);
    const stranger = await practice.visitor();
    expect(await practice.gate.offers.takeBack(stranger, offer!.offerId)).toBe(false);
    expect(await practice.gate.offers.takeBack(patient, offer!.offerId)).toBe(true);
    expect(await practice.gate.offers.takeBack(patient, offer!.offerId)).toBe(false);
    await expect(practice.gate.offers.accept(stranger, code)).rejects.toMatchObject(refused);
  });

  test('that was changed by hand, or made for another code, gives nothing', async () => {
    const chartId = newId<ChartId>();
    const patient = await practice.visitor({ role: 'patient', chartId });
    const { code } = await practice.gate.offers.make(patient, {
      chartId,
      sections: maskOf('clinical'),
      endsAt: null,
    });
    await practice.database.owner.query(
      `update postern.family_offer set content = replace(content, '"sections":4', '"sections":20')
       where chart_id = $1`,
      [chartId],
    );
    const friend = await practice.visitor();
    await expect(practice.gate.offers.accept(friend, code)).rejects.toMatchObject(refused);
    expect(await practice.gate.offers.list(patient)).toEqual([]);
  });
});

describe('what a practice sets', () => {
  const UNSET = { staffIdleMinutes: 10, patientIdleMinutes: 20, sensitiveAge: 13, majorityAge: 18 };
  const WANTED = {
    staffIdleMinutes: 5,
    patientIdleMinutes: 30,
    sensitiveAge: 12,
    majorityAge: 18,
    timeZone: 'America/Chicago',
    languages: ['es', 'en'],
  };

  test('is set by the owner, in its limits, one after the other, with a line', async () => {
    const owner = await practice.visitor({ role: 'owner' });
    const { settings } = practice.gate;
    expect(await settings.of(practice.practiceId)).toMatchObject({ ...UNSET, version: 0, timeZone: 'UTC' });
    const before = await linesOf('practice-settings');
    expect(await settings.set(owner, WANTED, 0)).toMatchObject({ ...WANTED, version: 1 });
    const twice = settings.set(owner, WANTED, 0);
    await expect(twice).rejects.toMatchObject({ code: 'version-conflict' });
    expect(await linesOf('practice-settings')).toBe(before + 1);
    for (const wrong of [
      { staffIdleMinutes: 1 },
      { staffIdleMinutes: 16 },
      { patientIdleMinutes: 31 },
      { sensitiveAge: 9 },
      { sensitiveAge: 13.5 },
      { majorityAge: 15 },
      { timeZone: 'Nowhere/City' },
      { languages: [] },
      { languages: ['en', 'en'] },
      { languages: ['fr'] },
    ]) {
      const set = settings.set(owner, { ...WANTED, ...wrong }, 1);
      await expect(set, JSON.stringify(wrong)).rejects.toMatchObject({ code: 'invalid' });
    }
    for (const role of ['doctor', 'front-desk', 'privacy-officer'] as const) {
      const other = await practice.visitor({ role });
      await expect(settings.set(other, WANTED, 1)).rejects.toMatchObject(refused);
    }
  });

  test('by hand in the database changes nothing and alarms once', async () => {
    const own = await openGatedPractice();
    try {
      const owner = await own.visitor({ role: 'owner' });
      await own.gate.settings.set(owner, WANTED, 0);
      await own.database.owner.query(
        `update postern.practice_setting
         set content = replace(content, '"sensitiveAge":12', '"sensitiveAge":18')`,
      );
      const parts = { server: own.database.server, keychain: own.keychain, clock: systemClock };
      for (const gate of [new Gate(parts)]) {
        expect(await gate.settings.of(own.practiceId)).toMatchObject({ ...UNSET, version: 1 });
        expect(await gate.settings.of(own.practiceId)).toMatchObject(UNSET);
        await gate.close();
      }
      expect(await own.incidents('key-ring')).toBe(1);
      const anew = await own.gate.settings.set(owner, WANTED, 1);
      expect(anew).toMatchObject({ ...WANTED, version: 2 });
    } finally {
      await own.close();
    }
  });
});
