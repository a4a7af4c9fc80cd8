/** Attacks on apps that developers ask for. What becomes of an approved one stands in test/apps. */
import { expect } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { newId } from '../../src/base/ids.ts';
import { registerClient } from './app-stage.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';

const post = (target: string, body: object) => ({
  method: 'POST',
  target,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const ASKED_APP = {
  name: 'Heart Diary',
  purpose: 'A diary of blood pressure.',
  contact: 'dev@app.example',
  redirectUris: ['https://app.example/callback'],
};

async function slugOf({ served }: Stage, practice: PracticeId): Promise<string> {
  const { rows } = await served.database.owner.query<{ slug: string }>(
    'select slug from postern.practice where practice_id = $1',
    [practice],
  );
  return rows[0]!.slug;
}

/** The practice takes requests from then on. */
async function open(stage: Stage): Promise<string> {
  const owner = await stage.served.person(stage.practice, { role: 'owner' });
  const standing = (await stage.served.ask(owner.token, 'GET', '/practice/settings')).json;
  const { headers, body } = post('', { ...standing, appRequests: true });
  const set = await stage.served.ask(owner.token, 'PUT', '/practice/settings', { headers, body });
  expect(set.status, set.text).toBe(200);
  return slugOf(stage, stage.practice);
}

/** A request that waits; the network is its own, so that no limit is met. */
async function waiting(stage: Stage): Promise<{ readonly id: string; readonly receipt: string }> {
  const slug = await open(stage);
  const { headers, body } = post('', { ...ASKED_APP, name: `App ${newId()}` });
  const address = `2001:db8:${newId().slice(0, 4)}:${newId().slice(0, 4)}::1`;
  const put = await stage.served.ask(null, 'POST', `/app-requests/${slug}`, { headers, body, address });
  expect(put.status, put.text).toBe(201);
  const owner = await stage.served.person(stage.practice, { role: 'owner' });
  const { requests } = (await stage.served.ask(owner.token, 'GET', '/practice/apps')).json;
  const { id } = (requests as unknown as { id: string }[]).at(-1)!;
  return { id, receipt: String(put.json.receipt) };
}

const owners = (stage: Stage) =>
  stage.actors.filter(
    ({ hasSession, practice, held }) =>
      hasSession && practice === stage.practice && held.some(({ role }) => role === 'owner'),
  );

export const APP_REQUEST_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /app-requests/:practice': async (stage) => {
    const nobody = stage.actor('nobody');
    const slug = await open(stage);
    const there = await stage.ask(nobody, { method: 'GET', target: `/app-requests/${slug}` });
    expect([there.status, there.json.practice]).toMatchObject([200, { slug }]);
    expect(there.text).not.toMatch(CANARIES);
    // One that takes none is as one that is not there.
    const closed = await slugOf(stage, await stage.served.makePractice());
    const absent = await stage.ask(nobody, { method: 'GET', target: `/app-requests/${newId()}` });
    const told = await stage.ask(nobody, { method: 'GET', target: `/app-requests/${closed}` });
    expect([told.status, said(told)]).toEqual([404, said(absent)]);
  },

  'POST /app-requests/:practice': async (stage) => {
    const nobody = stage.actor('nobody');
    const slug = await open(stage);
    const closed = await slugOf(stage, await stage.served.makePractice());
    const refused = await stage.ask(nobody, post(`/app-requests/${closed}`, ASKED_APP));
    expect(refused.status).toBe(404);
    for (const bad of [
      { redirectUris: ['javascript:alert(1)'] },
      { redirectUris: ['http://app.example/callback'] },
      { redirectUris: [] },
      { uri: 'http://app.example/' },
      { launchUri: 'data:text/html,x' },
      { jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
      { jwks: { keys: [{ kty: 'RSA', e: 'AQ' }] } },
      { jwks: { keys: [] } },
      { contact: 'nobody' },
      { name: ' ' },
    ]) {
      const told = await stage.ask(nobody, post(`/app-requests/${slug}`, { ...ASKED_APP, ...bad }));
      expect([bad, told.status]).toEqual([bad, 400]);
    }
  },

  'POST /app-receipts': async (stage) => {
    const { receipt } = await waiting(stage);
    const nobody = stage.actor('nobody');
    const told = await stage.ask(nobody, post('/app-receipts', { receipt }));
    expect([told.status, told.json]).toEqual([200, { state: 'waiting', clientId: null }]);
    for (const guess of ['', 'x', `${receipt.slice(0, -1)}!`, 'A'.repeat(300), 1, null]) {
      const refused = await stage.ask(nobody, post('/app-receipts', { receipt: guess }));
      expect([guess, refused.status]).toEqual([guess, 404]);
    }
  },

  'GET /practice/apps': async (stage) => {
    const { id } = await waiting(stage);
    const rightful = owners(stage);
    expect(rightful.length).toBeGreaterThan(0);
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, { method: 'GET', target: '/practice/apps' });
      const foreign = actor.hasSession && actor.practice !== stage.practice;
      expect([actor.name, told.text.includes(id)]).toEqual([actor.name, rightful.includes(actor)]);
      const status = rightful.includes(actor) ? 200 : actor.hasSession ? 404 : 401;
      if (!foreign) expect([actor.name, told.status]).toEqual([actor.name, status]);
    }
  },

  'POST /practice/apps/requests/:id': async (stage) => {
    const rightful = owners(stage);
    for (const actor of stage.actors) {
      const { id } = await waiting(stage);
      const target = `/practice/apps/requests/${id}`;
      const told = await stage.ask(actor, post(target, { approve: false }));
      const status = rightful.includes(actor) ? 200 : actor.hasSession ? 404 : 401;
      expect([actor.name, told.status]).toEqual([actor.name, status]);
      // What was decided is decided; the next one is asked anew.
      const last = await stage.ask(rightful[0]!, post(target, { approve: false }));
      expect([actor.name, last.status]).toEqual([actor.name, status === 200 ? 404 : 200]);
    }
  },

  'PUT /practice/apps/:id/closed': async (stage) => {
    const rightful = owners(stage);
    const { client } = await registerClient(stage.served);
    const target = `/practice/apps/${client.clientId}/closed`;
    const put = (closed: unknown) => ({ ...post(target, { closed }), method: 'PUT' });
    for (const actor of stage.actors) {
      const told = await stage.ask(actor, put(true));
      const status = rightful.includes(actor) ? 204 : actor.hasSession ? 404 : 401;
      const foreign = actor.hasSession && actor.practice !== stage.practice;
      // An owner elsewhere closes it to their own practice.
      if (!foreign) expect([actor.name, told.status]).toEqual([actor.name, status]);
      const { rows } = await stage.served.database.owner.query(
        'delete from postern.app_closed where client_id = $1 and practice_id = $2 returning 1',
        [client.clientId, stage.practice],
      );
      expect([actor.name, rows.length]).toEqual([actor.name, status === 204 && !foreign ? 1 : 0]);
    }
    const [owner] = rightful;
    for (const guess of [newId(), 'x', `${client.clientId}'`]) {
      const asked = { ...post(`/practice/apps/${guess}/closed`, { closed: true }), method: 'PUT' };
      expect([guess, (await stage.ask(owner!, asked)).status]).toEqual([guess, 404]);
    }
    for (const closed of [null, 'true', 1]) {
      expect([closed, (await stage.ask(owner!, put(closed))).status]).toEqual([closed, 400]);
    }
  },

  'DELETE /practice/apps/:id': async (stage) => {
    const rightful = owners(stage);
    for (const actor of stage.actors) {
      const { id } = await waiting(stage);
      const approved = await stage.ask(
        rightful[0]!,
        post(`/practice/apps/requests/${id}`, { approve: true }),
      );
      expect(approved.status, approved.text).toBe(200);
      const target = `/practice/apps/${String(approved.json.clientId)}`;
      const told = await stage.ask(actor, { method: 'DELETE', target });
      const status = rightful.includes(actor) ? 204 : actor.hasSession ? 404 : 401;
      expect([actor.name, told.status]).toEqual([actor.name, status]);
    }
  },
};
