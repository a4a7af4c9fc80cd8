/** An app that a developer asks a practice for: nothing until it is approved, and nothing elsewhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/apps/index.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import { type AppStage, authorizeUrl, CALLBACK, launchApp, pkce, setAppStage } from '../support/app-stage.ts';
import { mailedLinks } from '../support/mailed-links.ts';
import type { Person } from '../support/served-practices.ts';

let stage: AppStage;
let owner: Person;
let slug: string;

beforeAll(async () => {
  stage = await setAppStage();
  owner = await stage.served.person(stage.practice, { role: 'owner' });
  slug = await slugOf(stage.practice);
});
afterAll(() => stage.close());

const json = (body: object) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function slugOf(practice: PracticeId): Promise<string> {
  const { rows } = await stage.served.database.owner.query<{ slug: string }>(
    'select slug from postern.practice where practice_id = $1',
    [practice],
  );
  return rows[0]!.slug;
}

async function setRequests(appRequests: boolean): Promise<void> {
  const { served } = stage;
  const standing = (await served.ask(owner.token, 'GET', '/practice/settings')).json;
  const set = await served.ask(owner.token, 'PUT', '/practice/settings', json({ ...standing, appRequests }));
  expect(set.status, set.text).toBe(200);
}

const asked = {
  name: 'Heart Diary',
  purpose: 'A diary.',
  contact: 'dev@app.example',
  redirectUris: [CALLBACK],
};

const ask = (address: string, body: object = asked) =>
  stage.served.ask(null, 'POST', `/app-requests/${slug}`, { ...json(body), address });

const listed = async () => (await stage.served.ask(owner.token, 'GET', '/practice/apps')).json;

async function decide(approve: boolean) {
  const [first] = (await listed()).requests as unknown as { id: string }[];
  const target = `/practice/apps/requests/${first!.id}`;
  return stage.served.ask(owner.token, 'POST', target, json({ approve }));
}

const receiptState = async (receipt: unknown) =>
  (await stage.served.ask(null, 'POST', '/app-receipts', json({ receipt: String(receipt) }))).json;

const actions = async () => {
  const { rows } = await stage.served.database.owner.query<{ action: string }>(
    `select action from postern.access_line
     where practice_id = $1 and action ~ '^(app-re|client-)' order by at`,
    [stage.practice],
  );
  return rows.map(({ action }) => action);
};

test('nobody can ask before the owner has said so, and it is off to begin with', async () => {
  expect((await ask('192.0.2.1')).status).toBe(404);
  await setRequests(true);
  expect((await ask('192.0.2.1')).status).toBe(201);
  await setRequests(false);
  expect((await ask('192.0.2.1')).status).toBe(404);
  await setRequests(true);
  expect((await decide(false)).status).toBe(200);
});

test('it is nothing until it is approved, is let in by that practice alone, and ends at once', async () => {
  const { receipt } = (await ask('192.0.2.2')).json;
  expect(await receiptState(receipt)).toEqual({ state: 'waiting', clientId: null });
  const approved = await decide(true);
  const clientId = String(approved.json.clientId);
  expect(await receiptState(receipt)).toEqual({ state: 'approved', clientId });
  const client = { clientId } as Client;

  const tokens = (await launchApp(stage, client, stage.patient)).json;
  const reads = async () =>
    (await stage.served.ask(tokens.access_token, 'GET', `/fhir/Patient/${stage.chart}`)).status;
  expect(await reads()).toBe(200);

  const elsewhere = await stage.served.makePractice();
  const chartId = await stage.served.chart(elsewhere);
  const stranger = await stage.served.person(elsewhere, { role: 'patient', chartId });
  const browser = stage.browser(stranger);
  const page = await browser.open(authorizeUrl(stage, clientId, pkce().challenge));
  expect((await browser.question(page)).status).toBe(404);
  expect((await browser.answer(page, { patient: chartId })).status).toBe(404);
  // The other lock, where the process would have let it in.
  const put = stage.served.database.owner.query(
    `insert into postern.app_consent (
       practice_id, consent_id, account_id, client_id, key_version, sealed, ends_at)
     values ($1, gen_random_uuid(), gen_random_uuid(), $2, 1, '', now())`,
    [elsewhere, clientId],
  );
  await expect(put).rejects.toMatchObject({ code: 'PT001' });
  const other = await stage.served.person(elsewhere, { role: 'owner' });
  expect((await stage.served.ask(other.token, 'DELETE', `/practice/apps/${clientId}`)).status).toBe(404);

  expect((await stage.served.ask(owner.token, 'DELETE', `/practice/apps/${clientId}`)).status).toBe(204);
  expect(await reads()).toBe(401);
  expect((await listed()).apps).toEqual([]);
});

test('what is refused stays refused, and its developer is told', async () => {
  const { receipt } = (await ask('192.0.2.3')).json;
  expect((await decide(false)).json).toEqual({ clientId: null });
  expect(await receiptState(receipt)).toEqual({ state: 'refused', clientId: null });
  expect((await listed()).requests).toEqual([]);
});

test('the developer is mailed what was decided, and no stranger’s words where it is refused', async () => {
  const mails = await mailedLinks(stage.served);
  const name = 'See https://spam.example now';
  await ask('192.0.2.5', { ...asked, name, contact: 'anna@dev.example', language: 'de' });
  await ask('192.0.2.6', { ...asked, contact: 'ben@dev.example', language: 'tlh' });
  await mails.round();
  expect(mails.to('anna@dev.example')).toEqual([]);
  await decide(false);
  const { clientId } = (await decide(true)).json;
  await mails.round();
  const [refused, ...more] = mails.to('anna@dev.example');
  expect(more).toEqual([]);
  expect(refused).toContain('abgelehnt');
  expect(refused).not.toContain('spam');
  expect(mails.to('ben@dev.example')).toEqual([expect.stringContaining(String(clientId))]);
  expect(mails.to('ben@dev.example')[0]).toContain('Heart Diary is registered there');
  await stage.served.ask(owner.token, 'DELETE', `/practice/apps/${clientId}`);
  await mails.close();
});

test('deciding takes a touch', async () => {
  await ask('192.0.2.4');
  const [first] = (await listed()).requests as unknown as { id: string }[];
  const stale = await stage.served.person(stage.practice, { role: 'owner' });
  await stage.served.database.owner.query(
    "update postern.session set created_at = created_at - interval '10 minutes' where account_id = $1",
    [stale.accountId],
  );
  await stage.served.gate.renew((await stage.served.gate.admit(stale.token, null))!.scope);
  const target = `/practice/apps/requests/${first!.id}`;
  const told = await stage.served.ask(stale.token, 'POST', target, json({ approve: true }));
  expect([told.status, told.text]).toEqual([403, expect.stringContaining('step-up')]);
  expect((await decide(false)).status).toBe(200);
});

test('a network asks five times, and a practice looks at twenty at once', async () => {
  const statuses = [];
  for (let time = 0; time < 6; time += 1) statuses.push((await ask('198.51.100.7')).status);
  expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
  for (let time = 5; time < 20; time += 1) expect((await ask(`203.0.113.${time}`)).status).toBe(201);
  expect((await ask('203.0.113.99')).status).toBe(429);
  expect((await listed()).requests).toHaveLength(20);
});

test('each of it is a line', async () => {
  const lines = await actions();
  expect(lines.slice(0, 5)).toEqual(['app-request', 'app-refuse', 'app-request', 'client-add', 'client-end']);
});
