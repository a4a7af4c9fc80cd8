/**
 * Attacks on the door and on one's own account: each lets the rightful in first, then somebody else with
 * everything that somebody else has. Deeper ones are in `test/doors`.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { AccountId } from '../../src/base/ids.ts';
import { codeOfStep, stepAt } from '../../src/seal/index.ts';
import type { Attack, Stage } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { BrowserVisitor } from './browser-visitor.ts';
import type { Answered } from './served-practices.ts';

export const PASSPHRASE = 'eleven herons stand in shallow water';

/** Somebody with a passkey, signed in. */
export async function withPasskey(
  stage: Pick<Stage, 'served' | 'practice'>,
  options: { readonly address?: string; readonly synced?: boolean } = {},
) {
  const { served, practice } = stage;
  const { accountId } = await served.person(practice, { role: 'nurse' });
  const browser = new BrowserVisitor(served, options);
  const followed = await browser.followLink(await served.gate.accounts.signinCode(accountId, 60));
  expect(followed.status, followed.text).toBe(201);
  const made = await browser.makePasskey();
  expect(made.status, made.text).toBe(201);
  return { accountId, browser, passkey: String(made.json.id) };
}

/** The same with a passphrase and an app besides; its secret as the page shows it. */
export async function withPassphrase(
  stage: Pick<Stage, 'served' | 'practice'>,
  options: { readonly address?: string; readonly synced?: boolean } = {},
) {
  const person = await withPasskey(stage, options);
  const { browser } = person;
  expect((await browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE })).status).toBe(204);
  const offered = await browser.ask('POST', '/account/totp', {});
  const secret = String(offered.json.secret);
  const code = appCode(secret, 0, stage.served.clock.now().getTime());
  const confirmed = await browser.ask('POST', '/account/totp/confirm', { ticket: offered.json.ticket, code });
  expect(confirmed.status, confirmed.text).toBe(200);
  const account = await stage.served.gate.accounts.describeAccount(person.accountId);
  const recoveryCodes = confirmed.json.recoveryCodes as unknown as string[];
  return { ...person, secret, email: account!.email, recoveryCodes };
}

