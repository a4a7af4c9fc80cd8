/**
 * Links that should not open any more, by whatever end; what was altered; what should never have gone out.
 * The link opens first, each time.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { shredChart } from '../../src/chart/index.ts';
import { newPace } from '../support/link-pace.ts';
import {
  askForLink,
  fetched,
  filedDocument,
  filesOf,
  type Made,
  makeLink,
  opened,
  openLink,
} from '../support/link-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let unknown: string;
const nextAddress = newPace();

beforeAll(async () => {
  served = await servePractices();
  await served.gate.listen(served.database.serverConnection);
  practice = await served.makePractice();
  const { text, headers } = await ask(`/shl/${'A'.repeat(65)}`);
  unknown = JSON.stringify([404, headers, text]);
});
afterAll(() => served.close());

const LETTER = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(40_000)]);
const ask = (path: string, asked: object = {}) => openLink(served, path, asked, nextAddress());
const newChart = () => served.chart(practice, { name: [{ family: 'Okafor' }] });
const letterOf = (chart: ChartId, more: object = {}) => filedDocument(served, practice, chart, LETTER, more);

interface Sent extends Made {
  readonly chart: ChartId;
  readonly maker: Person;
  readonly letter: string;
}

/** A link of a proxy's to one letter, which has been opened. */
async function sent(order: object = {}): Promise<Sent> {
  const chart = await newChart();
  const letter = await letterOf(chart);
  const maker = await served.person(practice, { role: 'proxy', chartId: chart });
  const made = await makeLink(served, maker, { chart, documents: [letter], ...order });
  const { status, json } = await ask(made.path);
  expect(status).toBe(200);
  const [document] = await filesOf(served, json, made.payload.key);
  expect(document!.id).toBe(letter);
  return { ...made, chart, maker, letter };
}

/** As if it had never been: the answer of an address that nobody has. */
async function expectOver({ path }: Pick<Made, 'path'>): Promise<void> {
  for (const asked of [{}, { passcode: '4711' }]) {
    const { status, headers, text } = await ask(path, asked);
    expect(JSON.stringify([status, headers, text])).toBe(unknown);
  }
}

const owner = (text: string, values: unknown[] = []) => served.database.owner.query(text, values);

async function endGrants({ accountId }: Person): Promise<void> {
  await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
    for (const { grantId } of await served.gate.grantsOf(visit, accountId)) {
      await served.gate.endGrant(visit, grantId);
    }
  });
}

describe('a link is over', () => {
  const ENDS: readonly (readonly [string, (link: Sent) => Promise<unknown>])[] = [
    ['when it is ended', ({ maker, id }) => served.ask(maker.token, 'DELETE', `/links/${id}`)],
    [
      'when its time is',
      ({ id }) =>
        owner(`update postern.link set expires_at = clock_timestamp() - interval '1 second' where id = $1`, [
          id,
        ]),
    ],
    ['when what its maker held ends', ({ maker }) => endGrants(maker)],
    [
      'when its maker’s account is disabled',
      ({ maker }) => served.gate.accounts.disableAccount(served.database.owner, maker.accountId, 'a test'),
    ],
    [
      'when the chart is shredded',
      async ({ chart }) =>
        shredChart(
          {
            owner: served.database.owner,
            keys: await served.keychain.of(practice),
            clock: served.clock,
          },
          { chartId: chart, reason: 'The patient asked for it.', backupDays: 1 },
        ),
    ],
    [
      'when its document is deleted',
      async ({ letter }) => {
        const { token } = await served.person(practice, { role: 'doctor' });
        expect((await served.ask(token, 'DELETE', `/fhir/DocumentReference/${letter}`)).status).toBe(204);
      },
    ],
    [
      'when its document is closed',
      async ({ letter }) => {
        const { token } = await served.person(practice, { role: 'doctor' });
        const { json } = await served.ask(token, 'GET', `/fhir/DocumentReference/${letter}`);
        const closed = {
          ...json,
          securityLabel: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
          ],
        };
        const put = await served.ask(token, 'PUT', `/fhir/DocumentReference/${letter}`, { body: closed });
        expect(put.status, put.text).toBe(200);
      },
    ],
  ];

  test.each(ENDS)('%s, and so are the places that it has named', async (_, end) => {
    const link = await sent();
    const { json } = await ask(link.path, { embeddedLengthMax: 0 });
    const place = new URL(String(json.files![0]!.location)).pathname;
    await end(link);
    await expectOver(link);
    const { status, text } = await served.ask(null, 'GET', place);
    const never = await served.ask(null, 'GET', `/shl/files/${'A'.repeat(65)}`);
    expect([status, text]).toEqual([404, never.text]);
  });

  test('and another grant of its maker does not bring it back', async () => {
    const link = await sent();
    await endGrants(link.maker);
    await expectOver(link);
    await served.gate.asJob(practice, 'system-setup', 'test', (visit) =>
      served.gate.grants.give(visit, {
        accountId: link.maker.accountId,
        role: 'proxy',
        chartId: link.chart,
        sections: null,
        startsAt: new Date(Date.now() - 1000),
        endsAt: null,
        reason: null,
      }),
    );
    expect((await served.ask(link.maker.token, 'GET', `/fhir/Patient/${link.chart}`)).status).toBe(200);
    await expectOver(link);
  });

  test('in the middle of a file, within a second', async () => {
    const chart = await newChart();
    const large = await filedDocument(
      served,
      practice,
      chart,
      Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(3_000_000)]),
    );
    const maker = await served.person(practice, { role: 'proxy', chartId: chart });
    const { path } = await makeLink(served, maker, { chart, documents: [large] });
    const { json } = await ask(path, { embeddedLengthMax: 0 });
    const { body } = await served.server.handle({
      method: 'GET',
      path: new URL(String(json.files![0]!.location)).pathname,
      query: '',
      headers: {},
      address: '192.0.2.1',
      body: (async function* () {})(),
    });
    const reading = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    expect((await reading.next()).done).toBe(false);
    await endGrants(maker);
    await delay(1000);
    const rest = async () => {
      for (let next = await reading.next(); !next.done; next = await reading.next());
    };
    await expect(rest()).rejects.toThrow();
  });
});

