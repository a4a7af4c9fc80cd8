/** Colleagues who were invited and join the account that their practice keeps elsewhere first of all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { join, type SignOnStage, setProvider, setSignOnStage } from '../support/sign-on-stage.ts';

let stage: SignOnStage;
beforeAll(async () => {
  stage = await setSignOnStage();
  await setProvider(stage, stage.home);
});
afterAll(() => stage.close());

/** A code that asks a nurse in, or the patient of a chart. */
async function invited(role: 'nurse' | 'patient'): Promise<string> {
  const { served, home } = stage;
  const chartId = role === 'patient' ? await served.chart(home.practice) : null;
  let code = '';
  await served.gate.asJob(home.practice, 'system-setup', 'test', async (job) => {
    const given = [{ sections: null, endsAt: null }];
    const terms = { role, chartId, given, way: 'mail', birthDate: null, language: null } as const;
    const person = { name: 'Kim', email: `${newId()}@mail.example` };
    await served.gate.invitations.make(job, { ...terms, ...person }, async (_, made) => {
      code = made.code;
    });
  });
  return code;
}

async function arrives(code: string): Promise<BrowserVisitor> {
  const browser = new BrowserVisitor(stage.served);
  expect((await browser.ask('POST', '/invited/proof', { code, cookie: true })).status).toBe(201);
  expect((await browser.ask('GET', '/session')).json).toMatchObject({ assured: false, apps: [] });
  return browser;
}

test('staff are offered the provider before they have shown who they are, and patients never', async () => {
  const nurse = await arrives(await invited('nurse'));
  const offered = await nurse.ask('GET', '/account/single-sign-on');
  expect(offered.json.providers).toMatchObject([{ id: 'main' }]);
  const patient = await arrives(await invited('patient'));
  const none = await patient.ask('GET', '/account/single-sign-on');
  expect([none.status, none.json.providers]).toEqual([200, []]);
});

test('joining uses the invitation up: its code opens no second way into the account', async () => {
  const code = await invited('nurse');
  const nurse = await arrives(code);
  // Until then it goes on with the same code, as after a start that was left.
  await arrives(code);
  const again = await arrives(code);
  expect((await join(stage.home, again, newId())).status).toBe(303);
  expect((await again.ask('GET', '/session')).json).toMatchObject({ assured: true, roles: ['nurse'] });
  const late = new BrowserVisitor(stage.served);
  expect((await late.ask('POST', '/invited', { code })).status).toBe(400);
  expect((await late.ask('POST', '/invited/proof', { code, cookie: true })).status).toBe(400);
  expect((await nurse.ask('GET', '/session')).status).toBe(401);
  const owner = await stage.served.person(stage.home.practice, { role: 'owner' });
  const { json } = await stage.served.ask(owner.token, 'GET', '/invitations');
  const states = (json.invitations as unknown as { state: string }[]).map(({ state }) => state);
  expect(states).toContain('used');
});
