/**
 * Searching a whole practice for the newest: what is common is found by looking at the newest, what is rare
 * by the index, and the pages are the same, whichever it was.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { idsOf, made, SearchDesk } from '../support/search-desk.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { tapStatements } from '../support/statement-tap.ts';

const CHARTS = 12;
const EACH = 30;
const HIV = { coding: [{ system: 'http://loinc.org', code: '75622-1' }] };

let served: ServedPractices;
let practice: PracticeId;
let doctor: SearchDesk;
let nurse: SearchDesk;
const observations: Deposit[] = [];

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  for (let at = 0; at < CHARTS; at += 1) {
    const chart = newId<ChartId>();
    const own = Array.from({ length: EACH }, (_, day) => observation(chart, at, day));
    await served.deposit(practice, { resourceType: 'Patient', id: chart } as Deposit, ...own);
    observations.push(...own);
  }
  doctor = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
  nurse = new SearchDesk(served, await served.person(practice, { role: 'nurse' }));
});
afterAll(() => served.close());

/** Every third is of the common code, one in all of the rare one, and some are none of a nurse's business. */
function observation(chart: ChartId, at: number, day: number): Deposit {
  const rare = at === 7 && day === 3;
  const text = rare ? 'rare' : (at + day) % 3 === 0 ? 'common' : 'other';
  const code = day === 6 ? HIV : { coding: [{ system: 'urn:codes', code: text }] };
  const minute = String(at).padStart(2, '0');
  return made('Observation', {
    status: 'final',
    code,
    subject: { reference: `Patient/${chart}` },
    ...(day === 9
      ? {}
      : { effectiveDateTime: `2026-01-${String(day + 1).padStart(2, '0')}T10:${minute}:00Z` }),
  });
}

const instantOf = (one: Deposit) => (one as { effectiveDateTime?: string }).effectiveDateTime ?? '';

function expected(code: string): string[] {
  const found = observations.filter((one) => JSON.stringify(one).includes(`"${code}"`));
  const newer = (a: Deposit, b: Deposit) =>
    instantOf(b).localeCompare(instantOf(a)) || (a.id < b.id ? 1 : -1);
  return found.sort(newer).map(({ id }) => id);
}

/** Which ways a search went: whether it looked at the newest, and whether at the charts' tokens. */
async function ways(desk: SearchDesk, path: string): Promise<{ newest: boolean; tokens: boolean }> {
  await desk.ask(path);
  const tap = tapStatements();
  try {
    await desk.ask(path);
    const asked = tap.take();
    return {
      newest: asked.some((name) => name.startsWith('newest')),
      tokens: asked.some((name) => name.startsWith('search-')),
    };
  } finally {
    tap.close();
  }
}

describe.each([3, 7, 50])('by pages of %i', (count) => {
  test.each(['common', 'rare', 'other', '75622-1'])(
    'what has the code %s comes once and in order',
    async (code) => {
      const path = `Observation?code=${code}&_sort=-date&_count=${count}`;
      expect(await doctor.everyPage(path)).toEqual(expected(code));
    },
  );

  test('nobody who may not see all sections is shown more or less for it', async () => {
    expect(await nurse.everyPage(`Observation?code=75622-1&_sort=-date&_count=${count}`)).toEqual([]);
    const path = `Observation?code=common&_sort=-date&_count=${count}`;
    expect(await nurse.everyPage(path)).toEqual(expected('common'));
  });
});

test('what is common is found among the newest alone, what is rare by its tokens', async () => {
  expect(await ways(doctor, 'Observation?code=common&_count=5')).toEqual({ newest: true, tokens: false });
  expect(await ways(doctor, 'Observation?code=rare&_count=5')).toEqual({ newest: true, tokens: true });
});

test('whoever does not see all sections looks through theirs', async () => {
  expect(await ways(nurse, 'Observation?code=common&_count=5')).toEqual({ newest: true, tokens: false });
});

test('something damaged among the newest that was not asked for is nothing to tell of', async () => {
  const newest = expected('other')[0];
  await served.database.owner.query(
    `update postern.resource
     set sealed = set_byte(sealed, length(sealed) / 2, get_byte(sealed, length(sealed) / 2) # 1)
     where id = $1`,
    [newest],
  );
  const answer = await doctor.ask('Observation?code=common&_sort=-date&_count=200');
  expect(idsOf(answer, 'match')).toEqual(expected('common'));
  expect(answer.text).not.toContain('OperationOutcome');
});
