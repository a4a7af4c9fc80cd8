/** The room that a practice has for files: given exactly, and without one who writes waiting for another. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { sendFile } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const BYTES = 400_000;
const LIMITS = { bytesOfFile: 500_000, bytesOfPractice: 900_000, filesOfPractice: 1000, openOfPerson: 10 };
let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices({ fileLimits: LIMITS });
});
afterAll(() => served.close());
beforeEach(async () => {
  practice = await served.makePractice();
  chart = await served.chart(practice, {});
  doctor = await served.person(practice, { role: 'doctor' });
});

/** Does `meanwhile` when half of it has been sent. */
async function send(meanwhile: () => Promise<unknown> = async () => undefined): Promise<number> {
  const headers = {
    'content-type': 'text/plain',
    'content-length': String(BYTES),
    'x-security-context': `Patient/${chart}`,
  };
  const source = (async function* () {
    yield Buffer.alloc(BYTES / 2, 'a');
    await meanwhile();
    yield Buffer.alloc(BYTES / 2, 'b');
  })();
  return (await sendFile(served, doctor, 'POST', '/fhir/Binary', headers, source)).status;
}

const owner = () => served.database.owner;

test('whoever has been promised room writes while somebody else is being given his', async () => {
  expect(await send()).toBe(201);
  const asking = await owner().connect();
  try {
    const written = await send(async () => {
      await asking.query('begin');
      await asking.query('select from postern.file_use where practice_id = $1 for update', [practice]);
    });
    expect(written).toBe(201);
  } finally {
    await asking.query('rollback');
    asking.release();
  }
});

test('a promise that was lost with the database holds nothing, and the file asks again', async () => {
  const lose = () => owner().query('delete from postern.file_promise where practice_id = $1', [practice]);
  expect(await send(lose)).toBe(201);
  const others: number[] = [];
  const late = await send(async () => {
    await lose();
    others.push(await send(), await send());
  });
  expect([others, late]).toEqual([[201, 507], 507]);
});

test('what came and went is added up, and no file is counted twice or not at all', async () => {
  expect(await send()).toBe(201);
  await owner().query(
    `insert into postern.file_use_change (practice_id, bytes, blobs)
     select $1, case n % 2 when 0 then 7 else -7 end, 0 from generate_series(1, 200) n`,
    [practice],
  );
  expect(await send()).toBe(201);
  expect(await send()).toBe(507);
  const { rows } = await owner().query<{ left: number; equal: boolean }>(
    `select (select count(*) from postern.file_use_change c where c.practice_id = $1)::int as left,
       (select sum(n.bytes) from (
         select bytes from postern.file_use u where u.practice_id = $1
         union all
         select bytes from postern.file_use_change c where c.practice_id = $1) n)
       = (select sum(b.bytes) from postern.blob b where b.practice_id = $1) as equal`,
    [practice],
  );
  expect(rows).toEqual([{ left: expect.any(Number), equal: true }]);
  expect(rows[0]!.left).toBeLessThan(10);
});
