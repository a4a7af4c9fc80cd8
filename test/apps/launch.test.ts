/** Launches of apps from the first redirect to the last token, over a socket. */
import { createPublicKey, createVerify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rotateSigningKey, signingKeys } from '../../src/apps/index.ts';
import {
  type AppStage,
  authorizeUrl,
  CALLBACK,
  launchApp,
  pkce,
  setAppStage,
  type TokenAnswer,
} from '../support/app-stage.ts';

let stage: AppStage;
beforeAll(async () => {
  stage = await setAppStage();
});
afterAll(() => stage.close());

const reads = async (token: string, chart = stage.chart) =>
  (await stage.served.ask(token, 'GET', `/fhir/Patient/${chart}`)).status;

const refresh = (client_id: string, refresh_token: string, more = {}) =>
  stage.form('/oauth/token', { grant_type: 'refresh_token', refresh_token, client_id, ...more });

function claimsOf({ id_token }: TokenAnswer): Record<string, unknown> {
  return JSON.parse(Buffer.from(id_token.split('.')[1]!, 'base64url').toString());
}

test('the server says what there is, to pages of anybody', async () => {
  for (const path of ['/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration']) {
    const answer = await fetch(`${stage.origin}${path}`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({
      issuer: stage.origin,
      authorization_endpoint: `${stage.origin}/oauth/authorize`,
      token_endpoint: `${stage.origin}/oauth/token`,
      code_challenge_methods_supported: ['S256'],
      capabilities: expect.arrayContaining(['launch-ehr', 'launch-standalone', 'permission-v2']),
    });
  }
});

test('a new key signs ID tokens from then on, and the one before is still published', async () => {
  const { database, keychain } = stage.served;
  const kids = async () => (await signingKeys(database.server, keychain)).map(({ kid }) => kid);
  const [first] = await kids();
  const second = await rotateSigningKey(database.owner, keychain);
  expect(await kids()).toEqual([second, first]);
  const third = await rotateSigningKey(database.owner, keychain);
  expect(await kids()).toEqual([third, second]);
});

describe('a standalone launch', () => {
  test('gives an app the chart that the patient chose, says for whom, and refreshes', async () => {
    const { client } = await stage.register();
    const { status, json, headers } = await launchApp(stage, client, stage.patient, { nonce: 'n-1' });
    expect([status, json]).toEqual([200, expect.anything()]);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(json).toMatchObject({
      token_type: 'Bearer',
      patient: stage.chart,
      need_patient_banner: true,
      scope: 'launch/patient offline_access openid fhirUser patient/*.rs',
      fhirUser: `${stage.base}/Patient/${stage.chart}`,
      smart_style_url: `${stage.origin}/oauth/style.json`,
    });
    expect(await reads(json.access_token)).toBe(200);
    const refreshed = await refresh(client.clientId, json.refresh_token);
    expect(refreshed.json).toMatchObject({ patient: stage.chart, scope: json.scope });
    expect(refreshed.json.refresh_token).not.toBe(json.refresh_token);
    expect(await reads(refreshed.json.access_token)).toBe(200);
  });

  test('signs the ID token with a published key, for this app, with the person’s resource', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient, { nonce: 'n-2' });
    expect(claimsOf(json)).toMatchObject({
      iss: stage.origin,
      aud: client.clientId,
      nonce: 'n-2',
      sub: stage.patient.accountId,
      fhirUser: `${stage.base}/Patient/${stage.chart}`,
    });
    const discovery = await (await fetch(`${stage.origin}/.well-known/openid-configuration`)).json();
    const { jwks_uri } = discovery as { jwks_uri: string };
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: Record<string, string>[] };
    const [head = '', body = '', signature = ''] = json.id_token.split('.');
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const jwk = keys.find((key) => key.kid === kid)!;
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const verify = createVerify('sha256').update(`${head}.${body}`);
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verify.verify(key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('says no to the app where the person says no', async () => {
    const { client } = await stage.register();
    const url = authorizeUrl(stage, client.clientId, pkce().challenge);
    const back = await stage.browser(stage.patient).letIn(url, { allow: false });
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'st-1',
      iss: stage.origin,
    });
  });

  test('grants what was chosen of it and no more', async () => {
    const { client } = await stage.register();
    const scope = 'launch/patient patient/Patient.rs patient/Observation.cruds patient/Claim.rs';
    const answering = { categories: ['person', 'results'], writes: false };
    const { json } = await launchApp(stage, client, stage.patient, { scope }, answering);
    expect(json.scope).toBe('launch/patient patient/Patient.rs patient/Observation.rs');
    expect(json.refresh_token).toBeUndefined();
  });

  test('lets in for an hour an app that asked to stay, where the person refuses it that alone', async () => {
    const { client } = await stage.register();
    const scope = 'launch/patient patient/*.rs offline_access openid';
    const { json } = await launchApp(stage, client, stage.patient, { scope }, { days: 0 });
    expect(json.scope).toBe('launch/patient openid patient/*.rs');
    expect(json.refresh_token).toBeUndefined();
    expect(await reads(json.access_token)).toBe(200);
    const { rows } = await stage.served.database.owner.query<{ minutes: number }>(
      `select extract(epoch from ends_at - made_at) / 60 as minutes from postern.app_consent
       where client_id = $1`,
      [client.clientId],
    );
    expect(rows.map(({ minutes }) => Math.round(minutes))).toEqual([60]);
  });

  test('lets it stay while the person is signed in, where it asked for that as well', async () => {
    const { client } = await stage.register();
    const scope = 'launch/patient patient/*.rs offline_access online_access';
    const browser = stage.browser(stage.patient);
    const page = await browser.open(authorizeUrl(stage, client.clientId, pkce().challenge, { scope }));
    expect((await browser.question(page)).json).toMatchObject({ stays: 'offline', staysWithout: 'session' });
    const { json } = await launchApp(stage, client, stage.patient, { scope }, { days: 0 });
    expect(json.scope).toBe('launch/patient online_access patient/*.rs');
    expect((await refresh(client.clientId, json.refresh_token)).json.scope).toBe(json.scope);
  });

  test('takes scopes of version 1, and leaves out what is no scope', async () => {
    const { client } = await stage.register();
    const scope =
      'launch/patient patient/Patient.read patient/Observation.* profile patient/Nothing.rs system/*.rs';
    const { json } = await launchApp(stage, client, stage.patient, { scope });
    expect(json.scope).toBe('launch/patient patient/Patient.read patient/Observation.*');
  });

  test('lets nobody choose a patient who is not theirs', async () => {
    const { client } = await stage.register();
    const browser = stage.browser(stage.patient);
    const page = await browser.open(authorizeUrl(stage, client.clientId, pkce().challenge));
    expect((await browser.question(page)).json).toMatchObject({
      client: { name: 'Heart Diary', returnsTo: '127.0.0.1:9' },
      patients: [{ chart: stage.chart, own: true }],
      stays: 'offline',
      identity: true,
    });
    expect((await browser.answer(page, { patient: stage.otherChart })).status).toBe(404);
    expect((await browser.answer(page, {})).status).toBe(400);
    expect((await browser.answer(page, { patient: stage.chart, days: 9999 })).status).toBe(400);
    expect((await browser.answer(page, { patient: stage.chart })).status).toBe(200);
  });
});

