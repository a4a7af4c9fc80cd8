import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/database.ts';
import { opened, openReportDesk, recipient, sealed } from '../../../test/support/report-desk.ts';
import type { Desk } from './desk.ts';
import { acknowledgeReport, recipientNow, removeReport, sealReportsTo } from './reports.ts';

let database: FreshDatabase;
let desk: Desk;
beforeAll(async () => {
  database = await freshDatabase();
  desk = await openReportDesk(database);
});
afterAll(() => database.close());

/** Each from an address of its own. */
let addresses = 0;
const take = (content: Buffer) => {
  addresses += 1;
  return desk.take(content, `192.0.2.${addresses}`);
};
const count = async () => {
  const { rows } = await database.owner.query<{ count: number }>(
    'select count(*)::integer as count from postern.disclosure_report',
  );
  return rows[0]!.count;
};

describe('the desk', () => {
  test('keeps a report as it came, and the very same again is the same report', async () => {
    const content = await sealed('A weakness');
    const receipt = await take(content);
    expect(await take(content)).toBe(receipt);
    expect(await take(await sealed('A weakness'))).not.toBe(receipt);
    const { rows } = await database.owner.query<{ sealed: Buffer }>(
      'select r.sealed from postern.disclosure_report r where r.receipt = $1',
      [receipt],
    );
    expect(await opened(rows[0]!.sealed)).toBe('A weakness');
  });

  test('tells of a receipt when it came and whether it was read, and nothing of an unknown one', async () => {
    const receipt = await take(await sealed('Another weakness'));
    const before = await desk.state(receipt);
    expect([before?.receivedAt instanceof Date, before?.acknowledgedAt]).toEqual([true, null]);
    const at = await acknowledgeReport(database.owner, receipt, null);
    expect((await desk.state(receipt))?.acknowledgedAt).toEqual(at);
    expect(await desk.state('0000-0000-0000')).toBeNull();
  });

  test('is closed to SQL as the server role but for what it says itself', async () => {
    const { server } = database;
    for (const table of ['disclosure_report', 'disclosure_mail', 'disclosure_recipient']) {
      for (const statement of [
        `select from postern.${table}`,
        `delete from postern.${table}`,
        `insert into postern.${table} default values`,
        `truncate postern.${table}`,
      ]) {
        await expect(server.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    }
    const update = 'update postern.disclosure_report set acknowledged_at = now()';
    await expect(server.query(update)).rejects.toMatchObject({ code: '42501' });
  });

  test('seals to the newest recipient, also to one from before', async () => {
    const { owner } = database;
    const first = await recipient;
    const other = `age1${'q'.repeat(58)}`;
    expect([await sealReportsTo(owner, other), await sealReportsTo(owner, other)]).toEqual([true, false]);
    expect([await recipientNow(owner), await desk.recipient()]).toEqual([other, other]);
    expect([await sealReportsTo(owner, first), await desk.recipient()]).toEqual([true, first]);
  });

  test('takes no more where too many wait, until some of them have been read', async () => {
    const { owner } = database;
    const content = await sealed('One too many');
    await owner.query(
      `insert into postern.disclosure_report (receipt, sealed)
       select '0000-0000-' || lpad(n::text, 4, '0'),
         decode(repeat('00', 100) || lpad(to_hex(n), 8, '0'), 'hex')
       from generate_series(1, 300) n`,
    );
    const before = await count();
    await expect(take(content)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await count()).toBe(before);
    for (const receipt of ['0000-0000-0001', '0000-0000-0002', '0000-0000-0003', '0000-0000-0004']) {
      await acknowledgeReport(owner, receipt, null);
    }
    expect(await take(content)).toMatch(/^[0-9A-Z-]{14}$/);
  });

  test('lets the operator remove what has been acknowledged, and nothing else', async () => {
    const { owner } = database;
    expect(await removeReport(owner, '0000-0000-0001')).toBe(true);
    expect(await removeReport(owner, '0000-0000-0001')).toBe(false);
    expect(await removeReport(owner, '0000-0000-0200')).toBe(false);
    expect(await desk.state('0000-0000-0200')).not.toBeNull();
  });
});
