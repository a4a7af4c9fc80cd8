/**
 * Attacks on the routes of apps: the rightful client and person first, then everybody else. What an attacker
 * makes of whole flows stands in test/apps.
 */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import { CALLBACK, pkce, registerClient } from './app-stage.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { answerToAll } from './attack-words.ts';
import { CANARIES } from './attack-world.ts';
import type { Answered } from './served-practices.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const ORIGIN = 'https://care.example';

const post = (target: string, fields: Record<string, string>, headers = {}): Asking => ({
  method: 'POST',
  target,
  headers: { ...FORM, ...headers },
  body: new URLSearchParams(fields).toString(),
});

interface Begun {
  readonly uid: string;
  readonly cookie: string;
  readonly verifier: string;
  readonly clientId: string;
}

/** An app sends a browser here. */
async function begin(stage: Stage): Promise<Begun> {
  const { client } = await registerClient(stage.served, { redirectUris: ['https://app.example/callback'] });
  const { verifier, challenge } = pkce();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: 'https://app.example/callback',
    scope: 'launch/patient patient/*.rs offline_access',
    state: 's',
    aud: `${ORIGIN}/fhir`,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const answer = await stage.served.ask(null, 'GET', `/oauth/authorize?${query}`);
  expect(answer.status, JSON.stringify(answer.headers)).toBe(303);
  const uid = answer.headers.location!.split('/').at(-1)!;
  const cookie = answer.headers['set-cookie']!.split(';')[0]!;
  return { uid, cookie, verifier, clientId: client.clientId };
}

const ALLOW = {
  allow: true,
  categories: ['person', 'results'],
  writes: false,
  days: 1,
};

async function tokensOf(stage: Stage, { uid, cookie, verifier, clientId }: Begun): Promise<Answered> {
  const resumed = await stage.served.ask(null, 'GET', `/oauth/authorize/${uid}`, { headers: { cookie } });
  const code = new URL(resumed.headers.location!).searchParams.get('code');
  expect(code, resumed.headers.location).not.toBeNull();
  const redirect_uri = 'https://app.example/callback';
  const fields = { grant_type: 'authorization_code', code: code!, redirect_uri, client_id: clientId };
  const asking = post('/oauth/token', { ...fields, code_verifier: verifier });
  return stage.served.ask(null, 'POST', asking.target, asking as never);
}

/** A patient of the practice who has let an app in. */
async function connect(stage: Stage) {
  const chart = await stage.served.chart(stage.practice);
  const person = await stage.served.person(stage.practice, { role: 'patient', chartId: chart });
  const begun = await begin(stage);
  const options = { headers: { ...JSON_TYPE, cookie: begun.cookie } };
  const body = JSON.stringify({ ...ALLOW, patient: chart });
  const target = `/oauth/interaction/${begun.uid}/answer`;
  const answered = await stage.served.ask(person.token, 'POST', target, { ...options, body });
  expect(answered.status, answered.text).toBe(200);
  const tokens = await tokensOf(stage, begun);
  expect(tokens.status, tokens.text).toBe(200);
  return { person, chart, begun, tokens: tokens.json as unknown as Record<string, string> };
}

const sameForAll =
  (target: string): Attack =>
  async (stage) => {
    await answerToAll(stage, target);
  };

