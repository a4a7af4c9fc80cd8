/** What waits in the quarantine while the keys change under running servers, and what is left of it after. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { rotateIndexKey, rotatePracticeKey, rotateRoot } from '../../src/chart/index.ts';
import { type KeptPractice, keepPractice, type ServerOf, visitAt } from '../support/kept-practice.ts';

let kept: KeptPractice;
let chart: ChartId;
let laboratory: string;
let doctor: string;

beforeAll(async () => {
  kept = await keepPractice();
  chart = await kept.chart();
  laboratory = await kept.person('partner');
  doctor = await kept.person('doctor');
});
afterAll(() => kept.close());

const observation = () => ({
  resourceType: 'Observation',
  id: newId(),
  status: 'final',
  code: { text: 'bittern' },
  subject: { reference: 'Patient/1' },
});

async function leaveAt(server: ServerOf, text = JSON.stringify(observation())): Promise<string> {
  const visit = await visitAt(server, laboratory);
  const type = () => 'application/fhir+json';
  return (await server.deposits.leave(visit, type, async () => Buffer.from(text))).id;
}

async function openAt(server: ServerOf, id: string): Promise<string> {
  const { content } = await server.deposits.open(await visitAt(server, doctor), id);
  return content.bytes().toString();
}

async function keysLeft(): Promise<number> {
  const { rows } = await kept.database.owner.query<{ count: number }>(
    'select count(*)::integer as count from postern.chart_key k where k.section = 7',
  );
  return rows[0]!.count;
}

it('opens after every key above it was rotated, at servers that have not heard of it', async () => {
  const id = await leaveAt(kept.first);
  await rotatePracticeKey(kept.work, kept.practiceId);
  expect(await openAt(kept.second, id)).toContain('bittern');
  expect(await openAt(kept.first, id)).toContain('bittern');
  await rotateRoot(kept.work);
  const later = await leaveAt(kept.second);
  expect(await openAt(await kept.start(), later)).toContain('bittern');
});

it('is left once, also while the index key changes', async () => {
  const text = JSON.stringify(observation());
  const id = await leaveAt(kept.first, text);
  const { gate, store } = kept.second;
  await rotateIndexKey(kept.work, kept.practiceId, () =>
    gate.asJob(kept.practiceId, 'system-upkeep', 'test', (visit) => store.reindex(visit)),
  );
  expect(await leaveAt(kept.second, text)).toBe(id);
  await kept.first.deposits.file(await visitAt(kept.first, doctor), id, chart);
});

it('has a key of its own, which goes with it: when it was filed as when it was discarded', async () => {
  const before = await keysLeft();
  const [filed, discarded] = [await leaveAt(kept.first), await leaveAt(kept.first)];
  expect(await keysLeft()).toBe(before + 2);
  const visit = await visitAt(kept.second, doctor);
  await kept.second.deposits.file(visit, filed, chart);
  await kept.second.deposits.discard(visit, discarded, 'Meant for somebody else');
  expect(await keysLeft()).toBe(before);
  const { rows } = await kept.database.owner.query(
    'select from postern.deposit_content c where c.deposit_id = any ($1)',
    [[filed, discarded]],
  );
  expect(rows).toEqual([]);
});
