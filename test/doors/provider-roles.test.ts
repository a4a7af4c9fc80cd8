/**
 * Roles that an identity provider gives: they follow its word, and end with what joined its account to
 * one's own.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { joined, type SignOnStage, setProvider, setSignOnStage, signOn } from '../support/sign-on-stage.ts';

const ROLES = { roleClaim: 'groups', roles: { Nurses: ['nurse'], Desk: ['front-desk', 'billing'] } };

let stage: SignOnStage;
beforeAll(async () => {
  stage = await setSignOnStage();
  for (const at of [stage.home, stage.other]) expect((await setProvider(stage, at)).status).toBe(200);
});
afterAll(() => stage.close());

const rolesOf = async (browser: BrowserVisitor) => {
  const { rows } = await stage.served.database.owner.query<{ role: string }>(
    `select g.role from postern.access_grant g
     where g.account_id = $1 and g.ended_at is null order by g.role`,
    [(await browser.ask('GET', '/session')).json.account!.id],
  );
  return rows.map(({ role }) => role);
};

test('roles follow the provider where it says them, and those given here stay', async () => {
  expect((await setProvider(stage, stage.home, ROLES)).status).toBe(200);
  stage.home.provider.people.set('zoe', { groups: ['Desk', 'Nurses', 'Printers'] });
  await joined(stage, stage.home, 'zoe');
  const { browser } = await signOn(stage, stage.home, 'zoe');
  expect(await rolesOf(browser)).toEqual(['billing', 'front-desk', 'nurse']);
  stage.home.provider.people.set('zoe', { groups: [] });
  // `nurse` was given by hand before.
  expect(await rolesOf((await signOn(stage, stage.home, 'zoe')).browser)).toEqual(['nurse']);
  expect((await setProvider(stage, stage.home)).status).toBe(200);
});

test('roles that the provider gave end with a line when it is parted, which takes a touch', async () => {
  expect((await setProvider(stage, stage.home, ROLES)).status).toBe(200);
  stage.home.provider.people.set('wilma', { groups: ['Desk', 'Nurses'] });
  const { browser: own, accountId } = await joined(stage, stage.home, 'wilma');
  const { browser } = await signOn(stage, stage.home, 'wilma');
  expect(await rolesOf(browser)).toEqual(['billing', 'front-desk', 'nurse']);
  // The provider's word is no touch.
  const refused = await browser.ask('DELETE', '/account/single-sign-on');
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('step-up')]);
  expect(await rolesOf(browser)).toEqual(['billing', 'front-desk', 'nurse']);

  expect((await own.ask('DELETE', '/account/single-sign-on')).status).toBe(204);
  expect([await rolesOf(own), await rolesOf(browser)]).toEqual([['nurse'], ['nurse']]);
  expect((await own.ask('DELETE', '/account/single-sign-on')).status).toBe(404);
  expect((await signOn(stage, stage.home, 'wilma')).answer.status).toBe(403);
  const { rows } = await stage.served.database.owner.query(
    `select l.action, jsonb_array_length(l.entries) as said from postern.access_line l
     where l.practice_id = $1 and l.action in ('end-grant', 'factor-remove') and l.entries::text like $2`,
    [stage.home.practice, `%${accountId}%`],
  );
  expect(rows.map(({ action }) => action).sort()).toEqual(['end-grant', 'factor-remove']);
  expect((await setProvider(stage, stage.home)).status).toBe(200);
});

test('roles stay where a row that was moved by hand says that a provider gave them', async () => {
  expect((await setProvider(stage, stage.home, ROLES)).status).toBe(200);
  stage.home.provider.people.set('xena', { groups: ['Desk'] });
  const xena = await joined(stage, stage.home, 'xena');
  await signOn(stage, stage.home, 'xena');
  const { browser, accountId } = await joined(stage, stage.home, 'yuri');
  await stage.served.database.owner.query(
    'update postern.staff_identity set account_id = $1 where account_id = $2',
    [accountId, xena.accountId],
  );
  expect((await browser.ask('DELETE', '/account/single-sign-on')).status).toBe(204);
  expect(await rolesOf(browser)).toEqual(['nurse']);
  expect(await rolesOf(xena.browser)).toEqual(['billing', 'front-desk', 'nurse']);
  expect((await setProvider(stage, stage.home)).status).toBe(200);
});

test('roles that rule or watch the practice are never mapped', async () => {
  for (const role of ['owner', 'privacy-officer', 'partner', 'patient', 'break-glass', 'nonsense']) {
    const set = await setProvider(stage, stage.home, { roleClaim: 'groups', roles: { All: [role] } });
    expect([role, set.status]).toEqual([role, 400]);
  }
});