describe('an EHR launch', () => {
  const launching = async (patient: string) => {
    const launchUri = 'https://app.example/launch';
    const { client } = await stage.register({ launchUri });
    const made = await stage.served.ask(stage.doctor.token, 'POST', '/launches', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client: client.clientId, patient }),
    });
    return { client, made };
  };

  test('opens the app for the patient at hand, once', async () => {
    const { client, made } = await launching(stage.chart);
    expect(made.status, made.text).toBe(201);
    const to = new URL(String(made.json.to));
    expect(to.searchParams.get('iss')).toBe(stage.base);
    const launch = to.searchParams.get('launch')!;
    const scope = 'launch user/*.rs openid fhirUser';
    const { json } = await launchApp(stage, client, stage.doctor, { scope, launch }, { patient: '' });
    expect(json).toMatchObject({ patient: stage.chart, scope: 'launch openid fhirUser user/*.rs' });
    const again = stage.browser(stage.doctor);
    const page = await again.open(authorizeUrl(stage, client.clientId, pkce().challenge, { scope, launch }));
    expect((await again.question(page)).status).toBe(404);
  });

  test('is for the app and the person who began it', async () => {
    const { made } = await launching(stage.chart);
    const launch = String(made.json.launch);
    const { client: another } = await stage.register();
    const { client } = await launching(stage.chart);
    for (const [app, person] of [
      [another, stage.doctor],
      [client, stage.patient],
    ] as const) {
      const browser = stage.browser(person);
      const url = authorizeUrl(stage, app.clientId, pkce().challenge, { scope: 'launch user/*.rs', launch });
      expect((await browser.question(await browser.open(url))).status).toBe(404);
    }
  });
});

