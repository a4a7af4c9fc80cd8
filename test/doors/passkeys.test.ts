/** Passkeys through the whole server, with an authenticator that can lie about everything it says. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, PracticeId } from '../../src/base/ids.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type Answered, type ServedPractices, servePractices } from '../support/served-practices.ts';
import type { Lie } from '../support/software-authenticator.ts';

let served: ServedPractices;
let practiceId: PracticeId;
beforeAll(async () => {
  served = await servePractices();
  practiceId = await served.makePractice();
});
afterAll(() => served.close());

let accountId: AccountId;
let browser: BrowserVisitor;

/** Somebody who has just followed a link and made a passkey. */
async function newcomer(options: { synced?: boolean; address?: string } = {}) {
  const person = await served.person(practiceId, { role: 'nurse' });
  const visitor = new BrowserVisitor(served, options);
  await visitor.followLink(await served.gate.accounts.signinCode(person.accountId, 60));
  const made = await visitor.makePasskey();
  expect([made.status, made.text]).toEqual([201, expect.stringContaining('"name":"My phone"')]);
  return { accountId: person.accountId, browser: visitor, passkey: String(made.json.id) };
}

let passkey: string;
beforeEach(async () => {
  ({ accountId, browser, passkey } = await newcomer());
});

const incidents = async (kind: string): Promise<number> => {
  const { rows } = await served.database.owner.query<{ count: number }>(
    'select count(*)::integer as count from postern.incident where kind = $1 and account_id = $2',
    [kind, accountId],
  );
  return rows[0]!.count;
};
const failures = async (): Promise<number> => {
  const { rows } = await served.database.owner.query<{ count: number }>(
    "select count(*)::integer as count from postern.access_line where action = 'sign-in-failed'",
  );
  return rows[0]!.count;
};
const ofSession = async (visitor: BrowserVisitor) => (await visitor.ask('GET', '/session')).json;

describe('signing in', () => {
  test('takes one touch and no typing, and opens a session of its own', async () => {
    const before = browser.token;
    const answer = await browser.signInByPasskey();
    expect([answer.status, answer.json]).toEqual([
      201,
      { practice: expect.anything(), expiresIn: 12 * 3600 },
    ]);
    expect(browser.token).not.toBe(before);
    expect(await ofSession(browser)).toMatchObject({ account: { id: accountId }, methods: ['passkey'] });
    const options = await browser.ask('POST', '/signin/passkey/options', {});
    expect(options.json.options).toMatchObject({ userVerification: 'required', rpId: 'care.example' });
    expect(options.json.options).not.toHaveProperty('allowCredentials');
  });

  test('gives a token where no cookie is asked for', async () => {
    const answer = await browser.signInByPasskey({}, { cookie: false });
    expect(answer.status).toBe(201);
    const session = await served.ask(String(answer.json.token), 'GET', '/session');
    expect(session.json.account).toMatchObject({ id: accountId });
  });

  test('ends the session that the browser had before', async () => {
    const before = browser.token!;
    await browser.signInByPasskey();
    expect((await served.ask(before, 'GET', '/session')).status).toBe(401);
  });

  test('lasts a day for a patient and twelve hours for staff', async () => {
    const chartId = await served.chart(practiceId);
    const { accountId } = await served.person(practiceId, { role: 'patient', chartId });
    const patient = new BrowserVisitor(served);
    await patient.followLink(await served.gate.accounts.signinCode(accountId, 60));
    await patient.makePasskey();
    expect((await patient.signInByPasskey()).json.expiresIn).toBe(24 * 3600);
  });

  test('asks for the practice where there are several, and goes there with the code it gives', async () => {
    const other = await served.makePractice();
    await served.gate.asJob(other, 'system-setup', 'test', async (job) => {
      const grant = {
        accountId,
        role: 'nurse',
        chartId: null,
        sections: null,
        endsAt: null,
        reason: null,
      } as const;
      await served.gate.grant(job, { ...grant, startsAt: new Date(Date.now() - 1000) });
    });
    const asked = await browser.signInByPasskey();
    const offered = asked.json.practices as unknown as { slug: string }[];
    expect([asked.status, offered.length]).toEqual([200, 2]);
    const [here, there] = offered.map(({ slug }) => slug);
    const chosen = await browser.ask('POST', '/signin', {
      code: asked.json.code,
      practice: here,
      cookie: true,
    });
    expect(chosen.status).toBe(201);
    expect(await ofSession(browser)).toMatchObject({ methods: ['passkey'], practice: { slug: here } });
    const earlier = browser.token!;
    const moved = await browser.ask('POST', '/account/practice', { practice: there, cookie: true });
    expect(moved.status).toBe(201);
    expect((await served.ask(earlier, 'GET', '/session')).status).toBe(401);
    expect(await ofSession(browser)).toMatchObject({ methods: ['passkey'], practice: { slug: there } });
    const nowhere = await browser.ask('POST', '/account/practice', { practice: 'nowhere', cookie: true });
    expect(nowhere.status).toBe(404);
  });
});

