/**
 * Ways around the doors that somebody tried who has a session, a code or an address, and nothing more. The
 * usual ones, with counts, stand in test/doors; each here is one that worked once, or might have.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import { withPasskey, withPassphrase } from '../support/account-attacks.ts';
import { authorizeUrl, pkce, registerClient } from '../support/app-stage.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const clock = new ManualClock(new Date());
let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices({ clock });
  practice = await served.makePractice();
});
afterAll(() => served.close());

describe('going to another practice', () => {
  const slugOf = async (browser: BrowserVisitor) =>
    String((await browser.ask('GET', '/session')).json.practice!.slug);
  const go = (browser: BrowserVisitor, practiceSlug: string) =>
    browser.ask('POST', '/account/practice', { practice: practiceSlug, cookie: true });

  test('is no touch: what takes one takes it in the new session as well', async () => {
    const { browser } = await withPasskey({ served, practice });
    expect((await browser.signInByPasskey()).status).toBe(201);
    expect((await browser.ask('POST', '/account/recovery-codes', {})).status).toBe(200);
    clock.advance(301);
    expect((await browser.ask('POST', '/account/recovery-codes', {})).status).toBe(403);
    expect((await go(browser, await slugOf(browser))).status).toBe(201);
    expect((await browser.ask('POST', '/account/recovery-codes', {})).status).toBe(403);
    expect((await browser.touch()).status).toBe(200);
    expect((await browser.ask('POST', '/account/recovery-codes', {})).status).toBe(200);
  });

  test('makes no session last longer than the twelve hours after somebody showed who they are', async () => {
    const { browser } = await withPasskey({ served, practice });
    expect((await browser.signInByPasskey()).status).toBe(201);
    const slug = await slugOf(browser);
    let lasts = 12 * 3600;
    for (let round = 0; round < 3; round += 1) {
      // Nobody is away for long enough to be locked out.
      for (let tenth = 0; tenth < 24; tenth += 1) {
        clock.advance(540);
        await browser.ask('GET', '/session');
      }
      const gone = await go(browser, slug);
      expect(gone.status).toBe(201);
      lasts -= 24 * 540;
      expect(Math.abs(Number(gone.json.expiresIn) - lasts)).toBeLessThan(60);
    }
  });
});

describe('a session that a link opened, and that proves nothing', () => {
  const LINK = { methods: ['link'], device: null, narrowing: null } as const;

  test('lets no app in, and takes, keeps and sees nothing until there is a passkey', async () => {
    const chart = await served.chart(practice);
    const { accountId } = await served.person(practice, { role: 'doctor' });
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const browser = new BrowserVisitor(served);
    const followed = await browser.followLink(await served.gate.accounts.signinCode(accountId, 60, LINK));
    expect(followed.status).toBe(201);
    const { client } = await registerClient(served, {});
    const begin = async () => {
      const asked = { scope: 'user/*.cruds offline_access' };
      const part = { origin: served.publicUrl, base: `${served.publicUrl}/fhir` };
      const url = new URL(authorizeUrl(part, client.clientId, pkce().challenge, asked));
      const begun = await browser.ask('GET', `${url.pathname}${url.search}`);
      expect(begun.headers.location).toMatch(/^\/oauth\/interaction\//);
      return begun.headers.location!;
    };
    const answer = { allow: true, categories: ['person'], writes: true, days: 1 };
    const offered = await served.ask(patient.token, 'POST', '/family', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chart, sections: ['clinical'] }),
    });
    const { code } = offered.json;
    const tries: [method: string, path: string, body?: object][] = [
      ['POST', `${await begin()}/answer`, answer],
      ['GET', `${await begin()}/question`],
      ['POST', '/family/accept', { code }],
      ['GET', '/family'],
      ['GET', '/apps'],
      ['GET', '/practice/settings'],
      ['GET', '/fhir/Patient'],
      ['POST', '/launches', { client: client.clientId, patient: chart }],
      ['GET', '/invitations'],
      ['GET', '/staff'],
    ];
    for (const [method, path, body] of tries) {
      const { status, text } = await browser.ask(method, path, body);
      expect([path, status, text]).toEqual([path, 403, expect.stringContaining('Sign in with a passkey')]);
    }
    expect((await browser.makePasskey()).status).toBe(201);
    expect((await browser.ask('GET', '/family')).status).toBe(403);
    expect((await browser.signInByPasskey()).status).toBe(201);
    expect((await browser.ask('POST', '/family/accept', { code })).status).toBe(201);
    expect((await browser.ask('POST', `${await begin()}/answer`, answer)).status).toBe(200);
  });
});

describe('somebody who works here', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  const post = (token: string, target: string, body: object) =>
    served.ask(token, 'POST', target, { headers: JSON_TYPE, body: JSON.stringify(body) });

  test('does not invite themselves, nor a colleague, into what is closed to them', async () => {
    const birthDate = '1951-03-04';
    const chart = await served.chart(practice, { birthDate, name: [{ family: 'Rivers' }] });
    const desk = await served.person(practice, { role: 'front-desk' });
    const nurse = await served.person(practice, { role: 'billing' });
    const owner = await served.person(practice, { role: 'owner' });
    const codeBy = async ({ token }: { readonly token: string }, as: object) => {
      const invited = await post(token, '/invitations', { way: 'letter', chart, name: 'Anybody', ...as });
      const letter = await served.ask(token, 'GET', String(invited.json.letter));
      return /class="code">([\w-]+)</.exec(letter.text)![1]!;
    };
    const carer = { as: 'proxy', role: 'carer', reason: 'Power of attorney' };
    for (const as of [{ as: 'patient' }, { as: 'proxy' }, carer]) {
      const until = new Date(clock.now().getTime() + 86_400_000).toISOString();
      const code = await codeBy(desk, { ...as, until });
      for (const { token } of [desk, nurse]) {
        const taken = await post(token, '/invited/acceptance', { code, birthDate });
        expect([taken.status, taken.text]).toEqual([422, expect.stringContaining('by an owner')]);
      }
    }
    expect(
      (await served.ask(desk.token, 'GET', `/fhir/Condition?patient=${chart}`)).json.entry,
    ).toBeUndefined();
    const code = await codeBy(owner, { as: 'patient' });
    expect((await post(nurse.token, '/invited/acceptance', { code, birthDate })).status).toBe(200);
  });

  test('breaks no glass in a browser that they left open', async () => {
    const chart = await served.chart(practice);
    const { token } = await served.person(practice, { role: 'doctor' });
    const parameter = [{ name: 'reason', valueString: 'Unconscious in the waiting room' }];
    const target = `/fhir/Patient/${chart}/$break-glass`;
    const breakGlass = () =>
      served.ask(token, 'POST', target, { body: { resourceType: 'Parameters', parameter } });
    expect((await served.ask(token, 'GET', `/fhir/Patient/${chart}`)).status).toBe(200);
    clock.advance(301);
    const refused = await breakGlass();
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('step-up')]);
    await served.gate.freshen((await served.gate.admit(token, null))!);
    expect((await breakGlass()).status).toBe(200);
  });
});

test('what a passkey that does not count has answered signs in once', async () => {
  const { browser } = await withPasskey({ served, practice }, { synced: true });
  const { options } = (await browser.ask('POST', '/signin/passkey/options', {})).json;
  const response = browser.authenticator.get(options as never);
  const shown = async () => (await browser.ask('POST', '/signin/passkey', { response, cookie: true })).status;
  expect([await shown(), await shown(), await shown()]).toEqual([201, 400, 400]);
});

describe('who knows an address and nothing else', () => {
  test('uses up no try of its owner by guessing at a recovery', async () => {
    const person = await withPassphrase({ served, practice }, { address: '198.51.100.7' });
    for (let at = 0; at < 50; at += 1) {
      const options = { address: `203.0.113.${at}`, headers: { 'content-type': 'application/json' } };
      const body = JSON.stringify({ email: person.email, code: '0000-0000-0000' });
      await served.ask(null, 'POST', '/recovery/finish', { ...options, body });
    }
    const elsewhere = new BrowserVisitor(served, { address: '198.51.100.8' });
    const passphrase = 'eleven herons stand in shallow water';
    const asked = await elsewhere.ask('POST', '/signin/passphrase', { email: person.email, passphrase });
    const { ticket } = asked.json;
    const [code] = person.recoveryCodes;
    expect((await elsewhere.ask('POST', '/signin/second', { ticket, code })).status).toBe(201);
  });
});