describe('what an app holds', () => {
  test('is known to its client by introspection, and by nobody else', async () => {
    const { client, secret } = await stage.register({ authentication: 'client_secret_basic' });
    const basic = { authorization: `Basic ${btoa(`${client.clientId}:${secret}`)}` };
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(stage, client.clientId, challenge);
    const back = await stage.browser(stage.patient).letIn(url, { patient: stage.chart });
    const fields = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: verifier };
    const code = back.searchParams.get('code')!;
    expect((await stage.form('/oauth/token', { ...fields, code, client_id: client.clientId })).status).toBe(
      401,
    );
    const { json } = await stage.form('/oauth/token', { ...fields, code }, basic);
    const told = await stage.form('/oauth/introspect', { token: json.access_token }, basic);
    expect(told.json).toMatchObject({
      active: true,
      client_id: client.clientId,
      scope: json.scope,
      patient: stage.chart,
      fhirUser: `${stage.base}/Patient/${stage.chart}`,
      sub: stage.patient.accountId,
      iss: stage.origin,
    });
    const wrong = { authorization: `Basic ${btoa(`${client.clientId}:${secret}x`)}` };
    expect((await stage.form('/oauth/introspect', { token: json.access_token }, wrong)).status).toBe(401);
  });

  test('ends within a second of its disconnection: the token, the refresh token, and the grant', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient);
    expect(await reads(json.access_token)).toBe(200);
    const { json: listed } = await stage.served.ask(stage.patient.token, 'GET', '/apps');
    const app = (listed.apps as unknown as { id: string; clientId: string; read: object[] }[]).find(
      ({ clientId }) => clientId === client.clientId,
    )!;
    expect(app).toMatchObject({ name: 'Heart Diary', patient: stage.chart });
    expect(app.read).toMatchObject([{ type: 'Patient', times: 1, last: expect.any(String) }]);
    await stage.served.ask(stage.patient.token, 'DELETE', `/apps/${app.id}`);
    expect(await reads(json.access_token)).toBe(401);
    expect((await refresh(client.clientId, json.refresh_token)).json.error).toBe('invalid_grant');
  });

  test('is left less by its person: what it has ends at once, and what it gets again is less', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient);
    expect(await reads(json.access_token)).toBe(200);
    const own = async () => {
      const { json: listed } = await stage.served.ask(stage.patient.token, 'GET', '/apps');
      type Own = { id: string; clientId: string; may: { category: string }[]; sensitive: boolean };
      return (listed.apps as unknown as Own[]).find(({ clientId }) => clientId === client.clientId)!;
    };
    const { id, may, sensitive } = await own();
    expect(may).toHaveLength(10);
    const leave = async (choice: object) => {
      const sent = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(choice) };
      return (await stage.served.ask(stage.patient.token, 'PATCH', `/apps/${id}`, sent)).status;
    };
    expect(await leave({ categories: ['person', 'results'], writes: false, sensitive })).toBe(204);
    expect((await own()).may.map(({ category }) => category)).toEqual(['person', 'results']);
    expect(await reads(json.access_token)).toBe(401);
    const again = await refresh(client.clientId, json.refresh_token);
    expect(again.status).toBe(200);
    expect(again.json.scope.split(' ')).toContain('patient/Observation.rs');
    expect(again.json.scope).not.toMatch(/Coverage|\*/);
    expect(await reads(again.json.access_token)).toBe(200);

    expect(await leave({ categories: ['person', 'money'], writes: false, sensitive: false })).toBe(400);
    expect(await leave({ categories: ['person'], writes: true, sensitive: false })).toBe(400);
    expect(await leave({ categories: [], writes: false, sensitive: false })).toBe(400);
    expect(await leave({ categories: ['results'], writes: false, sensitive: false })).toBe(204);
    expect(await leave({ categories: ['results'], writes: false, sensitive: true })).toBe(400);
    expect(await reads(again.json.access_token)).toBe(401);
    const last = await refresh(client.clientId, again.json.refresh_token);
    expect(last.json.scope).not.toContain('patient/Patient');
    expect([403, 404]).toContain(await reads(last.json.access_token));
  });

  test('ends with the account, the grants and the client it hangs on', async () => {
    const chart = await stage.served.chart(stage.practice);
    const person = await stage.served.person(stage.practice, { role: 'patient', chartId: chart });
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, person, {}, { patient: chart });
    expect(await reads(json.access_token, chart)).toBe(200);
    const { gate, database, authorization } = stage.served;
    await gate.accounts.disableAccount(database.owner, person.accountId, 'test');
    expect(await reads(json.access_token, chart)).toBe(401);
    expect((await refresh(client.clientId, json.refresh_token)).json.error).toBe('invalid_grant');
    const { json: other } = await launchApp(stage, client, stage.patient);
    expect(await authorization.clients.end(database.owner, client.clientId, 'test')).toBe(true);
    expect(await reads(other.access_token)).toBe(401);
    expect((await refresh(client.clientId, other.refresh_token)).status).toBe(401);
  });

  test('leaves lines of consent, issue, refresh and end in the access log', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient);
    const { json: next } = await refresh(client.clientId, json.refresh_token);
    await stage.form('/oauth/revoke', { token: next.refresh_token, client_id: client.clientId });
    const { rows } = await stage.served.database.owner.query<{ action: string }>(
      `select l.action from postern.access_line l
       where l.client = $1 and l.practice_id = $2 and l.action not like '%-session'
       order by l.at`,
      [client.clientId, stage.practice],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'app-consent',
      'token-issue',
      'token-refresh',
      'app-end',
    ]);
  });
});
