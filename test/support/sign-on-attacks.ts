/** Attacks on single sign-on by those who have no provider; what has one is in `test/doors`. */
import { expect } from 'vitest';
import { withPasskey } from './account-attacks.ts';
import type { Actor } from './attack-actors.ts';
import type { Attack, Stage } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { BrowserVisitor } from './browser-visitor.ts';

const HEADERS = { 'content-type': 'application/json' };
const EVIL = { issuer: 'https://evil.example', clientId: 'x', clientSecret: 'sixteen letters or more' };

/** The owner gets that status; everybody else is told that there is nothing. */
function forOwners(method: string, status: number, body?: object): Attack {
  return async (stage) => {
    let owners = 0;
    for (const actor of stage.actors) {
      const asked = { method, target: '/practice/single-sign-on', headers: HEADERS };
      const answer = await stage.ask(
        actor,
        body === undefined ? asked : { ...asked, body: JSON.stringify(body) },
      );
      expect(answer.text).not.toMatch(CANARIES);
      owners += Number(isOwner(actor));
      const other = actor.hasSession ? 404 : 401;
      expect([actor.name, answer.status]).toEqual([actor.name, isOwner(actor) ? status : other]);
    }
    expect(owners).toBeGreaterThan(0);
  };
}

function isOwner({ name, hasSession }: Actor): boolean {
  return hasSession && name === 'owner';
}

async function atDoor(stage: Stage, targets: readonly string[], status: number): Promise<void> {
  for (const target of targets) {
    const browser = new BrowserVisitor(stage.served);
    const answer = await browser.ask('GET', target);
    expect([target, answer.status, browser.token]).toEqual([target, status, null]);
    expect(answer.text).not.toMatch(CANARIES);
  }
}

export const SIGN_ON_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /signin/single-sign-on': (stage) =>
    atDoor(
      stage,
      ['/signin/single-sign-on', '/signin/single-sign-on?practice=nowhere&to=//evil.example'],
      404,
    ),

  'GET /signin/single-sign-on/return/:slug/:provider': (stage) =>
    atDoor(
      stage,
      [
        '/signin/single-sign-on/return/nowhere/main?code=x&state=y',
        '/signin/single-sign-on/return/nowhere/main?error=access_denied',
        '/signin/single-sign-on/return/x/y',
      ],
      400,
    ),

  // What a provider signs ends sessions, and is tried in `test/doors`; nobody else's word ends any.
  'POST /signin/single-sign-on/logout/:slug/:provider': async (stage) => {
    const { browser } = await withPasskey(stage);
    for (const token of ['x', 'eyJhbGciOiJub25lIn0.e30.', '']) {
      const answer = await stage.served.ask(null, 'POST', '/signin/single-sign-on/logout/nowhere/main', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      });
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request']);
    }
    expect((await browser.ask('GET', '/session')).status).toBe(200);
  },

  'GET /account/single-sign-on': async (stage) => {
    const { browser } = await withPasskey(stage);
    const answer = await browser.ask('GET', '/account/single-sign-on');
    expect([answer.status, answer.json]).toEqual([200, { providers: [], joined: 0 }]);
  },

  'POST /account/single-sign-on': async (stage) => {
    const { browser } = await withPasskey(stage);
    expect((await browser.ask('POST', '/account/single-sign-on', {})).status).toBe(404);
    expect((await browser.ask('POST', '/account/single-sign-on', { provider: '../x' })).status).toBe(404);
  },

  'DELETE /account/single-sign-on': async (stage) => {
    const { browser } = await withPasskey(stage);
    expect((await browser.ask('DELETE', '/account/single-sign-on')).status).toBe(404);
  },

  'GET /practice/single-sign-on': forOwners('GET', 200),
  // It is looked at, and has no fit secret.
  'PUT /practice/single-sign-on': forOwners('PUT', 400, { ...EVIL, clientSecret: 'x' }),
  // There is none to end, for the owner either.
  'DELETE /practice/single-sign-on': async (stage) => {
    const answers = await Promise.all(
      stage.actors.map((actor) => stage.ask(actor, { method: 'DELETE', target: '/practice/single-sign-on' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 404]));
  },
};