/** What an app with that secret shows so many steps from now. */
export function appCode(secret: string, steps: number, now = Date.now()): string {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  return codeOfStep(Buffer.from(bytes), stepAt(now / 1000) + steps);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function same(answers: readonly Answered[], status: number): void {
  for (const { status: told, headers, text } of answers) {
    expect([told, headers, text]).toEqual([status, answers[0]!.headers, answers[0]!.text]);
    expect(text).not.toMatch(CANARIES);
  }
}

/** Somebody's own answer has nothing of a second person's in it. */
async function ownAlone(stage: Stage, ask: (browser: BrowserVisitor) => Promise<Answered>): Promise<void> {
  const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
  const answer = await ask(one.browser);
  expect(answer.status).toBe(200);
  for (const foreign of [other.accountId, other.passkey, other.browser.token!]) {
    expect(answer.text).not.toContain(foreign);
  }
  expect(answer.text).not.toMatch(CANARIES);
}

const ABSENT = '00000000-0000-4000-8000-000000000000';

export const ACCOUNT_ATTACKS: Readonly<Record<string, Attack>> = {
  'POST /signin/passkey/options': async (stage) => {
    const { browser, accountId } = await withPasskey(stage);
    const stranger = new BrowserVisitor(stage.served);
    for (const asking of [browser, stranger]) {
      const answer = await asking.ask('POST', '/signin/passkey/options', {
        email: 'x@y.example',
        account: accountId,
      });
      expect(Object.keys(answer.json.options as object).sort()).toEqual([
        'challenge',
        'rpId',
        'timeout',
        'userVerification',
      ]);
    }
  },

  'POST /signin/passkey': async (stage) => {
    const { browser } = await withPasskey(stage);
    expect((await browser.signInByPasskey()).status).toBe(201);
    same(
      [
        await browser.signInByPasskey({ origin: 'https://evil.example' }),
        await browser.signInByPasskey({ credentialId: randomBytes(16) }),
        await browser.signInByPasskey({ userVerified: false }),
      ],
      400,
    );
  },

  'POST /signin/passphrase': async (stage) => {
    const { browser, email } = await withPassphrase(stage);
    const bare = await withPasskey(stage);
    const other = await stage.served.gate.accounts.describeAccount(bare.accountId);
    const offer = (address: string, passphrase: string) =>
      browser.ask('POST', '/signin/passphrase', { email: address, passphrase });
    expect((await offer(email, PASSPHRASE)).status).toBe(200);
    same(
      [
        await offer(email, `${PASSPHRASE}x`),
        await offer('nobody@care.example', PASSPHRASE),
        await offer(other!.email, PASSPHRASE),
      ],
      400,
    );
  },

  'POST /signin/second': async (stage) => {
    const { browser, email, secret } = await withPassphrase(stage);
    const other = await withPassphrase(stage);
    const asked = { email, passphrase: PASSPHRASE };
    const { ticket } = (await browser.ask('POST', '/signin/passphrase', asked)).json;
    const offer = (text: unknown, code: string) =>
      browser.ask('POST', '/signin/second', { ticket: text, code });
    same(
      [
        await offer(ticket, appCode(other.secret, 1)),
        await offer('none', appCode(secret, 1)),
        await offer(ticket, other.recoveryCodes[0]!),
        // The code that set the app up was used there.
        await offer(ticket, appCode(secret, 0)),
      ],
      400,
    );
    expect((await offer(ticket, appCode(secret, 1))).status).toBe(201);
  },

  'GET /account/factors': (stage) => ownAlone(stage, (browser) => browser.ask('GET', '/account/factors')),

  'GET /account/sessions': (stage) => ownAlone(stage, (browser) => browser.ask('GET', '/account/sessions')),

  'POST /account/passkeys/options': async (stage) => {
    await ownAlone(stage, (browser) => browser.ask('POST', '/account/passkeys/options', {}));
  },

  'POST /account/touch/options': async (stage) => {
    await ownAlone(stage, (browser) => browser.ask('POST', '/account/touch/options', {}));
  },

  'POST /account/passkeys': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const asked = await other.browser.ask('POST', '/account/passkeys/options', {});
    const response = one.browser.authenticator.create(asked.json.options as never);
    expect((await one.browser.ask('POST', '/account/passkeys', { response })).status).toBe(400);
    expect((await one.browser.ask('POST', '/account/passkeys', { response: {} })).status).toBe(400);
    const { passkeys } = (await one.browser.ask('GET', '/account/factors')).json;
    expect(passkeys).toHaveLength(1);
  },

  'PATCH /account/passkeys/:id': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const name = (id: string) => one.browser.ask('PATCH', `/account/passkeys/${id}`, { name: 'Mine' });
    expect((await name(one.passkey)).status).toBe(200);
    same([await name(other.passkey), await name(ABSENT), await name('x')], 404);
  },

  'DELETE /account/passkeys/:id': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const remove = (id: string) => one.browser.ask('DELETE', `/account/passkeys/${id}`);
    same([await remove(other.passkey), await remove(ABSENT), await remove('x')], 404);
    expect((await remove(one.passkey)).status).toBe(409);
    expect((await other.browser.signInByPasskey()).status).toBe(201);
  },

  'PUT /account/passphrase': async (stage) => {
    const [one, other] = [await withPassphrase(stage), await withPassphrase(stage)];
    const changed = { passphrase: 'twelve herons stand in deep water', current: PASSPHRASE };
    const guessed = { ...changed, current: 'somebody guessed this one' };
    expect((await one.browser.ask('PUT', '/account/passphrase', guessed)).status).toBe(422);
    expect((await one.browser.ask('PUT', '/account/passphrase', changed)).status).toBe(204);
    const signIn = ({ email }: { email: string }, passphrase: string) =>
      one.browser.ask('POST', '/signin/passphrase', { email, passphrase });
    expect((await signIn(one, changed.passphrase)).status).toBe(200);
    expect((await signIn(one, PASSPHRASE)).status).toBe(400);
    expect((await signIn(other, PASSPHRASE)).status).toBe(200);
  },

  'DELETE /account/passphrase': async (stage) => {
    const [one, other] = [await withPassphrase(stage), await withPassphrase(stage)];
    expect((await one.browser.ask('DELETE', '/account/passphrase')).status).toBe(204);
    expect((await one.browser.ask('DELETE', '/account/passphrase')).status).toBe(404);
    const left = (await other.browser.ask('GET', '/account/factors')).json;
    expect([left.passphrase, left.totp]).toEqual([expect.anything(), expect.anything()]);
  },

  'POST /account/totp': async (stage) => {
    await ownAlone(stage, (browser) => browser.ask('POST', '/account/totp', {}));
  },

  'POST /account/totp/confirm': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const { secret, ticket } = (await other.browser.ask('POST', '/account/totp', {})).json;
    const confirm = (browser: BrowserVisitor) =>
      browser.ask('POST', '/account/totp/confirm', { ticket, code: appCode(String(secret), 0) });
    expect((await confirm(one.browser)).status).toBe(400);
    expect((await confirm(other.browser)).status).toBe(200);
    expect((await confirm(other.browser)).status).toBe(400);
  },

  'POST /account/recovery-codes': async (stage) => {
    const [one, other] = [await withPassphrase(stage), await withPassphrase(stage)];
    const renewed = await one.browser.ask('POST', '/account/recovery-codes', {});
    expect(renewed.json.recoveryCodes).toHaveLength(10);
    for (const code of other.recoveryCodes) expect(renewed.text).not.toContain(code);
    const left = (await other.browser.ask('GET', '/account/factors')).json.recoveryCodes;
    expect(left).toMatchObject({ left: 10 });
  },

  'DELETE /account/sessions/:id': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const list = (await other.browser.ask('GET', '/account/sessions')).json.sessions;
    const [theirs] = list as unknown as { id: string }[];
    const end = (id: string) => one.browser.ask('DELETE', `/account/sessions/${id}`);
    same([await end(theirs!.id), await end('0'.repeat(64)), await end('x')], 404);
    expect((await other.browser.ask('GET', '/session')).status).toBe(200);
    expect((await other.browser.ask('DELETE', `/account/sessions/${theirs!.id}`)).status).toBe(204);
    expect((await one.browser.ask('GET', '/session')).status).toBe(200);
  },

  'DELETE /account/sessions': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const second = await sessionOf(stage, one.accountId);
    const ended = await one.browser.ask('DELETE', '/account/sessions');
    expect(ended.status).toBe(200);
    expect((await second.ask('GET', '/session')).status).toBe(401);
    for (const { browser } of [one, other]) expect((await browser.ask('GET', '/session')).status).toBe(200);
  },

  'POST /account/touch': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    expect((await one.browser.touch()).status).toBe(200);
    const asked = await other.browser.ask('POST', '/account/touch/options', {});
    const response = other.browser.authenticator.get(asked.json.options as never);
    expect((await one.browser.ask('POST', '/account/touch', { response })).status).toBe(400);
    expect((await other.browser.ask('POST', '/account/touch', { response })).status).toBe(200);
  },

  'GET /account/addresses': (stage) => ownAlone(stage, (browser) => browser.ask('GET', '/account/addresses')),

  'POST /account/addresses': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const theirs = await stage.served.gate.accounts.describeAccount(other.accountId);
    // Whether an address is somebody's is told to nobody who has not shown that it is theirs.
    const answers = [];
    for (const email of [theirs!.email, 'nobody@care.example']) {
      answers.push(await one.browser.ask('POST', '/account/addresses', { email }));
    }
    same(answers, 202);
  },

  'POST /account/addresses/confirm': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const claims = { account: one.accountId, email: `${one.accountId}@care.example` };
    const ticket = await stage.served.doors.tickets.make('address', claims, 60);
    const forAnother = await stage.served.doors.tickets.make('recovery-begin', claims, 60);
    const confirm = (browser: BrowserVisitor, text: string) =>
      browser.ask('POST', '/account/addresses/confirm', { ticket: text });
    same(
      [
        await confirm(other.browser, ticket),
        await confirm(one.browser, forAnother),
        await confirm(one.browser, 'x'),
      ],
      400,
    );
    expect((await confirm(one.browser, ticket)).status).toBe(200);
    expect((await confirm(one.browser, ticket)).status).toBe(400);
  },

  'POST /account/addresses/:id/first': async (stage) => {
    const [one, other] = [await withAddress(stage), await withAddress(stage)];
    const first = (id: string) => one.browser.ask('POST', `/account/addresses/${id}/first`, {});
    same([await first(other.address), await first(ABSENT), await first('x')], 404);
    expect((await first(one.address)).status).toBe(200);
  },

  'DELETE /account/addresses/:id': async (stage) => {
    const [one, other] = [await withAddress(stage), await withAddress(stage)];
    const remove = (id: string) => one.browser.ask('DELETE', `/account/addresses/${id}`);
    same([await remove(other.address), await remove(ABSENT), await remove('x')], 404);
    expect((await remove(one.address)).status).toBe(204);
    const left = await stage.served.gate.addresses.of(other.accountId);
    expect(left).toHaveLength(1);
  },

  'PUT /account/language': async (stage) => {
    const [one, other] = [await withPasskey(stage), await withPasskey(stage)];
    const put = (language: unknown) => one.browser.ask('PUT', '/account/language', { language });
    same([await put('fr'), await put('constructor'), await put({})], 400);
    expect((await put('de')).status).toBe(204);
    const theirs = await stage.served.gate.accounts.describeAccount(other.accountId);
    expect(theirs!.language).toBeNull();
  },

  'POST /account/practice': async (stage) => {
    const { browser } = await withPasskey(stage);
    const practices = await stage.served.gate.accounts.practicesOf(
      stage.actor('a doctor of another practice').account as AccountId,
    );
    const go = (practice: string) => browser.ask('POST', '/account/practice', { practice, cookie: true });
    same([await go(practices[0]!.slug), await go('nowhere')], 404);
  },
};

/** Somebody with a passkey and a second address. */
async function withAddress(stage: Stage) {
  const person = await withPasskey(stage);
  const { gate } = stage.served;
  await gate.addresses.add(person.accountId, `${person.accountId}@care.example`, async () => undefined);
  const [address] = await gate.addresses.of(person.accountId);
  return { ...person, address: address!.id };
}

async function sessionOf({ served }: Stage, accountId: AccountId): Promise<BrowserVisitor> {
  const browser = new BrowserVisitor(served);
  await browser.followLink(await served.gate.accounts.signinCode(accountId, 60));
  expect((await browser.ask('GET', '/session')).status).toBe(200);
  return browser;
}