describe('does not sign in', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const lies: readonly (readonly [string, Lie])[] = [
    ['what was made for the page of another origin', { origin: 'https://care.example.evil' }],
    ['what was made over plain HTTP', { origin: 'http://care.example' }],
    ['what was made for another relying party', { rpId: 'evil.example' }],
    ['what was made inside the frame of another site', { crossOrigin: true }],
    ['another ceremony’s answer', { type: 'webauthn.create' }],
    ['a touch without a person', { userPresent: false }],
    ['a person who was not verified', { userVerified: false }],
    ['a challenge of its own', { challenge: randomBytes(32).toString('base64url') }],
    ['another key', { privateKey: stranger }],
    ['a passkey that is not known', { credentialId: randomBytes(32) }],
    ['the handle of another account', { userHandle: randomBytes(32) }],
  ];
  test.each(lies)('%s', async (_, lie) => {
    const before = await failures();
    const answer = await browser.signInByPasskey(lie);
    const unknown = await browser.signInByPasskey({ credentialId: randomBytes(32) });
    expect([answer.status, answer.text]).toEqual([400, unknown.text]);
    expect(answer.headers).toEqual(unknown.headers);
    expect(await failures()).toBe(before + 2);
    // The positive control: without the lie it does.
    expect((await browser.signInByPasskey()).status).toBe(201);
  });

  test('an answer that was used, however many ask at once', async () => {
    const asked = await browser.ask('POST', '/signin/passkey/options', {});
    const response = browser.authenticator.get(asked.json.options as never);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => browser.ask('POST', '/signin/passkey', { response })),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(400)]);
  });

  test('an answer to a touch within a session, nor that to making a passkey', async () => {
    for (const path of ['/account/touch/options', '/account/passkeys/options']) {
      const { challenge } = (await browser.ask('POST', path, {})).json.options as never;
      expect((await browser.signInByPasskey({ challenge })).status).toBe(400);
    }
  });

  test('a passkey of a disabled account', async () => {
    await served.gate.accounts.disableAccount(served.database.owner, accountId, 'test');
    expect((await browser.signInByPasskey()).status).toBe(400);
  });

  test('a passkey that was removed', async () => {
    await browser.makePasskey('Another');
    expect((await browser.ask('DELETE', `/account/passkeys/${passkey}`)).status).toBe(204);
    browser.authenticator.passkeys.pop();
    expect((await browser.signInByPasskey()).status).toBe(400);
  });

  test('a copy of a passkey: its counter falls behind, and an incident says so', async () => {
    expect((await browser.signInByPasskey({ counter: 9 })).status).toBe(201);
    expect((await browser.signInByPasskey({ counter: 9 })).status).toBe(400);
    expect((await browser.signInByPasskey({ counter: 0 })).status).toBe(400);
    expect(await incidents('passkey-copied')).toBe(2);
    // A wrong signature says nothing of copies.
    expect((await browser.signInByPasskey({ counter: 3, privateKey: stranger })).status).toBe(400);
    expect(await incidents('passkey-copied')).toBe(2);
    expect((await browser.signInByPasskey({ counter: 10 })).status).toBe(201);
  });

  test('a row that somebody changed or moved by hand, which alarms', async () => {
    const { owner } = served.database;
    const other = await newcomer();
    const before = await incidents('key-ring');
    await owner.query('update postern.factor set account_id = $2 where factor_id = $1', [
      other.passkey,
      accountId,
    ]);
    expect((await other.browser.signInByPasskey()).status).toBe(400);
    expect(await incidents('key-ring')).toBe(before + 1);
    await owner.query(
      `update postern.factor f set sealed = g.sealed, lookup = f.lookup
       from postern.factor g where f.factor_id = $1 and g.factor_id = $2`,
      [passkey, other.passkey],
    );
    expect((await browser.signInByPasskey()).status).toBe(400);
  });
});