describe('a link holds only what may go out', () => {
  const RESTRICTED = {
    securityLabel: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    ],
  };

  test('no document that is specially protected, not even for the patient', async () => {
    const chart = await newChart();
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const [open, closed] = [await letterOf(chart), await letterOf(chart, RESTRICTED)];
    expect((await served.ask(patient.token, 'GET', `/fhir/DocumentReference/${closed}`)).status).toBe(200);
    expect((await askForLink(served, patient, order(chart, [open]))).status).toBe(201);
    const refused = await askForLink(served, patient, order(chart, [open, closed]));
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain('A letter to pass on');
  });

  test('no photo of a card, not even one that the session was shown', async () => {
    const chart = await newChart();
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const type = { coding: [{ system: 'http://loinc.org', code: '53245-7' }] };
    const card = await letterOf(chart, { type });
    expect((await askForLink(served, patient, order(chart, [await letterOf(chart)]))).status).toBe(201);
    expect((await askForLink(served, patient, order(chart, [card]))).status).toBe(422);
  });

  test('no document of another chart, nor one that is not there, and these are told alike', async () => {
    const [chart, foreign, second] = [await newChart(), await newChart(), await newChart()];
    const patient = await served.person(
      practice,
      { role: 'patient', chartId: chart },
      { role: 'parent', chartId: second },
    );
    const [own, theirs, ofChild] = [await letterOf(chart), await letterOf(foreign), await letterOf(second)];
    expect((await askForLink(served, patient, order(chart, [own]))).status).toBe(201);
    const [hidden, absent, mixed] = [
      await askForLink(served, patient, order(chart, [theirs])),
      await askForLink(served, patient, order(chart, [newId()])),
      await askForLink(served, patient, order(chart, [own, ofChild])),
    ];
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    expect(mixed.status).toBe(404);
    expect((await askForLink(served, patient, order(foreign, [theirs]))).status).toBe(404);
  });

  test('nothing of who may look and not pass on, and nothing by an app', async () => {
    const chart = await newChart();
    const letter = await letterOf(chart);
    const carer = await served.person(practice, { role: 'carer', chartId: chart });
    expect((await served.ask(carer.token, 'GET', `/fhir/DocumentReference/${letter}`)).status).toBe(200);
    expect((await askForLink(served, carer, order(chart, [letter]))).status).toBe(422);
    expect((await askForLink(served, carer, { chart, summary: true, label: 'x' })).status).toBe(404);
    const narrowing = { scope: 'patient/*.cruds', patient: chart };
    const app = await served.app(practice, narrowing, { role: 'patient', chartId: chart });
    expect((await askForLink(served, app, order(chart, [letter]))).status).toBe(404);
  });

  const order = (chart: ChartId, documents: readonly string[]) => ({ chart, documents, label: 'x' });
});

