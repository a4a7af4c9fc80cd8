/** Apps that the operator registered, as an owner sees and closes them: how many use them, and never who. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/apps/index.ts';
import { askInSession } from '../../src/db/index.ts';
import { type AppStage, authorizeUrl, launchApp, pkce, setAppStage } from '../support/app-stage.ts';
import type { Person } from '../support/served-practices.ts';

let stage: AppStage;
let owner: Person;

beforeAll(async () => {
  stage = await setAppStage();
  owner = await stage.served.person(stage.practice, { role: 'owner' });
});
afterAll(() => stage.close());

interface Shared {
  readonly id: string;
  readonly closedAt: string | null;
  readonly staff: number;
  readonly others: number | null;
  readonly may: readonly { category: string; reads: boolean; writes: boolean }[];
  readonly sensitive: boolean;
}

const listed = async (who: Person = owner) => stage.served.ask(who.token, 'GET', '/practice/apps');

async function seen({ clientId }: Client): Promise<Shared | undefined> {
  const { shared } = (await listed()).json as unknown as { shared: Shared[] };
  return shared.find(({ id }) => id === clientId);
}

const close = (who: Person, { clientId }: Client, closed: boolean) =>
  stage.served.ask(who.token, 'PUT', `/practice/apps/${clientId}/closed`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ closed }),
  });

const reads = async (token: string) =>
  (await stage.served.ask(token, 'GET', `/fhir/Patient/${stage.chart}`)).status;

async function patients(client: Client, count: number) {
  for (let made = 0; made < count; made += 1) {
    const chartId = await stage.served.chart(stage.practice);
    const person = await stage.served.person(stage.practice, { role: 'patient', chartId });
    await launchApp(stage, client, person, {}, { patient: chartId, categories: ['results'], writes: false });
  }
}

test('an app that nobody let in is not listed; staff are counted, and few patients are not', async () => {
  const { client } = await stage.register();
  expect(await seen(client)).toBeUndefined();
  await launchApp(stage, client, stage.doctor, { scope: 'user/Observation.cruds offline_access' });
  await patients(client, 4);
  expect(await seen(client)).toMatchObject({ staff: 1, others: null, closedAt: null, sensitive: false });
  await patients(client, 1);
  expect(await seen(client)).toMatchObject({
    staff: 1,
    others: 5,
    may: [{ category: 'results', reads: true, writes: true }],
  });
});

test('the owner is told of nobody and no chart, and the database gives their session none', async () => {
  const { client } = await stage.register();
  await launchApp(stage, client, stage.patient);
  const { text } = await listed();
  expect(text).toContain(client.clientId);
  for (const secret of [stage.patient.accountId, stage.chart]) expect(text).not.toContain(secret);
  const inRows = async (who: Person) => {
    const { scope } = (await stage.served.gate.admit(who.token, null))!;
    const asked = 'select t::text as row from postern.app_clients_let_in() t';
    const { rows } = await askInSession(stage.served.database.server, scope.handle, asked);
    return JSON.stringify(rows);
  };
  const told = await inRows(owner);
  expect(told).toContain(client.clientId);
  for (const secret of [stage.patient.accountId, stage.chart]) expect(told).not.toContain(secret);
  for (const who of [stage.doctor, stage.patient]) expect(await inRows(who)).toBe('[]');
});

test('somebody of staff who lets an app see their own record is counted with the patients', async () => {
  const { client } = await stage.register();
  const chartId = await stage.served.chart(stage.practice);
  const nurse = await stage.served.person(stage.practice, { role: 'doctor' }, { role: 'patient', chartId });
  await launchApp(stage, client, nurse, {}, { patient: chartId });
  expect(await seen(client)).toMatchObject({ staff: 0, others: null });
});

test('one that is closed ends here at once, is let in by nobody, and goes on elsewhere', async () => {
  const { client } = await stage.register({ launchUri: 'http://127.0.0.1:9/launch' });
  const here = (await launchApp(stage, client, stage.patient)).json;
  const { served } = stage;
  const elsewhere = await served.makePractice();
  const chartId = await served.chart(elsewhere);
  const other = await served.person(elsewhere, { role: 'patient', chartId });
  const there = (await launchApp(stage, client, other, {}, { patient: chartId })).json;
  const fields = { grant_type: 'refresh_token', client_id: client.clientId };
  const refreshed = async ({ refresh_token }: { refresh_token: string }) =>
    (await stage.form('/oauth/token', { ...fields, refresh_token })).json;
  const launches = async () => (await served.ask(stage.patient.token, 'GET', '/launches')).text;
  expect(await reads(here.access_token)).toBe(200);
  expect(await launches()).toContain(client.clientId);

  expect((await close(owner, client, true)).status).toBe(204);
  expect(await reads(here.access_token)).toBe(401);
  expect((await refreshed(here)).error).toBe('invalid_grant');
  expect(await seen(client)).toMatchObject({ staff: 0, others: 0, closedAt: expect.any(String) });
  const browser = stage.browser(stage.patient);
  const page = await browser.open(authorizeUrl(stage, client.clientId, pkce().challenge));
  expect((await browser.question(page)).status).toBe(404);
  expect((await browser.answer(page, { patient: stage.chart })).status).toBe(404);
  expect(await launches()).not.toContain(client.clientId);
  expect((await refreshed(there)).access_token).toBeDefined();
  expect((await close(owner, client, true)).status).toBe(404);
  // The other lock, where the process would have let it in.
  const put = served.database.owner.query(
    `insert into postern.app_consent (
       practice_id, consent_id, account_id, client_id, key_version, sealed, ends_at)
     values ($1, gen_random_uuid(), gen_random_uuid(), $2, 1, '', now())`,
    [stage.practice, client.clientId],
  );
  await expect(put).rejects.toMatchObject({ code: 'PT001' });

  expect((await close(owner, client, false)).status).toBe(204);
  expect(await reads(here.access_token)).toBe(401);
  const again = (await launchApp(stage, client, stage.patient)).json;
  expect(await reads(again.access_token)).toBe(200);
});

test('opening one again takes a touch, and each of it is a line', async () => {
  const { client } = await stage.register();
  await launchApp(stage, client, stage.patient);
  const { served } = stage;
  const stale = await served.person(stage.practice, { role: 'owner' });
  await served.database.owner.query(
    "update postern.session set created_at = created_at - interval '10 minutes' where account_id = $1",
    [stale.accountId],
  );
  await served.gate.renew((await served.gate.admit(stale.token, null))!.scope);
  expect((await close(stale, client, true)).status).toBe(204);
  expect((await close(stale, client, false)).status).toBe(403);
  expect((await close(owner, client, false)).status).toBe(204);
  const { rows } = await served.database.owner.query<{ action: string }>(
    `select action from postern.access_line
     where practice_id = $1
       and action ~ '^(client-|app-)'
       and (client = $2 or entries @> jsonb_build_array(jsonb_build_array(null, 'Client', $2::text, null)))`,
    [stage.practice, client.clientId],
  );
  expect(rows.map(({ action }) => action).sort()).toEqual([
    'app-consent',
    'app-end',
    'client-close',
    'client-open',
  ]);
});

test('an app that is let in while it is being closed does not outlast that', async () => {
  const { client } = await stage.register();
  const { owner: database } = stage.served.database;
  const letting = await database.connect();
  await letting.query('begin');
  const { rows } = await letting.query<{ consent_id: string }>(
    `insert into postern.app_consent (
       practice_id, consent_id, account_id, client_id, key_version, sealed, ends_at)
     values ($1, gen_random_uuid(), $3, $2, 1, '', now() + interval '1 hour') returning consent_id`,
    [stage.practice, client.clientId, stage.patient.accountId],
  );
  const closing = close(owner, client, true);
  const early = await Promise.race([closing.then(() => 'closed'), later(300)]);
  await letting.query('commit');
  letting.release();
  expect([early, (await closing).status]).toEqual(['waits', 204]);
  const ended = 'select from postern.app_consent where consent_id = $1 and ended_at is not null';
  expect((await database.query(ended, [rows[0]!.consent_id])).rows).toHaveLength(1);
});

const later = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('waits'), ms));
