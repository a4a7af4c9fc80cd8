/**
 * Links to further pages in other hands: a cursor says where a page ended and opens nothing, whoever brings
 * it; and whose access ends in the middle of paging gets no further page.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const CANARY = 'cnry-of-a-further-page';
const BASE = 'https://care.example';

let served: ServedPractices;
let practice: PracticeId;
let elsewhere: PracticeId;
let own: ChartId;
let other: ChartId;
let doctor: Person;
let versioned: string;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  elsewhere = await served.makePractice();
  own = await served.chart(practice, { name: [{ family: 'Own' }] });
  other = await served.chart(practice, { name: [{ family: CANARY }] });
  const records = [own, other].flatMap((chart) =>
    Array.from({ length: 6 }, (_, day) => observation(chart, newId(), `2026-01-0${day + 1}`)),
  );
  versioned = records[0]!.id;
  await served.deposit(practice, ...(records as Deposit[]));
  for (const day of [2, 3, 4]) {
    await served.deposit(practice, observation(own, versioned, `2026-02-0${day}`) as Deposit);
  }
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

function observation(chart: string, id: string, at: string) {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: chart === other ? CANARY : 'pulse' },
    subject: { reference: `Patient/${chart}` },
    effectiveDateTime: at,
  };
}

const get = (who: Person, target: string): Promise<Answered> => served.ask(who.token, 'GET', target);

/** The address of the next page, as it is asked. */
function nextOf({ json }: Answered): string | null {
  const links = (json.link ?? []) as unknown as readonly { relation: string; url: string }[];
  return links.find(({ relation }) => relation === 'next')?.url.replace(BASE, '') ?? null;
}

function idsIn({ json }: Answered): string[] {
  const entries = (json?.entry ?? []) as unknown as readonly { resource: { id: string } }[];
  return entries.map(({ resource }) => resource.id);
}

async function everyPage(who: Person, first: string): Promise<string[]> {
  const found: string[] = [];
  for (let target: string | null = first; target !== null; ) {
    const page = await get(who, target);
    expect(page.status).toBe(200);
    found.push(...idsIn(page));
    target = nextOf(page);
  }
  return found;
}

const patientOf = (chartId: ChartId) => served.person(practice, { role: 'patient', chartId });
const proxyOf = (chartId: ChartId) => served.person(practice, { role: 'proxy', chartId });

const FIRST_PAGES = [
  '/fhir/Observation?_count=2',
  '/fhir/Observation?_count=2&_sort=_lastUpdated',
  '/fhir/Observation?_count=2&_sort=-_id',
  '/fhir/Observation?status=final&_count=2',
];

test('pages lead through all that is one’s own (positive control)', async () => {
  for (const first of FIRST_PAGES) {
    expect((await everyPage(doctor, first)).length).toBe(12);
    expect((await everyPage(await patientOf(own), first)).length).toBe(6);
  }
});

describe('a link of somebody else', () => {
  test.each(FIRST_PAGES)('after %s leads through no more than one’s own', async (first) => {
    const theirs = new Set(await everyPage(await patientOf(other), '/fhir/Observation?_count=50'));
    for (let page = await get(doctor, first), next = nextOf(page); next !== null; next = nextOf(page)) {
      const patient = await patientOf(own);
      const answer = await get(patient, next);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(CANARY);
      expect(idsIn(answer).some((id) => theirs.has(id))).toBe(false);
      page = await get(doctor, next);
    }
  });

  test('is worth nothing in another practice, without grants or without a session', async () => {
    const next = nextOf(await get(doctor, FIRST_PAGES[0]!))!;
    const stranger = await served.person(elsewhere, { role: 'doctor' });
    for (const who of [stranger, await served.person(practice)]) {
      const [replayed, fresh] = [await get(who, next), await get(who, '/fhir/Observation?_count=2')];
      expect([replayed.status, idsIn(replayed), idsIn(fresh)]).toEqual([200, [], []]);
    }
    expect((await served.ask(null, 'GET', next)).status).toBe(401);
  });

  test('to earlier versions opens none that one does not see', async () => {
    const next = nextOf(await get(doctor, `/fhir/Observation/${versioned}/_history?_count=2`))!;
    expect((await get(doctor, next)).status).toBe(200);
    const who = await patientOf(other);
    const [replayed, absent] = [await get(who, next), await get(who, next.replace(versioned, newId()))];
    expect([replayed.status, replayed.headers, replayed.text]).toEqual([404, absent.headers, absent.text]);
  });
});

