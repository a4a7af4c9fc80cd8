/**
 * What the owner of the database does to records by hand: what is served of it, and what verification says.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import type { Visit } from '../../src/gate/index.ts';
import { verifyRecords } from '../../src/ledger/index.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practiceId: PracticeId;
let doctor: Visit;
let chart: ChartId;
let id: string;

beforeAll(async () => {
  served = await servePractices();
});
afterAll(() => served.close());

beforeEach(async () => {
  practiceId = await served.makePractice();
  chart = await served.chart(practiceId);
  const { token } = await served.person(practiceId, { role: 'doctor' });
  doctor = (await served.gate.admit(token, null))!;
  ({ id } = await served.store.create(doctor, condition('first')));
  await served.store.update(doctor, 'Condition', id, { ...condition('second'), id });
});

const condition = (text: string) => ({
  resourceType: 'Condition',
  subject: { reference: `Patient/${chart}` },
  code: { text },
});

const byHand = (text: string, values: unknown[] = [id]) => served.database.owner.query(text, values);
const read = () => served.store.read(doctor, 'Condition', id);
const damaged = { code: 'damaged' };

async function findings() {
  const report = await verifyRecords(served.database.owner, practiceId);
  expect(report.sound).toBe(report.findings.length === 0);
  return report.findings;
}

const found = (kind: string, version: number) => [{ kind, type: 'Condition', id, version }];

describe('records that nobody touched', () => {
  test('are as the log says: made, changed, deleted twice, revived and imported', async () => {
    expect(await findings()).toEqual([]);
    await served.store.remove(doctor, 'Condition', id);
    expect(await read()).toMatchObject({ deleted: true, content: null, version: 3 });
    await served.store.remove(doctor, 'Condition', id);
    expect(await findings()).toEqual([]);
    await served.store.update(doctor, 'Condition', id, { ...condition('again'), id });
    await served.deposit(practiceId, { ...condition('imported'), id: newId() });
    expect(await findings()).toEqual([]);
    expect((await verifyRecords(served.database.owner, practiceId)).versions).toBe(6);
  });

  test('are deleted in a section that is closed, too, and in the practice', async () => {
    const hiv = {
      ...condition('x'),
      code: { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] },
    };
    const made = await served.store.create(doctor, hiv);
    await served.store.remove(doctor, 'Condition', made.id);
    expect(await served.store.read(doctor, 'Condition', made.id)).toMatchObject({ deleted: true });
    expect(await findings()).toEqual([]);
  });
});

describe('the owner of the database', () => {
  test('is found out who puts an older version back', async () => {
    await byHand('delete from postern.resource where id = $1');
    await byHand('insert into postern.resource select * from postern.resource_version where id = $1');
    await byHand('delete from postern.resource_version where id = $1');
    expect(await read()).toMatchObject({ version: 1 });
    expect(await findings()).toEqual(found('rolled-back', 2));
  });

  test('is found out who lets an older version stand beside the newer', async () => {
    await byHand(
      `with newer as (
         delete from postern.resource where id = $1 returning *
       ), older as (
         delete from postern.resource_version where id = $1 returning *
       ), stands as (
         insert into postern.resource_version select * from newer
       )
       select 1`,
    );
    expect((await findings()).length).toBeGreaterThan(0);
  });

  test('is found out who removes an earlier version, or all of it', async () => {
    await byHand('delete from postern.resource_version where id = $1');
    expect(await findings()).toEqual(found('missing', 1));
    await byHand('delete from postern.resource where id = $1');
    expect(await findings()).toEqual([...found('missing', 1), ...found('missing', 2)]);
  });

  test('deletes nothing by a mark, which is not served and found out', async () => {
    await byHand('update postern.resource set deleted = true where id = $1');
    await expect(read()).rejects.toMatchObject(damaged);
    expect(await findings()).toEqual(found('marked', 2));
  });

  test('revives nothing by taking the mark away', async () => {
    await served.store.remove(doctor, 'Condition', id);
    await byHand('update postern.resource set deleted = false where id = $1');
    await expect(read()).rejects.toMatchObject(damaged);
    expect(await findings()).toEqual(found('marked', 3));
  });

  test('makes no deletion out of another', async () => {
    const { id: other } = await served.store.create(doctor, condition('other'));
    await served.store.update(doctor, 'Condition', other, { ...condition('other'), id: other });
    await served.store.remove(doctor, 'Condition', id);
    await byHand(
      `update postern.resource r set deleted = true, sealed = o.sealed
       from postern.resource o where r.id = $2 and o.id = $1`,
      [id, other],
    );
    await expect(served.store.read(doctor, 'Condition', other)).rejects.toMatchObject(damaged);
  });

  test('is found out who adds a version, even of his own', async () => {
    await byHand(
      `insert into postern.resource
       select practice_id, gen_random_uuid(), chart_id, section, type, version, at, at_end, updated_at,
         author,
         key_version, classifier_version, deleted, sealed
       from postern.resource where id = $1`,
    );
    expect(await findings()).toMatchObject([{ kind: 'unexplained', type: 'Condition', version: 2 }]);
  });

  test('is found out who removes an incident', async () => {
    const nurse = await served.person(practiceId, { role: 'nurse' });
    const visit = (await served.gate.admit(nurse.token, null))!;
    await served.gate.breakGlass(visit, { chartId: chart, reason: 'Unconscious at the door' });
    expect(await findings()).toEqual([]);
    const { rows } = await byHand(
      'delete from postern.incident where practice_id = $1 returning id, account_id',
      [practiceId],
    );
    expect(rows).toHaveLength(1);
    const [incident] = rows as { id: string; account_id: string }[];
    expect(await findings()).toEqual([
      { kind: 'missing', type: 'Incident', id: incident!.id, version: null },
    ]);
    const { rows: lines } = await byHand(
      `select l.purpose, l.entries
       from postern.access_line l
       where l.practice_id = $1 and l.action = 'incident'`,
      [practiceId],
    );
    expect(lines).toEqual([
      {
        purpose: 'break-glass',
        entries: [
          [chart, 'Incident', incident!.id, null],
          [null, 'Account', incident!.account_id, null],
        ],
      },
    ]);
  });
});
