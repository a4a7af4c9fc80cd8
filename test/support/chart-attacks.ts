/**
 * Attacks on the routes that go through many records: what one reaches is in their answers, and nothing else
 * is there.
 */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import { type Attack, CANARY, readsPatient, type Stage, said, table } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import type { Answered } from './served-practices.ts';

export const CHART_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /fhir/_history': (stage) => shownToReaders(stage, '/fhir/_history?_count=200'),

  'GET /fhir': async (stage) => {
    await shownToReaders(stage, '/fhir?_type=Patient,Observation&_count=200');
    await countedForReaders(stage, { method: 'GET', target: '/fhir?_type=Patient&_summary=count' });
  },
  'POST /fhir/_search': async (stage) => {
    const asking = { method: 'POST', target: '/fhir/_search', headers: FORM };
    await countedForReaders(stage, { ...asking, body: '_type=Patient&_count=0' });
  },

  'PUT /fhir/:type': fitsWithinReach,

  'GET /fhir/Patient/$everything': (stage) => everyChartInReach(stage, 'GET'),
  'POST /fhir/Patient/$everything': (stage) => everyChartInReach(stage, 'POST'),

  'GET /fhir/Patient/:id/$everything': (stage) => everythingIsOfOneChart(stage, 'GET'),
  'POST /fhir/Patient/:id/$everything': (stage) => everythingIsOfOneChart(stage, 'POST'),

  'POST /fhir/Patient/$match': async (stage) => {
    const sought = (family: string): Asking => ({
      method: 'POST',
      target: '/fhir/Patient/$match',
      body: { resourceType: 'Patient', name: [{ family }] },
    });
    for (const actor of stage.actors) {
      const may = readsPatient(stage, actor);
      const answer = await stage.ask(actor, sought(CANARY));
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect([actor.name, answer.text.includes(CANARY)]).toEqual([actor.name, may]);
      if (!may) expect(said(answer)).toEqual(said(await stage.ask(actor, sought('Nobody'))));
    }
  },

  'GET /fhir/AuditEvent': async (stage) => {
    for (const actor of stage.actors) {
      const ask = (id: string) =>
        stage.ask(actor, { method: 'GET', target: `/fhir/AuditEvent?patient=${id}` });
      const answer = await ask(stage.chart);
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(answer.text).not.toMatch(CANARIES);
      if (actor.name === 'privacy-officer' || !actor.hasSession) continue;
      expect([actor.name, answer.text.includes('"AuditEvent"')]).toEqual([actor.name, false]);
    }
  },

  'GET /fhir/AuditEvent/:id': async (stage) => {
    const { rows } = await stage.served.database.owner.query(
      'select id from postern.access_line where practice_id = $1 limit 1',
      [stage.practice],
    );
    for (const actor of stage.actors) {
      const ask = (id: string) => stage.ask(actor, { method: 'GET', target: `/fhir/AuditEvent/${id}` });
      const answer = await ask(rows[0].id);
      const status = !actor.hasSession ? 401 : actor.name === 'privacy-officer' ? 200 : 404;
      expect([actor.name, answer.status]).toEqual([actor.name, status]);
      if (status !== 200) expect(said(answer)).toEqual(said(await ask(newId())));
    }
  },

  'POST /fhir/Subscription': (stage) => refusedAlike(stage, 'POST', '/fhir/Subscription'),
  'GET /fhir/Subscription': (stage) => refusedAlike(stage, 'GET', '/fhir/Subscription'),

  'POST /fhir/:type/$validate': async (stage) => {
    const body = { resourceType: 'Patient', link: [{ type: 'seealso', other: { reference: '' } }] };
    for (const actor of stage.actors) {
      const answers: Answered[] = [];
      for (const id of [stage.chart, newId()]) {
        body.link[0]!.other.reference = `Patient/${id}`;
        answers.push(await stage.ask(actor, { method: 'POST', target: '/fhir/Patient/$validate', body }));
      }
      expect([actor.name, answers[0]!.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(said(answers[0]!)).toEqual(said(answers[1]!));
    }
  },

  'POST /fhir/:type/:id/$validate': async (stage) => {
    const asking = (id: string, mode: string, resource: object | null): Asking => ({
      method: 'POST',
      target: `/fhir/Patient/${id}/$validate`,
      body: {
        resourceType: 'Parameters',
        parameter: [
          { name: 'mode', valueCode: mode },
          { name: 'profile', valueUri: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient' },
          ...(resource === null ? [] : [{ name: 'resource', resource }]),
        ],
      },
    });
    const record = { type: 'Patient', section: 'administrative', chart: stage.chart, author: '' };
    for (const actor of stage.actors) {
      for (const mode of ['profile', 'update', 'delete']) {
        const sent = (id: string) =>
          mode === 'update' ? { resourceType: 'Patient', id, active: true } : null;
        const answer = await stage.ask(actor, asking(stage.chart, mode, sent(stage.chart)));
        const here = actor.hasSession && actor.practice === stage.practice;
        const action = mode === 'profile' ? 'read' : 'write';
        const may = here && table.may(actor.account, actor.held, action, record);
        expect([actor.name, mode, answer.status]).toEqual([
          actor.name,
          mode,
          may ? 200 : actor.hasSession ? 404 : 401,
        ]);
        expect(answer.text).not.toMatch(CANARIES);
        const absent = newId();
        if (!may)
          expect(said(answer)).toEqual(said(await stage.ask(actor, asking(absent, mode, sent(absent)))));
      }
    }
  },

  'POST /fhir': (stage) => entriesReachTheirs(stage, '/fhir'),
  'POST /fhir/': (stage) => entriesReachTheirs(stage, '/fhir/'),
};

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A number counts what one reaches: of whoever reaches no section of a chart, nobody. */
async function countedForReaders(stage: Stage, asking: Asking): Promise<void> {
  for (const actor of stage.actors) {
    const { status, json } = await stage.ask(actor, asking);
    expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
    if (!actor.hasSession) continue;
    expect(json.entry).toBeUndefined();
    if (readsPatient(stage, actor)) expect(Number(json.total)).toBeGreaterThan(0);
  }
  const nobody = await stage.served.person(stage.practice);
  const { method, target, ...options } = asking;
  const { json } = await stage.served.ask(nobody.token, method, target, options);
  expect(json.total).toBe(0);
}

/** What an entry names beyond reach is what is not there, in a batch as in a transaction. */
async function entriesReachTheirs(stage: Stage, target: string): Promise<void> {
  const bundle = (type: string) => (id: string) =>
    ({
      method: 'POST',
      target,
      body: {
        resourceType: 'Bundle',
        type,
        entry: [{ request: { method: 'GET', url: `Patient/${id}` } }],
      },
    }) satisfies Asking;
  for (const actor of stage.actors) {
    const may = readsPatient(stage, actor);
    for (const type of ['batch', 'transaction']) {
      const answer = await stage.ask(actor, bundle(type)(stage.chart));
      expect([actor.name, type, answer.text.includes(CANARY)]).toEqual([actor.name, type, may]);
      if (may) continue;
      expect(said(answer)).toEqual(said(await stage.ask(actor, bundle(type)(newId()))));
    }
  }
}

/** To whoever reaches no section of a chart, everything of it is what is not there. */
async function everythingIsOfOneChart(stage: Stage, method: string): Promise<void> {
  const asking = (id: string): Asking => ({ method, target: `/fhir/Patient/${id}/$everything` });
  for (const actor of stage.actors) {
    const answer = await stage.ask(actor, asking(stage.chart));
    const may = readsPatient(stage, actor);
    expect([actor.name, answer.text.includes(CANARY)]).toEqual([actor.name, may]);
    if (may) continue;
    expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    expect(said(answer)).toEqual(said(await stage.ask(actor, asking(newId()))));
  }
}

/** The chart under attack is in everything for those alone who may read it, whatever page they begin at. */
async function everyChartInReach(stage: Stage, method: string): Promise<void> {
  let rightful = 0;
  for (const actor of stage.actors) {
    const may = readsPatient(stage, actor);
    const all = await stage.ask(actor, { method, target: '/fhir/Patient/$everything' });
    expect([actor.name, all.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
    // A link that begins at the chart under attack gives nobody more.
    const target = `/fhir/Patient/$everything?_cursor=${stage.chart}&_type=Patient`;
    const there = await stage.ask(actor, { method, target });
    expect([actor.name, there.text.includes(CANARY)]).toEqual([actor.name, may]);
    if (!may) expect(all.text).not.toMatch(CANARIES);
    if (may) rightful += 1;
  }
  expect(rightful).toBeGreaterThan(0);
}

const VARIES = /\d\d:\d\d:\d\d(?:\.\d+Z)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * A condition fits what one reaches and nothing else: to whoever does not reach the chart under attack, its
 * identifier is one that nobody has, for changing as for making, and nothing of it is told or touched.
 */
async function fitsWithinReach(stage: Stage): Promise<void> {
  const { served, practice } = stage;
  const identifier = { system: 'urn:attack', value: newId() };
  const chart = await served.chart(practice, { identifier: [identifier], name: [{ family: CANARY }] });
  const condition = (value: string) => `identifier=${encodeURIComponent(`${identifier.system}|${value}`)}`;
  const body = { resourceType: 'Patient', identifier: [{ ...identifier, value: newId() }] };
  const askings = (value: string): Asking[] => [
    // With an id, what fits nothing is not made.
    { method: 'PUT', target: `/fhir/Patient?${condition(value)}`, body: { ...body, id: newId() } },
    { method: 'DELETE', target: `/fhir/Patient?${condition(value)}`, headers: { 'if-match': 'W/"9"' } },
    { method: 'POST', target: '/fhir/Patient', headers: { 'if-none-exist': condition(value) }, body },
  ];
  const record = { type: 'Patient', section: 'administrative', chart, author: '' };
  let rightful = 0;
  for (const actor of stage.actors) {
    const may = (action: 'read' | 'write') =>
      actor.hasSession && actor.practice === practice && table.may(actor.account, actor.held, action, record);
    const answers: Answered[] = [];
    for (const asking of askings(identifier.value)) answers.push(await stage.ask(actor, asking));
    const absent: Answered[] = [];
    for (const asking of askings(newId())) absent.push(await stage.ask(actor, asking));
    if (may('read')) {
      rightful += 1;
      const statuses = answers.map(({ status }) => status);
      expect([actor.name, statuses]).toEqual([actor.name, may('write') ? [400, 412, 200] : [404, 404, 200]]);
      expect(answers[2]!.text).toContain(CANARY);
      continue;
    }
    const told = (all: Answered[]) => JSON.stringify(all.map(said)).replace(VARIES, '');
    expect([actor.name, told(answers)]).toEqual([actor.name, told(absent)]);
    expect(told(answers)).not.toMatch(CANARIES);
  }
  expect(rightful).toBeGreaterThan(0);
  const { rows } = await served.database.owner.query(
    'select version, deleted from postern.resource where practice_id = $1 and id = $2',
    [practice, chart],
  );
  expect(rows).toEqual([{ version: 1, deleted: false }]);
}

/** Whoever has a session is answered; the chart under attack is in it for those alone who may read it. */
async function shownToReaders(stage: Stage, target: string): Promise<void> {
  let rightful = 0;
  for (const actor of stage.actors) {
    const { status, texts } = await allPages(stage, actor, target);
    expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
    const may = readsPatient(stage, actor);
    expect([actor.name, texts.some((text) => text.includes(CANARY))]).toEqual([actor.name, may]);
    if (may) rightful += 1;
  }
  expect(rightful).toBeGreaterThan(0);
}

/** What others wrote meanwhile may have taken the first page. */
async function allPages(stage: Stage, actor: Stage['actors'][number], target: string) {
  const first = await stage.ask(actor, { method: 'GET', target });
  const texts = [first.text];
  for (let page = first; page.status === 200; ) {
    const { link = [] } = page.json as { link?: { relation: string; url: string }[] };
    const next = link.find(({ relation }) => relation === 'next');
    if (next === undefined) break;
    const { pathname, search } = new URL(next.url);
    page = await stage.ask(actor, { method: 'GET', target: `${pathname}${search}` });
    texts.push(page.text);
  }
  return { status: first.status, texts };
}

/** Whoever has a session is refused in the same words. */
async function refusedAlike(stage: Stage, method: string, target: string): Promise<void> {
  const body = { resourceType: 'Subscription', criteria: `Observation?patient=${stage.chart}` };
  const answers = new Set<string>();
  for (const actor of stage.actors) {
    const answer = await stage.ask(actor, method === 'GET' ? { method, target } : { method, target, body });
    expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    if (actor.hasSession) answers.add(JSON.stringify(said(answer)));
  }
  expect([...answers]).toEqual([expect.stringContaining('not-supported')]);
}