describe('a cursor that was made up', () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url');

  test('for the place of a hidden record tells no more than one for no place at all', async () => {
    const [hidden] = await everyPage(await patientOf(other), '/fhir/Observation?_count=50');
    const who = await patientOf(own);
    for (const at of ['1767571200000', '', '-9', '9999999999999999']) {
      for (const first of FIRST_PAGES) {
        const [aimed, blind] = [
          await get(who, `${first}&_cursor=${cursor(`${at} ${hidden}`)}`),
          await get(who, `${first}&_cursor=${cursor(`${at} ${newId()}`)}`),
        ];
        expect([at, aimed.status]).toEqual([at, blind.status]);
        expect(aimed.status).toBeLessThan(500);
        expect(aimed.text).not.toContain(CANARY);
      }
    }
  });

  test('or damaged is refused, and repeats nothing', async () => {
    const next = nextOf(await get(doctor, FIRST_PAGES[0]!))!;
    const right = new URL(next, BASE).searchParams.get('_cursor')!;
    const damaged = [
      right.slice(0, -9),
      right.slice(5),
      `${right}AAAA`,
      cursor(`1 ${newId()}' or true --`),
      cursor(`1e9 ${newId()}`),
      cursor(CANARY),
      '%00',
      'x'.repeat(4000),
    ];
    for (const one of damaged) {
      const answer = await get(doctor, `/fhir/Observation?_count=2&_cursor=${one}`);
      expect([one, answer.status]).toEqual([one, 400]);
      expect(answer.text).not.toContain(CANARY);
    }
  });

  test.each(['0', '-1', '1e3', '2147483648', '999999999999', 'x', '1;select'])(
    'for versions, as %s, is refused or shows nothing that one does not see',
    async (before) => {
      const target = `/fhir/Observation/${versioned}/_history?_before=${encodeURIComponent(before)}`;
      const who = await patientOf(other);
      const hidden = await get(who, target);
      const absent = await get(who, target.replace(versioned, newId()));
      expect([hidden.status, hidden.text]).toEqual([absent.status, absent.text]);
      expect([200, 400, 404]).toContain((await get(doctor, target)).status);
    },
  );
});

describe('a proxy whose access ends between two pages', () => {
  const ends: readonly (readonly [string, (who: Person) => Promise<unknown>])[] = [
    ['by a revocation', (who) => endGrants(who)],
    ['with the session', (who) => served.gate.endSession(who.token)],
    ['with every session of the account', (who) => served.gate.endSessionsOf(practice, who.accountId)],
  ];

  async function endGrants({ accountId }: Person): Promise<void> {
    await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
      for (const { grantId } of await served.gate.grantsOf(visit, accountId)) {
        await served.gate.endGrant(visit, grantId);
      }
    });
  }

  test.each(ends)('%s gets no further page', async (_, end) => {
    for (const first of [...FIRST_PAGES, `/fhir/Observation/${versioned}/_history?_count=1`]) {
      const proxy = await proxyOf(own);
      const page = await get(proxy, first);
      expect([page.status, idsIn(page).length > 0]).toEqual([200, true]);
      await end(proxy);
      const further = await get(proxy, nextOf(page)!);
      expect(idsIn(further)).toEqual([]);
      expect([200, 401, 404]).toContain(further.status);
      const [absent] = [await get(proxy, nextOf(page)!.replace(versioned, newId()))];
      expect(further.status).toBe(absent.status);
    }
  });

  test('while requests are under way, gets nothing once the revocation has been answered', async () => {
    const proxy = await proxyOf(own);
    const asked: Promise<Answered>[] = [];
    const target = '/fhir/Observation?_count=2';
    expect(idsIn(await get(proxy, target))).toHaveLength(2);
    for (let count = 0; count < 10; count += 1) asked.push(get(proxy, target));
    await endGrants(proxy);
    const after = await Promise.all(Array.from({ length: 10 }, () => get(proxy, target)));
    for (const answer of await Promise.all(asked)) expect([0, 2]).toContain(idsIn(answer).length);
    for (const answer of after) expect([answer.status, idsIn(answer)]).toEqual([200, []]);
  });
});
