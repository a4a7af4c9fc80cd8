/** Breaking glass: for whom, on what, with which reason, and what is left of an attempt. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type ChartId, newId } from '../base/ids.ts';
import { openReason, type Visit } from './index.ts';

let practice: GatedPractice;
const chartId = newId<ChartId>();
beforeAll(async () => {
  practice = await openGatedPractice();
  await practice.patient(chartId);
});
afterAll(() => practice.close());

const refused = { code: 'not-found' };
const reason = 'Unconscious at reception, allergies unknown';

async function linesOf({ scope }: Visit): Promise<{ outcome: string; entries: unknown }[]> {
  const { rows } = await practice.database.owner.query(
    `select l.outcome, l.entries from postern.access_line l
     where l.action = 'break-glass' and l.account_id = $1
     order by l.xid, l.at`,
    [scope.accountId],
  );
  return rows;
}

describe('breaking glass', () => {
  test('opens the closed section of one chart to a clinician for an hour, and alarms', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    const record = await practice.record({ section: 'sensitive', chartId });
    const note = await practice.record({ section: 'psychotherapy', chartId });
    const trap = await practice.record({ section: 'canary', chartId });
    const elsewhere = await practice.record({ section: 'sensitive', chartId: newId<ChartId>() });
    expect(nurse.scope.keys.open(record)).toBeNull();
    const before = await practice.incidents('break-glass');
    const grantId = await practice.gate.breakGlass(nurse, { chartId, reason });
    expect(await practice.incidents('break-glass')).toBe(before + 1);
    const { rows } = await practice.database.owner.query<{ detail: Buffer }>(
      "select detail from postern.access_line where action = 'break-glass' and entries = $1",
      [JSON.stringify([[chartId, 'Grant', grantId, null]])],
    );
    expect(rows).toHaveLength(1);
    const keys = await practice.keychain.of(practice.practiceId);
    expect(rows[0]!.detail.includes('Unconscious')).toBe(false);
    expect(openReason(keys, grantId, rows[0]!.detail)).toBe(reason);
    const scope = (await practice.gate.renew(nurse.scope))!;
    const broken: Visit = { scope, address: null };
    expect(scope.keys.open(record)).not.toBeNull();
    expect(await practice.sees(broken, record)).toBe(true);
    for (const closed of [note, trap, elsewhere]) {
      expect(scope.keys.open(closed)).toBeNull();
      expect(await practice.sees(broken, closed)).toBe(false);
    }
    expect(scope.allows('write', 'sensitive', chartId, null)).toBe(false);
    const left = scope.until.getTime() - Date.now();
    expect(left).toBeGreaterThan(3_540_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  test('works again in the same session, although the first time changed its grants', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    await practice.gate.breakGlass(nurse, { chartId, reason });
    await practice.gate.breakGlass(nurse, { chartId: await practice.patient(), reason });
  });

  test('needs a reason', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    const shown = [...'\u200b\u00ad\u3164\u2063\ufeff'].map((nothing) => nothing.repeat(10));
    for (const short of ['', 'urgent', '          ', '..........', `urgent${'\u200b'.repeat(9)}`, ...shown])
      await expect(practice.gate.breakGlass(nurse, { chartId, reason: short })).rejects.toMatchObject({
        code: 'invalid',
      });
  });

  test.each(['front-desk', 'billing', 'owner', 'privacy-officer'] as const)(
    'is not for a %s',
    async (role) => {
      const visit = await practice.visitor({ role });
      await expect(practice.gate.breakGlass(visit, { chartId, reason })).rejects.toMatchObject(refused);
    },
  );

  test('is not for a patient', async () => {
    const visit = await practice.visitor({ role: 'patient', chartId });
    await expect(practice.gate.breakGlass(visit, { chartId, reason })).rejects.toMatchObject(refused);
  });
});

describe('refused breaking of glass', () => {
  const ask = (visit: Visit, chart: ChartId) => practice.gate.breakGlass(visit, { chartId: chart, reason });

  test('of who may not, of what is absent and of a canary is the same answer and leaves a line', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    const clerk = await practice.visitor({ role: 'front-desk' });
    const canary = await practice.patient(newId<ChartId>(), 'canary');
    const absent = newId<ChartId>();
    const before = await practice.incidents('canary');
    for (const chart of [absent, canary]) await expect(ask(nurse, chart)).rejects.toMatchObject(refused);
    for (const chart of [absent, chartId]) await expect(ask(clerk, chart)).rejects.toMatchObject(refused);
    const line = (chart: ChartId | null, id: ChartId) => ({
      outcome: 'refused',
      entries: [[chart, 'Patient', id, null]],
    });
    expect(await linesOf(nurse)).toEqual([line(null, absent), line(canary, canary)]);
    expect(await linesOf(clerk)).toEqual([line(null, absent), line(chartId, chartId)]);
    expect(await practice.incidents('canary')).toBe(before + 1);
    expect((await practice.gate.grantsOf(nurse, nurse.scope.accountId)).map(({ role }) => role)).toEqual([
      'nurse',
    ]);
  });

  test('of a patient who was removed, or of another practice, is that of one who never was', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    const { owner } = practice.database;
    const [removed, away] = [await practice.patient(), await practice.patient()];
    await owner.query('update postern.resource set practice_id = $2 where id = $1', [away, newId()]);
    await owner.query('update postern.resource set deleted = true where id = $1', [removed]);
    for (const chart of [removed, away]) await expect(ask(nurse, chart)).rejects.toMatchObject(refused);
    expect(await linesOf(nurse)).toHaveLength(2);
  });
});

test('the glass of a patient whose own record is closed can be broken', async () => {
  const nurse = await practice.visitor({ role: 'nurse' });
  const closed = await practice.patient(newId<ChartId>(), 'sensitive');
  await practice.gate.breakGlass(nurse, { chartId: closed, reason });
  expect((await practice.gate.renew(nurse.scope))!.allows('read', 'sensitive', closed, null)).toBe(true);
});

test('asking again while it is broken answers the same grant and notes the new reason', async () => {
  const nurse = await practice.visitor({ role: 'nurse' });
  const before = await practice.incidents('break-glass');
  const grantId = await practice.gate.breakGlass(nurse, { chartId, reason });
  for (const again of [1, 2, 3]) {
    const next = await practice.gate.breakGlass(nurse, { chartId, reason: `${reason} ${again}` });
    expect(next).toBe(grantId);
  }
  expect(await practice.incidents('break-glass')).toBe(before + 1);
  const line = { outcome: 'ok', entries: [[chartId, 'Grant', grantId, null]] };
  expect(await linesOf(nurse)).toEqual([line, line, line, line]);
  const current = { scope: (await practice.gate.renew(nurse.scope))!, address: null };
  expect(await practice.gate.endGrant(current, grantId)).toBe(true);
  expect(await practice.gate.breakGlass(current, { chartId, reason })).not.toBe(grantId);
});