export const APP_ATTACKS: Readonly<Record<string, Attack>> = {
  ...Object.fromEntries(
    [
      '/.well-known/smart-configuration',
      '/fhir/.well-known/smart-configuration',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/oauth/jwks',
      '/oauth/style.json',
    ].map((path) => [`GET ${path}`, sameForAll(path)]),
  ),
  'GET /oauth/interaction/:uid': sameForAll('/oauth/interaction/anything'),

  'GET /oauth/authorize': async (stage) => {
    const { clientId } = await begin(stage);
    const elsewhere = [
      { client_id: 'nobody', redirect_uri: CALLBACK },
      { client_id: clientId, redirect_uri: 'https://away.example/callback' },
      { client_id: clientId, redirect_uri: 'https://app.example/callback/../away' },
      { client_id: clientId, redirect_uri: 'https://app.example.away.example/callback' },
      { client_id: clientId, redirect_uri: 'javascript:alert(1)' },
    ];
    for (const fields of elsewhere) {
      const query = new URLSearchParams({ response_type: 'code', scope: 'patient/*.rs', ...fields });
      const answer = await stage.served.ask(null, 'GET', `/oauth/authorize?${query}`);
      expect([answer.status, answer.headers.location]).toEqual([
        expect.any(Number),
        expect.stringMatching(/^\/oauth\/interaction\/refused\?why=[a-z_]+$/),
      ]);
    }
  },

  'GET /oauth/authorize/:uid': async (stage) => {
    const chart = await stage.served.chart(stage.practice);
    const person = await stage.served.person(stage.practice, { role: 'patient', chartId: chart });
    const begun = await begin(stage);
    const other = await begin(stage);
    const answer = { ...ALLOW, patient: chart };
    const target = `/oauth/interaction/${begun.uid}/answer`;
    const headers = { ...JSON_TYPE, cookie: begun.cookie };
    await stage.served.ask(person.token, 'POST', target, { headers, body: JSON.stringify(answer) });
    const name = begun.cookie.split('=')[0]!;
    const stolen = [{}, { cookie: other.cookie }, { cookie: `${name}=${other.cookie.split('=')[1]}` }];
    for (const headers of stolen) {
      const away = await stage.served.ask(person.token, 'GET', `/oauth/authorize/${begun.uid}`, { headers });
      expect(away.headers.location).toMatch(/^\/oauth\/interaction\/refused/);
    }
    const { status, text } = await tokensOf(stage, begun);
    expect([status, text]).toEqual([200, expect.stringContaining('pst_')]);
  },

  'GET /oauth/interaction/:uid/question': async (stage) => {
    const begun = await begin(stage);
    const asking = (uid: string, cookie: string): Asking => ({
      method: 'GET',
      target: `/oauth/interaction/${uid}/question`,
      headers: { cookie },
    });
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, asking(begun.uid, begun.cookie));
      expect([actor.name, told.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(told.text).not.toMatch(CANARIES);
      const elsewhere = await stage.ask(actor, asking(begun.uid, 'postern-app=x'));
      const absent = await stage.ask(actor, asking('no-such-question', begun.cookie));
      expect([actor.name, said(elsewhere)]).toEqual([actor.name, said(absent)]);
      expect([actor.name, absent.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    }
    const { tokens } = await connect(stage);
    const byApp = await stage.served.ask(tokens.access_token!, 'GET', asking(begun.uid, '').target, {
      headers: { cookie: begun.cookie },
    });
    expect(byApp.status).toBe(404);
  },

  'POST /oauth/interaction/:uid/answer': async (stage) => {
    const patients = stage.actors.filter(({ name }) => name === 'doctor' || name === 'patient');
    expect(patients.length).toBe(2);
    const ask = (token: string | null, { uid, cookie }: Begun, body: object) =>
      stage.served.ask(token, 'POST', `/oauth/interaction/${uid}/answer`, {
        headers: { ...JSON_TYPE, cookie },
        body: JSON.stringify({ ...ALLOW, ...body }),
      });
    const { begun, chart, tokens } = await connect(stage);
    for (const actor of stage.actors) {
      const token = await actor.token();
      // What was answered is not asked any more.
      const again = await ask(token, begun, { patient: chart });
      expect([actor.name, again.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
      // The chart of a patient that is not theirs is one that has never been.
      const next = await begin(stage);
      const foreign = await ask(token, next, { patient: stage.chart });
      const absent = await ask(token, next, { patient: newId() });
      if (foreign.status === 404) expect([actor.name, said(foreign)]).toEqual([actor.name, said(absent)]);
      else
        expect([actor.name, foreign.status, absent.status]).toEqual([
          actor.name,
          actor.hasSession ? 200 : 401,
          actor.hasSession ? 404 : 401,
        ]);
    }
    const byApp = await ask(tokens.access_token!, await begin(stage), { patient: chart });
    expect(byApp.status).toBe(404);
  },

  'POST /oauth/token': async (stage) => {
    const { tokens, begun } = await connect(stage);
    const refresh = (client_id: string, refresh_token: string) => {
      const asking = post('/oauth/token', { grant_type: 'refresh_token', client_id, refresh_token });
      return stage.served.ask(null, 'POST', asking.target, asking as never);
    };
    const { client: another } = await registerClient(stage.served);
    const refused = [
      await refresh(another.clientId, tokens.refresh_token!),
      await refresh(another.clientId, 'x'),
    ];
    for (const answer of refused) {
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
    }
    expect(said(refused[0]!)).toEqual(said(refused[1]!));
    expect((await refresh('nobody', tokens.refresh_token!)).status).toBe(401);
    expect((await refresh(begun.clientId, tokens.refresh_token!)).status).toBe(200);
  },

  'POST /oauth/introspect': async (stage) => {
    const { tokens } = await connect(stage);
    const confidential = await registerClient(stage.served, { authentication: 'client_secret_basic' });
    const basic = {
      authorization: `Basic ${btoa(`${confidential.client.clientId}:${confidential.secret}`)}`,
    };
    const ask = (token: string, headers: object) => {
      const asking = post('/oauth/introspect', { token }, headers);
      return stage.served.ask(null, 'POST', asking.target, asking as never);
    };
    for (const token of [tokens.access_token!, tokens.refresh_token!, 'x']) {
      const others = await ask(token, basic);
      expect([others.status, others.text]).toEqual([200, '{"active":false}']);
      expect((await ask(token, {})).status).toBe(400);
    }
  },

  'POST /oauth/revoke': async (stage) => {
    const { tokens, begun, chart } = await connect(stage);
    const { client: another } = await registerClient(stage.served);
    const ask = (token: string, client_id: string) => {
      const asking = post('/oauth/revoke', { token, client_id });
      return stage.served.ask(null, 'POST', asking.target, asking as never);
    };
    const reads = async () =>
      (await stage.served.ask(tokens.access_token!, 'GET', `/fhir/Patient/${chart}`)).status;
    expect((await ask(tokens.access_token!, another.clientId)).status).toBe(200);
    expect(await reads()).toBe(200);
    expect((await ask(tokens.access_token!, begun.clientId)).status).toBe(200);
    expect(await reads()).toBe(401);
  },

  'GET /launches': async (stage) => {
    const { served } = stage;
    const { client } = await registerClient(served, { launchUri: 'https://app.example/launch' });
    const { client: byItself } = await registerClient(served, {});
    const { tokens } = await connect(stage);
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, { method: 'GET', target: '/launches' });
      expect([actor.name, told.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect([actor.name, told.text.includes(client.clientId)]).toEqual([actor.name, actor.hasSession]);
      // Neither what can be launched by itself alone, nor where to.
      expect(told.text).not.toMatch(new RegExp(`${byItself.clientId}|app\\.example`));
    }
    expect((await served.ask(tokens.access_token!, 'GET', '/launches')).status).toBe(404);
  },

  'POST /launches': async (stage) => {
    const launchUri = 'https://app.example/launch';
    const { client } = await registerClient(stage.served, { launchUri });
    const asking = (patient: string): Asking => ({
      method: 'POST',
      target: '/launches',
      headers: JSON_TYPE,
      body: JSON.stringify({ client: client.clientId, patient }),
    });
    let rightful = 0;
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, asking(stage.chart));
      const absent = await stage.ask(actor, asking(newId()));
      if (told.status === 201) rightful += 1;
      else expect([actor.name, said(told)]).toEqual([actor.name, said(absent)]);
      expect([actor.name, absent.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
      const reads = (await stage.ask(actor, { method: 'GET', target: `/fhir/Patient/${stage.chart}` }))
        .status;
      expect([actor.name, told.status === 201]).toEqual([actor.name, reads === 200]);
    }
    expect(rightful).toBeGreaterThan(3);
  },

  'GET /apps': async (stage) => {
    const { person, begun, tokens } = await connect(stage);
    const own = await stage.served.ask(person.token, 'GET', '/apps');
    expect([own.status, own.text]).toEqual([200, expect.stringContaining(begun.clientId)]);
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, { method: 'GET', target: '/apps' });
      expect([actor.name, told.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect([actor.name, told.text.includes(begun.clientId)]).toEqual([actor.name, false]);
    }
    expect((await stage.served.ask(tokens.access_token!, 'GET', '/apps')).status).toBe(404);
  },

  'PATCH /apps/:id': async (stage) => {
    const { person, tokens, chart } = await connect(stage);
    const listed = await stage.served.ask(person.token, 'GET', '/apps');
    const id = String(listed.json.apps![0]!.id);
    const reads = async () =>
      (await stage.served.ask(tokens.access_token!, 'GET', `/fhir/Patient/${chart}`)).status;
    const leave = (token: string | null, which: string, choice: object = {}) =>
      stage.served.ask(token, 'PATCH', `/apps/${which}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ categories: ['person'], writes: false, sensitive: false, ...choice }),
      });
    for (const actor of stage.actors) {
      const token = await actor.token();
      const told = await leave(token, id);
      expect([actor.name, said(told)]).toEqual([actor.name, said(await leave(token, newId()))]);
      expect([actor.name, told.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    }
    expect((await leave(tokens.access_token!, id)).status).toBe(404);
    expect(await reads()).toBe(200);
    for (const more of [{ categories: ['everything'] }, { categories: 'person' }, { writes: 'yes' }]) {
      expect((await leave(person.token, id, more)).status).toBe(400);
    }
    expect((await leave(person.token, id)).status).toBe(204);
    expect(await reads()).toBe(401);
    expect((await leave(person.token, id, { categories: ['person', 'money'] })).status).toBe(400);
  },

  'DELETE /apps/:id': async (stage) => {
    const { person, tokens, chart } = await connect(stage);
    const listed = await stage.served.ask(person.token, 'GET', '/apps');
    const id = String(listed.json.apps![0]!.id);
    const reads = async () =>
      (await stage.served.ask(tokens.access_token!, 'GET', `/fhir/Patient/${chart}`)).status;
    const ends = (token: string | null, which: string) => stage.served.ask(token, 'DELETE', `/apps/${which}`);
    for (const actor of stage.actors) {
      const token = await actor.token();
      const told = await ends(token, id);
      expect([actor.name, said(told)]).toEqual([actor.name, said(await ends(token, newId()))]);
      expect([actor.name, told.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    }
    expect((await ends(tokens.access_token!, id)).status).toBe(404);
    expect(await reads()).toBe(200);
    expect((await ends(person.token, id)).status).toBe(204);
    expect(await reads()).toBe(401);
    expect((await ends(person.token, id)).status).toBe(404);
  },
};
