/**
 * Somebody acts for a patient and is in the middle of everything: a page, a page of hits, a download, an app
 * with its tokens, a question of another app, exports that are done and that wait. Then it ends, from
 * whichever side, and each of these stops within a second, while what the patient holds goes on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import {
  type AppStage,
  authorizeUrl,
  type FormAnswer,
  launchApp,
  pkce,
  setAppStage,
} from '../support/app-stage.ts';
import { ASYNC, locationOf, outputOf, pathOf } from '../support/export-desk.ts';
import type { Answered, HeldRole, Person, ServedPractices } from '../support/served-practices.ts';

let stage: AppStage;
let served: ServedPractices;
beforeAll(async () => {
  stage = await setAppStage();
  ({ served } = stage);
  await served.gate.listen(served.database.serverConnection);
});
afterAll(() => stage.close());

interface Middle {
  readonly chart: ChartId;
  readonly patient: Person;
  readonly proxy: Person;
  readonly next: string;
  readonly file: string;
  readonly waiting: string;
  readonly question: URL;
  readonly clientId: string;
  readonly tokens: FormAnswer['json'];
  readonly download: AsyncIterator<Uint8Array>;
}

const get = (token: string, target: string) => served.ask(token, 'GET', target);
const page = (token: string) => ({ cookie: `postern=${token}`, 'sec-fetch-site': 'same-origin' });

/** A chart with more in it than a download's first piece. */
async function longChart(): Promise<ChartId> {
  const chart = await served.chart(stage.practice, { name: [{ family: 'Okafor' }] });
  const subject = { reference: `Patient/${chart}` };
  for (let at = 0; at < 3; at += 1) {
    await served.deposit(stage.practice, {
      resourceType: 'Condition',
      id: newId(),
      code: { text: 'cough' },
      subject,
      note: [{ text: `${at} `.repeat(30_000) }],
    });
  }
  return chart;
}

let chart: ChartId;
let patient: Person;
beforeAll(async () => {
  chart = await longChart();
  patient = await served.person(stage.practice, { role: 'patient', chartId: chart });
});

async function inTheMiddle(role: HeldRole['role']): Promise<Middle> {
  const proxy = await served.person(stage.practice, { role, chartId: chart });
  expect((await get(proxy.token, `/fhir/Patient/${chart}`)).status).toBe(200);
  const { client } = await stage.register();
  const launched = await launchApp(stage, client, proxy, {}, { patient: chart });
  expect([launched.status, launched.json.patient]).toEqual([200, chart]);
  const exportOne = async () => {
    const begun = await served.ask(proxy.token, 'GET', '/fhir/Patient/$export', { headers: ASYNC });
    expect(begun.status, begun.text).toBe(202);
    return locationOf(begun);
  };
  const done = await exportOne();
  expect(await served.work()).toBe(true);
  const outputs = outputOf(await get(proxy.token, done));
  const file = pathOf(outputs.find(({ type }) => type === 'Condition')!.url);
  const found = await get(proxy.token, `/fhir/Condition?patient=${chart}&_count=1`);
  const links = found.json.link as unknown as { relation: string; url: string }[];
  const next = new URL(links.find(({ relation }) => relation === 'next')!.url);
  const asked = authorizeUrl(stage, client.clientId, pkce().challenge);
  return {
    chart,
    patient,
    proxy,
    next: `${next.pathname}${next.search}`,
    file,
    waiting: await exportOne(),
    question: await stage.browser(proxy).open(asked),
    clientId: client.clientId,
    tokens: launched.json,
    download: await begin(proxy, file),
  };
}

/** A download of which the first piece has arrived. */
async function begin({ token }: Person, file: string): Promise<AsyncIterator<Uint8Array>> {
  const { status, body } = await served.server.handle({
    method: 'GET',
    path: file,
    query: '',
    headers: { authorization: `Bearer ${token}` },
    address: '192.0.2.1',
    body: (async function* () {})(),
  });
  expect(status).toBe(200);
  const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  expect((await pieces.next()).done).toBe(false);
  return pieces;
}