test('synced passkeys, which do not count, sign in again and again', async () => {
  const { browser: phone } = await newcomer({ synced: true });
  for (let round = 0; round < 3; round += 1) expect((await phone.signInByPasskey()).status).toBe(201);
  expect((await phone.ask('GET', '/account/factors')).json.passkeys).toMatchObject([{ synced: true }]);
});

describe('the passkeys of an account', () => {
  const list = async () =>
    (await browser.ask('GET', '/account/factors')).json.passkeys as unknown as object[];

  test('are several, named, and say when they were used', async () => {
    expect((await browser.makePasskey(' Key in the drawer ')).json.name).toBe('Key in the drawer');
    await browser.signInByPasskey();
    expect(await list()).toMatchObject([
      { id: passkey, name: 'My phone', usedAt: null },
      { name: 'Key in the drawer', usedAt: expect.stringMatching(/^20/) },
    ]);
    const named = await browser.ask('PATCH', `/account/passkeys/${passkey}`, { name: 'Old phone' });
    expect([named.status, named.json.name]).toEqual([200, 'Old phone']);
    for (const name of ['', ' ', 'x'.repeat(61), 'a\u202eb']) {
      expect((await browser.ask('PATCH', `/account/passkeys/${passkey}`, { name })).status).toBe(400);
    }
    const text = JSON.stringify(await list());
    for (const secret of ['publicKey', 'credentialId', 'counter']) expect(text).not.toContain(secret);
  });

  test('lose all but the last one', async () => {
    const more = await browser.makePasskey('Another');
    expect((await browser.ask('DELETE', `/account/passkeys/${more.json.id}`)).status).toBe(204);
    const last = await browser.ask('DELETE', `/account/passkeys/${passkey}`);
    expect([last.status, last.text]).toEqual([409, expect.stringContaining('last way in')]);
    expect(await list()).toHaveLength(1);
  });

  test('lose all but the last one, also where two are removed at once', async () => {
    const more = await browser.makePasskey('Another');
    const both = [passkey, String(more.json.id)];
    const answers = await Promise.all(both.map((id) => browser.ask('DELETE', `/account/passkeys/${id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  test('are not somebody else’s to name, to remove or to be told of', async () => {
    const other = await newcomer();
    const absent = '00000000-0000-4000-8000-000000000000';
    for (const [method, body] of [
      ['PATCH', { name: 'Mine' }],
      ['DELETE', undefined],
    ] as const) {
      const theirs = await browser.ask(method, `/account/passkeys/${other.passkey}`, body);
      const nobodys = await browser.ask(method, `/account/passkeys/${absent}`, body);
      expect([theirs.status, theirs.text]).toEqual([404, nobodys.text]);
    }
    expect((await other.browser.signInByPasskey()).status).toBe(201);
  });

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['nobody verified', { userVerified: false }],
    ['a challenge of its own', { challenge: randomBytes(32).toString('base64url') }],
    ['the wrong ceremony', { type: 'webauthn.get' }],
  ] as [string, Lie][])('are not made with %s', async (_, lie) => {
    expect((await browser.makePasskey('Forged', lie)).status).toBe(400);
    expect(await list()).toHaveLength(1);
  });

  test('are not made with the challenge of another session, nor twice with one', async () => {
    const other = await newcomer();
    const asked = await other.browser.ask('POST', '/account/passkeys/options', {});
    const response = browser.authenticator.create(asked.json.options as never);
    expect((await browser.ask('POST', '/account/passkeys', { response })).status).toBe(400);
    expect((await other.browser.ask('POST', '/account/passkeys', { response })).status).toBe(201);
    const again = await other.browser.ask('POST', '/account/passkeys', { response });
    expect([400, 409]).toContain(again.status);
    const options = asked.json.options as never as { excludeCredentials: object[] };
    expect(options.excludeCredentials).toHaveLength(1);
  });

  test('leave a line each time they change', async () => {
    await browser.makePasskey('Another');
    await browser.ask('DELETE', `/account/passkeys/${passkey}`);
    const { rows } = await served.database.owner.query<{ action: string }>(
      `select action from postern.access_line where account_id = $1 and action like 'factor-%' order by at`,
      [accountId],
    );
    expect(rows.map(({ action }) => action)).toEqual(['factor-add', 'factor-add', 'factor-remove']);
  });
});

describe('a fresh touch', () => {
  test('is taken of a passkey of the account, and of nobody else’s', async () => {
    const other = await newcomer();
    const right = await browser.touch();
    expect([right.status, right.json.freshUntil]).toEqual([200, expect.stringMatching(/^20/)]);
    const asked = await browser.ask('POST', '/account/touch/options', {});
    const foreign = other.browser.authenticator.get({
      challenge: (asked.json.options as never as { challenge: string }).challenge,
    });
    expect((await browser.ask('POST', '/account/touch', { response: foreign })).status).toBe(400);
    expect((await browser.touch({ userVerified: false })).status).toBe(400);
  });

  test('is taken once, and in the session that was asked', async () => {
    const asked = await browser.ask('POST', '/account/touch/options', {});
    const response = browser.authenticator.get(asked.json.options as never);
    const elsewhere = new BrowserVisitor(served);
    await elsewhere.followLink(await served.gate.accounts.signinCode(accountId, 60));
    expect((await elsewhere.ask('POST', '/account/touch', { response })).status).toBe(400);
    expect((await browser.ask('POST', '/account/touch', { response })).status).toBe(200);
    expect((await browser.ask('POST', '/account/touch', { response })).status).toBe(400);
  });

  test('gives the browser another token, and a copy of the one before opens nothing', async () => {
    const copy = new BrowserVisitor(served);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    const whole = async (visitor: BrowserVisitor) => (await visitor.ask('GET', '/session')).status;
    expect([await whole(browser), await whole(copy)]).toEqual([200, 200]);
    await browser.touch();
    expect(browser.token).not.toBe(copy.token);
    await served.database.owner.query(
      "update postern.session set turned_at = turned_at - interval '11 seconds' where account_id = $1",
      [accountId],
    );
    expect([await whole(browser), await whole(copy)]).toEqual([200, 401]);
    // Nor does it end the session that it was of.
    await copy.ask('DELETE', '/session');
    expect(await whole(browser)).toBe(200);
  });
});

test('a link alone adds no passkey to an account that has one: it takes a touch of that', async () => {
  const thief = new BrowserVisitor(served);
  const terms = { methods: ['link'], device: null, narrowing: null } as const;
  await thief.followLink(await served.gate.accounts.signinCode(accountId, 60, terms));
  const refused = await thief.makePasskey();
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('step-up')]);
  for (const [method, path] of [
    ['DELETE', `/account/passkeys/${passkey}`],
    ['PUT', '/account/passphrase'],
    ['POST', '/account/totp'],
    ['POST', '/account/recovery-codes'],
  ] as const) {
    const body = method === 'DELETE' ? undefined : { passphrase: 'eleven herons in the shallows' };
    expect([path, (await thief.ask(method, path, body)).status]).toEqual([path, 403]);
  }
  thief.authenticator.passkeys.push(...browser.authenticator.passkeys);
  expect((await thief.touch()).status).toBe(200);
  expect((await thief.makePasskey()).status).toBe(201);
});

test('a session below AAL2 makes a passkey and reaches nothing else', async () => {
  const { accountId } = await served.person(practiceId, { role: 'nurse' });
  const visitor = new BrowserVisitor(served);
  const terms = { methods: ['link'], device: null, narrowing: null } as const;
  await visitor.followLink(await served.gate.accounts.signinCode(accountId, 60, terms));
  const read = async (): Promise<Answered> => visitor.ask('GET', '/fhir/Patient?_count=1');
  const below = await read();
  expect((await visitor.makePasskey()).status).toBe(201);
  expect((await read()).text).toBe(below.text);
  expect((await visitor.signInByPasskey()).status).toBe(201);
  expect(await ofSession(visitor)).toMatchObject({ assured: true, roles: ['nurse'] });
});
