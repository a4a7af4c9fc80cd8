/** Attacks on families, staff, reviews and settings: each lets the rightful in first, then everybody else. */
import { expect } from 'vitest';
import { type AccountId, type ChartId, newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';

const HEADERS = { 'content-type': 'application/json' };
const send = (method: string, target: string, body: object = {}): Asking => ({
  method,
  target,
  headers: HEADERS,
  body: JSON.stringify(body),
});
const get = (target: string): Asking => ({ method: 'GET', target });

const ACCESS = { sections: ['clinical'], until: '2199-01-01T00:00:00Z' };
const named =
  (...names: readonly string[]) =>
  ({ name }: Actor) =>
    names.includes(name);

interface FamilyAttack {
  /** Makes what is asked about, anew for each who asks. */
  readonly made?: (stage: Stage) => Promise<string>;
  readonly asking: (id: string) => Asking;
  /** Null where none of those who ask may. */
  readonly may: ((actor: Actor) => boolean) | null;
  readonly status: number;
}

/** Whoever may gets that status; for everybody else what is there is what is not. */
function attack({ made = async () => newId(), asking, may, status }: FamilyAttack): Attack {
  return async (stage) => {
    let rightful = 0;
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, asking(await made(stage)));
      expect([actor.name, CANARIES.test(answer.text)]).toEqual([actor.name, false]);
      if (may?.(actor) === true) {
        rightful += 1;
        const told = answer.text.slice(0, 300);
        expect([actor.name, answer.status, told]).toEqual([actor.name, status, told]);
        continue;
      }
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
      const absent = await stage.ask(actor, asking(newId()));
      expect([actor.name, said(answer)]).toEqual([actor.name, said(absent)]);
    }
    expect(rightful > 0).toBe(may !== null);
  };
}

/** Somebody with that role on the chart under attack; the grant by which they hold it. */
async function grantOn(stage: Stage, role: 'proxy' | 'parent'): Promise<string> {
  const { gate } = stage.served;
  const { accountId } = await stage.served.person(stage.practice, { role, chartId: stage.chart });
  return gate.asJob(stage.practice, 'system-setup', 'test', async (visit) => {
    const [grant] = await gate.grantsOf(visit, accountId);
    return grant!.grantId;
  });
}

async function colleague(stage: Stage): Promise<{ account: AccountId; grant: string }> {
  const { gate } = stage.served;
  const { accountId } = await stage.served.person(stage.practice, { role: 'nurse' });
  return gate.asJob(stage.practice, 'system-setup', 'test', async (visit) => {
    const [grant] = await gate.grantsOf(visit, accountId);
    return { account: accountId, grant: grant!.grantId };
  });
}

const owner = named('owner');