/** What each of them says now: `open` or how it was refused. */
const PROBES: Readonly<Record<string, (middle: Middle) => Promise<string>>> = {
  page: async ({ proxy, chart }) => {
    const headers = page(proxy.token);
    return said(await served.ask(null, 'GET', `/fhir/Patient/${chart}`, { headers }));
  },
  'next page of hits': async ({ proxy, next }) => hits(await get(proxy.token, next)),
  'finished export': async ({ proxy, file }) => said(await get(proxy.token, file)),
  'token of an app': async ({ tokens, chart }) =>
    said(await get(tokens.access_token, `/fhir/Patient/${chart}`)),
  'search of an app': async ({ tokens, chart }) =>
    hits(await get(tokens.access_token, `/fhir/Condition?patient=${chart}`)),
  // Whoever sends hears of it from the database within that second, and then opens not one piece more.
  download: async ({ download }) => {
    await delay(900);
    return (await download.next().catch(() => null)) === null ? 'closed' : 'open';
  },
  'question of another app': async ({ proxy, question, chart }) => {
    const target = `${question.pathname}/answer`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({
      allow: true,
      categories: ['person'],
      writes: false,
      days: 1,
      patient: chart,
    });
    return said(await served.ask(proxy.token, 'POST', target, { headers, body }));
  },
};

const hits = ({ json }: Answered) => (json?.entry === undefined ? 'closed' : 'open');
const said = ({ status }: Answered) => (status < 300 ? 'open' : 'closed');

const ENDS: Readonly<Record<string, { role: HeldRole['role']; end(middle: Middle): Promise<unknown> }>> = {
  'the patient ends it': {
    role: 'proxy',
    end: ({ patient, proxy }) => endAs(patient, proxy),
  },
  'the desk ends it': {
    role: 'parent',
    end: async ({ proxy }) => endAs(await served.person(stage.practice, { role: 'front-desk' }), proxy),
  },
  'they give it up': { role: 'proxy', end: ({ proxy }) => endAs(proxy, proxy) },
  'the operator disables the account': {
    role: 'proxy',
    end: ({ proxy }) =>
      served.gate.accounts.disableAccount(served.database.owner, proxy.accountId, 'postern account'),
  },
};

/** As pages do it: by the list of who sees the record. */
async function endAs(who: Person, whose: Person): Promise<void> {
  const { json } = await get(who.token, who === whose ? '/family' : `/family?chart=${chart}`);
  type Told = { id: string; account?: string };
  const told = (who === whose ? json.acting : json.records![0]!.people) as unknown as Told[];
  const tie = told.find(({ account }) => account === undefined || account === whose.accountId)!;
  expect((await served.ask(who.token, 'DELETE', `/family/${tie.id}`)).status).toBe(204);
}

let own: string;
beforeEach(async () => {
  const session = { practiceId: stage.practice, accountId: patient.accountId, purpose: 'sign-in' };
  own = await served.gate.openSession({ ...session, client: null, ttlSeconds: 600 });
});

test.each(Object.entries(ENDS))('where %s, all of it stops within a second', async (_, { role, end }) => {
  const middle = await inTheMiddle(role);
  // Asking takes its own time, on a busy machine more than the second.
  const began = performance.now();
  for (const name of [
    'page',
    'next page of hits',
    'finished export',
    'token of an app',
    'search of an app',
  ]) {
    expect([name, await PROBES[name]!(middle)]).toEqual([name, 'open']);
  }
  const asking = performance.now() - began;
  await end(middle);
  const ended = performance.now();
  const stopped = await Promise.all(
    Object.entries(PROBES).map(async ([name, probe]) => [name, await probe(middle)]),
  );
  expect(performance.now() - ended).toBeLessThan(1000 + 4 * asking);
  expect(stopped).toEqual(Object.keys(PROBES).map((name) => [name, 'closed']));
  await stopsForGood(middle);
  expect((await get(own, `/fhir/Patient/${chart}`)).status).toBe(200);
});

/** What comes later gets nothing either: the token's successor, and the job that waited. */
async function stopsForGood({ tokens, clientId, waiting, proxy }: Middle): Promise<void> {
  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: clientId };
  const refreshed = await stage.form('/oauth/token', fields);
  const reads = async (token: string) => (await get(token, `/fhir/Patient/${chart}`)).status;
  expect(refreshed.status === 200 ? await reads(refreshed.json.access_token) : refreshed.status).not.toBe(
    200,
  );
  await served.work();
  const { rows } = await served.database.owner.query<{ state: string; keyed: boolean }>(
    'select state, wrapped is not null as keyed from postern.job where job_id = $1',
    [waiting.split('/').at(-1)],
  );
  expect(rows.filter(({ keyed }) => keyed)).toEqual([]);
  expect((await get(proxy.token, waiting)).status).toBeGreaterThanOrEqual(400);
}