describe('what stands in the database opens nothing by hand', () => {
  test('a row with another maker, end, passcode or number of openings is none', async () => {
    const doctor = await served.person(practice, { role: 'doctor' });
    const changes = [
      ['account_id = $2', doctor.accountId],
      ["expires_at = expires_at + interval '1 year'", null],
      ['passcode = null', null],
      ['most = $2', 1000],
    ] as const;
    for (const [change, value] of changes) {
      const link = await sentWithPasscode();
      await owner(
        `update postern.link set ${change} where id = $1`,
        value === null ? [link.id] : [link.id, value],
      );
      await expectOver(link);
    }
  });

  test('a file that is moved into another link stays shut', async () => {
    const [one, other] = [await sent(), await sent()];
    await owner('update postern.link_file set link_id = $2 where link_id = $1', [one.id, other.id]);
    const { json } = await ask(other.path);
    const files = await filesOf(served, json, other.payload.key);
    expect(files.map(({ id }) => id)).toEqual([other.letter]);
  });

  async function sentWithPasscode(): Promise<Made> {
    const chart = await newChart();
    const maker = await served.person(practice, { role: 'proxy', chartId: chart });
    const order = { chart, documents: [await letterOf(chart)], passcode: '4711', openings: 9 };
    const made = await makeLink(served, maker, order);
    expect((await ask(made.path, { passcode: '4711' })).status).toBe(200);
    return made;
  }
});

test('what was altered on its way does not open with the key of the link', async () => {
  const { path, payload } = await sent();
  const { json } = await ask(path, { embeddedLengthMax: 0 });
  const jwe = await fetched(served, String(json.files![0]!.location));
  await expect(opened(jwe, payload.key)).resolves.toBeDefined();
  const middle = Math.floor(jwe.length / 2);
  const letter = jwe[middle] === 'A' ? 'B' : 'A';
  await expect(
    opened(`${jwe.slice(0, middle)}${letter}${jwe.slice(middle + 1)}`, payload.key),
  ).rejects.toThrow();
  const other = await sent();
  await expect(opened(jwe, other.payload.key)).rejects.toThrow();
});

test('whoever tries addresses is slowed down, and whoever has a link is not', async () => {
  const link = await sent();
  const guess = () => openLink(served, `/shl/${randomBytes(48).toString('base64url')}A`, {}, '203.0.113.9');
  const tries = [];
  for (let round = 0; round < 8; round += 1) {
    tries.push(...(await Promise.all(Array.from({ length: 10 }, guess))));
  }
  expect(tries.filter(({ status }) => status === 404).length).toBeLessThan(70);
  expect(tries.find(({ status }) => status === 429)!.headers['retry-after']).toMatch(/^\d+$/);
  expect((await ask(link.path)).status).toBe(200);
});

test('while the portal of a practice is closed, so are its links', async () => {
  let isOpen = true;
  const closable = await servePractices({
    opening: () => ({ isOpen: async () => isOpen, letsIn: async () => isOpen }),
  });
  try {
    const there = await closable.makePractice();
    const chart = await closable.chart(there);
    const doctor = await closable.person(there, { role: 'doctor' });
    const letter = await filedDocument(closable, there, chart, LETTER);
    const { path } = await makeLink(closable, doctor, { chart, documents: [letter] });
    expect((await openLink(closable, path)).status).toBe(200);
    isOpen = false;
    expect((await openLink(closable, path)).status).toBe(404);
  } finally {
    await closable.close();
  }
});

test('what is said of who opens it is a text, and nothing else, wherever it goes', async () => {
  const { path, id } = await sent();
  const hostile = '<img src=x onerror=alert(1)>\u202E\u0000"); drop table postern.link; --';
  expect((await ask(path, { recipient: hostile })).status).toBe(200);
  const { rows } = await owner(
    `select l.detail is not null as sealed, l.client, l.purpose, l.outcome
     from postern.access_line l
     where l.action = 'link-open' and l.entries::text like '%' || $1 || '%'`,
    [id],
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every((row) => row.sealed === true && row.client === null)).toBe(true);
});
