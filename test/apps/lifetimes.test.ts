/** How long an app keeps what it was given, and the ways to be given anything, which are few. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { type AppStage, authorizeUrl, CALLBACK, launchApp, pkce, setAppStage } from '../support/app-stage.ts';

const clock = new ManualClock(new Date());
let stage: AppStage;
beforeAll(async () => {
  stage = await setAppStage({ clock });
});
afterAll(() => stage.close());

test('a code lasts a minute', async () => {
  const { client } = await stage.register();
  const { verifier, challenge } = pkce();
  const url = authorizeUrl(stage, client.clientId, challenge);
  const back = await stage.browser(stage.patient).letIn(url, { patient: stage.chart });
  const { rows } = await stage.served.database.owner.query<{ seconds: number }>(
    `select extract(epoch from expires_at - clock_timestamp())::float8 as seconds
     from postern.app_artifact where kind = 'AuthorizationCode'`,
  );
  expect(rows).toEqual([{ seconds: expect.closeTo(55, -1) }]);
  expect(rows[0]!.seconds).toBeLessThanOrEqual(60);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  onTestFinished(() => void vi.useRealTimers());
  const late = await stage.form('/oauth/token', {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code')!,
    redirect_uri: CALLBACK,
    client_id: client.clientId,
    code_verifier: verifier,
  });
  expect([late.status, late.json.error]).toEqual([400, 'invalid_grant']);
});

test('a refresh token ends with what was agreed, however often it was used', async () => {
  const { client } = await stage.register();
  const launched = await launchApp(stage, client, stage.patient, {}, { days: 1 });
  const fields = { grant_type: 'refresh_token', client_id: client.clientId };
  let refresh_token = launched.json.refresh_token;
  for (let round = 0; round < 3; round += 1) {
    clock.advance(7 * 3600);
    const refreshed = await stage.form('/oauth/token', { ...fields, refresh_token });
    expect(refreshed.status).toBe(200);
    refresh_token = refreshed.json.refresh_token;
  }
  clock.advance(4 * 3600);
  const over = await stage.form('/oauth/token', { ...fields, refresh_token });
  expect([over.status, over.json.error]).toEqual([400, 'invalid_grant']);
});

test('a client that is registered for some scopes is given no others', async () => {
  const { client } = await stage.register({ scopes: ['launch/patient', 'patient/Observation.rs'] });
  const scope = 'launch/patient patient/Observation.rs patient/*.rs user/*.cruds openid offline_access';
  const { status, json } = await launchApp(stage, client, stage.patient, { scope });
  expect([status, json.scope.split(' ').sort()]).toEqual([200, ['launch/patient', 'patient/Observation.rs']]);
  expect([json.refresh_token, json.id_token]).toEqual([undefined, undefined]);
  const ask = (target: string) => stage.served.ask(json.access_token, 'GET', target);
  expect((await ask(`/fhir/Observation?patient=${stage.chart}`)).status).toBe(200);
  expect((await ask(`/fhir/Patient/${stage.chart}`)).status).toBe(404);
});

test('neither a password nor an address of a page gives a token', async () => {
  const { client } = await stage.register();
  const asked = { client_id: client.clientId, username: 'a@b.example', password: 'x', scope: 'patient/*.rs' };
  for (const grant_type of [
    'password',
    'implicit',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:x',
  ]) {
    const { status, json } = await stage.form('/oauth/token', { ...asked, grant_type });
    expect([grant_type, status, json.access_token]).toEqual([grant_type, 400, undefined]);
  }
  for (const response_type of [
    'token',
    'id_token',
    'id_token token',
    'code token',
    'code id_token',
    'none',
  ]) {
    const url = authorizeUrl(stage, client.clientId, pkce().challenge, { response_type });
    const back = await stage.browser(stage.patient).open(url);
    expect([response_type, back.href]).toEqual([response_type, expect.stringContaining('error')]);
    expect(back.href).not.toMatch(/access_token|id_token=/);
  }
});