export const FAMILY_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /family': async (stage) => {
    const proxy = await grantOn(stage, 'proxy');
    await attack({
      made: async () => stage.chart,
      asking: (chart) => get(`/family?chart=${chart}`),
      may: ({ name, practice }) =>
        practice === stage.practice && ['owner', 'front-desk', 'privacy-officer'].includes(name),
      status: 200,
    })(stage);
    for (const actor of stage.actors) {
      const { text } = await stage.ask(actor, get('/family'));
      expect([actor.name, text.includes(proxy)]).toEqual([actor.name, false]);
    }
    const patient = await stage.served.person(stage.practice, { role: 'patient', chartId: stage.chart });
    expect((await stage.served.ask(patient.token, 'GET', '/family')).text).toContain(proxy);
  },

  'POST /family': async (stage) => {
    await attack({
      made: async () => stage.chart,
      asking: (chart) => send('POST', '/family', { chart, ...ACCESS }),
      may: null,
      status: 201,
    })(stage);
    await attack({
      made: async () => stage.chart,
      asking: (chart) =>
        send('POST', '/family', {
          chart,
          ...ACCESS,
          role: 'guardian',
          email: 'nobody@test.example',
          reason: 'Shown a court order',
        }),
      may: ({ name }) => ['owner', 'front-desk'].includes(name),
      status: 422,
    })(stage);
    const patient = await stage.served.person(stage.practice, { role: 'patient', chartId: stage.chart });
    const offered = await offer(stage, patient.token, stage.chart);
    expect(offered.status).toBe(201);
    // Whether an account is known here, or at all, makes no difference to who shares a record.
    const known = await stage.served.person(stage.practice);
    const answers = [];
    for (const account of [known.accountId, stage.actor('doctor').account, newId()]) {
      const body = JSON.stringify({ chart: stage.chart, account, ...ACCESS });
      const answer = await stage.served.ask(patient.token, 'POST', '/family', { headers: HEADERS, body });
      answers.push([answer.status, answer.text]);
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]![0]).toBe(404);
  },

  'POST /family/accept': async (stage) => {
    const patient = await stage.served.person(stage.practice, { role: 'patient', chartId: stage.chart });
    const { json } = await offer(stage, patient.token, stage.chart);
    const accept = (code: string) => send('POST', '/family/accept', { code });
    const code = String(json.code);
    const refused = [];
    for (const name of ['client', 'partner', 'a doctor of another practice', 'an ended session']) {
      refused.push((await stage.ask(stage.actor(name), accept(code))).status);
    }
    expect(refused.map((status) => (status === 401 ? 404 : status))).toEqual([404, 404, 404, 404]);
    for (const wrong of ['0000-0000-0000', '', newId(), code.replace(/.$/, '*')]) {
      const answer = await stage.ask(stage.actor('somebody without grants'), accept(wrong));
      expect([wrong, answer.status]).toEqual([wrong, 404]);
    }
    const friend = await stage.served.person(stage.practice);
    const taken = await stage.served.ask(friend.token, 'POST', '/family/accept', {
      headers: HEADERS,
      body: JSON.stringify({ code }),
    });
    expect(taken.status, taken.text).toBe(201);
    expect((await stage.ask(stage.actor('owner'), accept(code))).status).toBe(404);
  },

  'DELETE /family/offers/:offer': async (stage) => {
    const patient = await stage.served.person(stage.practice, { role: 'patient', chartId: stage.chart });
    await offer(stage, patient.token, stage.chart);
    const { json } = await stage.served.ask(patient.token, 'GET', '/family');
    const id = String(json.records![0]!.offers![0]!.id);
    for (const actor of stage.actors) {
      const { status } = await stage.ask(actor, { method: 'DELETE', target: `/family/offers/${id}` });
      expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    }
    const end = () => stage.served.ask(patient.token, 'DELETE', `/family/offers/${id}`);
    expect([(await end()).status, (await end()).status]).toEqual([204, 404]);
  },

  'PATCH /family/:grant': attack({
    made: (stage) => grantOn(stage, 'proxy'),
    asking: (id) => send('PATCH', `/family/${id}`, ACCESS),
    may: owner,
    status: 200,
  }),

  'DELETE /family/:grant': async (stage) => {
    const end = (id: string): Asking => ({ method: 'DELETE', target: `/family/${id}` });
    await attack({ made: (at) => grantOn(at, 'proxy'), asking: end, may: owner, status: 204 })(stage);
    const may = named('owner', 'front-desk');
    await attack({ made: (at) => grantOn(at, 'parent'), asking: end, may, status: 204 })(stage);
  },

  'GET /staff': attack({ asking: () => get('/staff'), may: owner, status: 200 }),

  'POST /staff/:account/roles': attack({
    made: async (stage) => (await colleague(stage)).account,
    asking: (account) => send('POST', `/staff/${account}/roles`, { role: 'billing' }),
    may: owner,
    status: 201,
  }),

  'DELETE /staff/:account/roles/:grant': async (stage) => {
    const made = async () => {
      const { account, grant } = await colleague(stage);
      return `${account}/roles/${grant}`;
    };
    const asking = (tail: string): Asking => ({
      method: 'DELETE',
      target: `/staff/${tail.includes('/') ? tail : `${newId()}/roles/${tail}`}`,
    });
    await attack({ made, asking, may: owner, status: 204 })(stage);
    // The grant of one under the name of another is none of theirs.
    const [one, other] = [await colleague(stage), await colleague(stage)];
    const crossed = { method: 'DELETE', target: `/staff/${one.account}/roles/${other.grant}` };
    expect((await stage.ask(stage.actor('owner'), crossed)).status).toBe(404);
  },

  'POST /staff/:account/leave': attack({
    made: async (stage) => (await colleague(stage)).account,
    asking: (account) => send('POST', `/staff/${account}/leave`),
    may: owner,
    status: 204,
  }),

  'GET /staff/practitioners': async (stage) => {
    const { account } = await colleague(stage);
    const id = newId() as string;
    await stage.served.deposit(stage.practice, { resourceType: 'Practitioner', id });
    const said = send('PUT', `/staff/${account}/practitioner`, { id });
    expect((await stage.ask(stage.actor('owner'), said)).status).toBe(204);
    await everyone(stage, get('/staff/practitioners'), id, ['owner']);
  },

  'GET /family/related-persons': async (stage) => {
    const { chart } = stage;
    const id = newId() as string;
    const patient = { reference: `Patient/${chart}` };
    await stage.served.deposit(stage.practice, { resourceType: 'RelatedPerson', id, patient });
    const grant = await grantOn(stage, 'parent');
    const said = send('PUT', `/family/${grant}/related-person`, { chart, id });
    expect((await stage.ask(stage.actor('front-desk'), said)).status).toBe(204);
    const target = `/family/related-persons?chart=${chart}`;
    await everyone(stage, { method: 'GET', target }, id, ['owner', 'front-desk']);
    for (const odd of ['', '?chart=', '?chart=x', "?chart='"]) {
      const asked = { method: 'GET', target: `/family/related-persons${odd}` };
      expect([odd, (await stage.ask(stage.actor('owner'), asked)).status]).toEqual([odd, 404]);
    }
    // Of another chart nothing comes along.
    const other = await stage.served.chart(stage.practice);
    const asked = { method: 'GET', target: `/family/related-persons?chart=${other}` };
    expect((await stage.ask(stage.actor('owner'), asked)).json).toEqual({ people: [] });
  },

  'PUT /staff/:account/practitioner': attack({
    made: async (stage) => (await colleague(stage)).account,
    asking: (account) => send('PUT', `/staff/${account}/practitioner`, { id: null }),
    may: owner,
    status: 204,
  }),

  'PUT /family/:id/related-person': async (stage) => {
    const { chart } = stage;
    const asking = (grant: string, id: string | null = null, of: string = chart) =>
      send('PUT', `/family/${grant}/related-person`, { chart: of, id });
    await attack({
      made: (made) => grantOn(made, 'proxy'),
      asking: (grant) => asking(grant),
      may: ({ name, practice }) => practice === stage.practice && ['owner', 'front-desk'].includes(name),
      status: 204,
    })(stage);
    const desk = stage.actor('front-desk');
    const other = await stage.served.chart(stage.practice);
    const relative = (of: string) => ({
      resourceType: 'RelatedPerson',
      id: newId() as string,
      patient: { reference: `Patient/${of}` },
    });
    const [right, wrong] = [relative(chart), relative(other)];
    await stage.served.deposit(stage.practice, right, wrong);
    const grant = await grantOn(stage, 'parent');
    expect((await stage.ask(desk, asking(grant, right.id))).status).toBe(204);
    for (const [id, of] of [
      [wrong.id, chart],
      [right.id, other],
      [newId(), chart],
    ] as const) {
      expect((await stage.ask(desk, asking(grant, id, of))).status).toBe(404);
    }
  },

  'GET /reviews/grants': attack({
    asking: () => get('/reviews/grants?of=family'),
    may: named('owner', 'privacy-officer'),
    status: 200,
  }),

  'GET /practice/settings': async (stage) => {
    for (const actor of stage.actors) {
      const { status, text } = await stage.ask(actor, get('/practice/settings'));
      expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(text).not.toMatch(CANARIES);
    }
  },

  'PUT /practice/settings': attack({
    asking: () => send('PUT', '/practice/settings', { version: 0, staffIdleMinutes: 1 }),
    may: owner,
    // It is looked at, and out of its limits.
    status: 400,
  }),
};

function offer({ served }: Stage, token: string, chart: ChartId) {
  const body = JSON.stringify({ chart, ...ACCESS });
  return served.ask(token, 'POST', '/family', { headers: HEADERS, body });
}

/** Those of the practice with one of these names are told of it; everybody else is told nothing of it. */
async function everyone(stage: Stage, asked: Asking, id: string, names: readonly string[]): Promise<void> {
  for (const actor of stage.actors) {
    const told = await stage.ask(actor, asked);
    const may = actor.practice === stage.practice && names.includes(actor.name);
    expect([actor.name, told.text.includes(id)]).toEqual([actor.name, may]);
    const foreign = actor.hasSession && actor.practice !== stage.practice;
    const status = may ? 200 : actor.hasSession ? 404 : 401;
    if (!foreign) expect([actor.name, told.status]).toEqual([actor.name, status]);
  }
}
