/** Single sign-on of staff with a real OpenID provider, and what attackers make of it. */
import { generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { CLIENT_ID, CLIENT_SECRET, type Twist } from '../support/identity-provider.ts';
import {
  begin,
  comeBack,
  join,
  joined,
  type SignOnStage,
  setProvider,
  setSignOnStage,
  signOn,
} from '../support/sign-on-stage.ts';

let stage: SignOnStage;
beforeAll(async () => {
  stage = await setSignOnStage();
  for (const at of [stage.home, stage.other]) expect((await setProvider(stage, at)).status).toBe(200);
});
afterEach(() => {
  stage.home.provider.twist = null;
});
afterAll(() => stage.close());

async function session(browser: BrowserVisitor) {
  return (await browser.ask('GET', '/session')).json;
}

const failures = async (how: string) => {
  const { rows } = await stage.served.database.owner.query<{ lines: number }>(
    `select count(*)::integer as lines from postern.access_line
     where action = 'sign-in-failed' and client = $1`,
    [how],
  );
  return rows[0]!.lines;
};

describe('who joined an account of the provider', () => {
  test('signs in by it, for four hours at most, in that practice alone', async () => {
    const { accountId } = await joined(stage, stage.home, 'ada');
    const told = await stage.served.database.owner.query(
      "select 1 from postern.mail where kind = 'factor-added'",
    );
    expect(told.rows.length).toBeGreaterThan(1);
    const { browser, answer } = await signOn(stage, stage.home, 'ada');
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    const { rows } = await stage.served.database.owner.query(
      `select s.terms, s.account_id, extract(epoch from s.expires_at - s.created_at)::float as lasts
       from postern.session s where s.purpose = 'single-sign-on' order by s.created_at desc limit 1`,
    );
    expect(rows[0]).toMatchObject({ account_id: accountId });
    expect(JSON.parse(rows[0].terms).methods).toEqual(['single-sign-on']);
    expect(rows[0].lasts).toBeLessThanOrEqual(4 * 3600 + 5);
    const elsewhere = await browser.ask('POST', '/account/practice', {
      practice: stage.home.slug,
      cookie: true,
    });
    expect(elsewhere.status).toBe(409);
  });

  test('has the cookie of a session that was open before ended', async () => {
    const { browser } = await joined(stage, stage.home, 'grace');
    const before = browser.token!;
    const { answer } = await signOn(stage, stage.home, 'grace', (back) => back, browser);
    expect(answer.status).toBe(303);
    expect(browser.token).not.toBe(before);
    expect((await stage.served.ask(before, 'GET', '/session')).status).toBe(401);
  });

  test('changes nothing of the account, whose passkeys are touched for that', async () => {
    const own = await joined(stage, stage.home, 'edith');
    const { browser } = await signOn(stage, stage.home, 'edith');
    const refused = await browser.ask('POST', '/account/passkeys/options', {});
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('step-up')]);
    expect((await browser.ask('PUT', '/account/passphrase', { passphrase: 'a'.repeat(30) })).status).toBe(
      403,
    );
    expect((await browser.ask('POST', '/account/single-sign-on', {})).status).toBe(403);
    expect((await own.browser.touch()).status).toBe(200);
  });

  test('sees and ends sessions of that practice alone', async () => {
    const { accountId, browser: own } = await joined(stage, stage.home, 'mary');
    const elsewhere = await stage.served.gate.openSession({
      practiceId: stage.other.practice,
      accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 60,
    });
    const { browser } = await signOn(stage, stage.home, 'mary');
    expect((await browser.ask('DELETE', '/account/sessions')).status).toBe(403);
    browser.authenticator.passkeys.push(...own.authenticator.passkeys);
    expect((await browser.touch()).status).toBe(200);
    expect((await browser.ask('DELETE', '/account/sessions')).status).toBe(200);
    expect((await stage.served.ask(elsewhere, 'GET', '/session')).status).toBe(200);
  });

  test('is out as soon as they part it, or are disabled, or have no role', async () => {
    const { browser } = await joined(stage, stage.home, 'hedy');
    expect((await browser.ask('DELETE', '/account/single-sign-on')).status).toBe(204);
    expect((await signOn(stage, stage.home, 'hedy')).answer.status).toBe(403);
    const gone = await joined(stage, stage.home, 'ida');
    const { owner } = stage.served.database;
    await stage.served.gate.accounts.disableAccount(owner, gone.accountId, 'test');
    expect((await signOn(stage, stage.home, 'ida')).answer.status).toBe(400);
    const left = await joined(stage, stage.home, 'eve');
    const boss = await stage.served.person(stage.home.practice, { role: 'owner' });
    const path = `/staff/${left.accountId}/leave`;
    const json = { body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await stage.served.ask(boss.token, 'POST', path, json)).status).toBe(204);
    expect((await signOn(stage, stage.home, 'eve')).answer.status).toBe(403);
  });
});

describe('a provider’s account', () => {
  test('that nobody joined signs nobody in, whatever e-mail address it has', async () => {
    const { accountId } = await joined(stage, stage.home, 'victim');
    const account = await stage.served.gate.accounts.describeAccount(accountId);
    stage.home.provider.people.set('mallory', { email: account!.email });
    const { browser, answer } = await signOn(stage, stage.home, 'mallory');
    expect([answer.status, browser.token]).toEqual([403, null]);
    expect(answer.text).toContain('not joined');
  });

  test('of another practice’s provider is another person, though its name is the same', async () => {
    await joined(stage, stage.home, 'twin');
    const { browser, answer } = await signOn(stage, stage.other, 'twin');
    expect([answer.status, browser.token]).toEqual([403, null]);
  });

  test('is joined to one account only', async () => {
    await joined(stage, stage.home, 'solo');
    const second = await joined(stage, stage.home, `second-${newId()}`);
    expect((await join(stage.home, second.browser, 'solo')).status).toBe(400);
  });

  test('is joined by no session that has ended meanwhile', async () => {
    const { browser } = await joined(stage, stage.home, `late-${newId()}`);
    stage.home.provider.present = 'late';
    const begun = await browser.ask('POST', '/account/single-sign-on', {});
    await stage.served.gate.endSession(browser.token!);
    const back = await stage.home.provider.signIn(String(begun.json.to));
    expect((await comeBack(browser, back)).status).toBe(400);
    expect((await signOn(stage, stage.home, 'late')).answer.status).toBe(403);
  });

  test('is first joined by whoever was let in by a link, and by no link after that', async () => {
    const { served, home } = stage;
    const { accountId } = await served.person(home.practice, { role: 'nurse' });
    const terms = { methods: ['link'], device: null, narrowing: null } as const;
    const browser = new BrowserVisitor(served);
    await browser.followLink(await served.gate.accounts.signinCode(accountId, 60, terms));
    expect((await join(home, browser, 'invited')).status).toBe(303);
    expect((await session(browser)).roles ?? []).toEqual(['nurse']);
    const mailbox = new BrowserVisitor(served);
    await mailbox.followLink(await served.gate.accounts.signinCode(accountId, 60, terms));
    expect((await join(home, mailbox, 'intruder')).status).toBe(403);
  });
});

describe('an answer of the provider', () => {
  const twists: Readonly<Record<string, Twist>> = {
    'that nobody signed': async (tokens) => ({
      ...tokens,
      id_token: new UnsecuredJWT(claimsIn(tokens)).encode(),
    }),
    'that was signed with its public key as a secret': async (tokens, { publicJwk, kid }) => {
      const secret = Buffer.from(JSON.stringify(publicJwk));
      const signed = new SignJWT(claimsIn(tokens)).setProtectedHeader({ alg: 'HS256', kid });
      return { ...tokens, id_token: await signed.sign(secret) };
    },
    'that was signed with our own client secret': async (tokens) => {
      const signed = new SignJWT(claimsIn(tokens)).setProtectedHeader({ alg: 'HS256' });
      return { ...tokens, id_token: await signed.sign(Buffer.from(CLIENT_SECRET)) };
    },
    'that somebody else signed': async (tokens, { kid }) => {
      const { privateKey } = await generateKeyPair('RS256');
      const signed = new SignJWT(claimsIn(tokens)).setProtectedHeader({ alg: 'RS256', kid });
      return { ...tokens, id_token: await signed.sign(privateKey) };
    },
    'that brings its own key': async (tokens) => {
      const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
      const jwk = { kty: 'RSA', ...(await crypto.subtle.exportKey('jwk', publicKey)) } as never;
      await importJWK(jwk, 'RS256');
      const signed = new SignJWT(claimsIn(tokens)).setProtectedHeader({ alg: 'RS256', jwk });
      return { ...tokens, id_token: await signed.sign(privateKey) };
    },
    'with another nonce': resigned({ nonce: 'another' }),
    'for another audience': resigned({ aud: 'somebody-else' }),
    'for others beside us': resigned({ aud: [CLIENT_ID, 'somebody-else'], azp: CLIENT_ID }),
    'that another party was authorized for': resigned({ azp: 'somebody-else' }),
    'of another issuer': resigned({ iss: 'https://evil.example' }),
    'that is over': resigned({ exp: Math.floor(Date.now() / 1000) - 3600 }),
    'about nobody': resigned({ sub: '' }),
    'without an ID token': async ({ id_token: _, ...tokens }) => tokens,
  };

  test.each(Object.entries(twists))('%s signs nobody in, and leaves a line', async (_, twist) => {
    await joined(stage, stage.home, `t-${newId()}`).catch(() => undefined);
    const subject = `s-${newId()}`;
    await joined(stage, stage.home, subject);
    const before = await failures('single-sign-on');
    stage.home.provider.twist = twist;
    const { browser, answer } = await signOn(stage, stage.home, subject);
    expect([answer.status, browser.token]).toEqual([400, null]);
    expect(await failures('single-sign-on')).toBe(before + 1);
    stage.home.provider.twist = resigned({});
    expect((await signOn(stage, stage.home, subject)).answer.status).toBe(303);
  });

  test('works once, in the browser that began, and at the address of that provider', async () => {
    await joined(stage, stage.home, 'olga');
    const browser = new BrowserVisitor(stage.served);
    stage.home.provider.present = 'olga';
    const to = await begin(stage.home, browser);
    const cookies = new Map(browser.cookies);
    const back = await stage.home.provider.signIn(to);
    const asked = stage.home.provider.redeemed;
    const elsewhere = await comeBack(new BrowserVisitor(stage.served), back);
    expect(elsewhere.status).toBe(400);
    // Neither another browser's flow nor another provider's address redeems the code.
    const stranger = new BrowserVisitor(stage.served);
    await begin(stage.home, stranger);
    expect((await comeBack(stranger, back)).status).toBe(400);
    expect(stage.home.provider.redeemed).toBe(asked);
    expect((await comeBack(browser, back)).status).toBe(303);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect((await comeBack(browser, back)).status).toBe(400);
    expect(stage.home.provider.redeemed).toBe(asked + 1);
  });

  test('that was mixed up with another provider’s is not redeemed', async () => {
    await joined(stage, stage.home, 'mixed');
    const { home, other } = stage;
    const asked = [home.provider.redeemed, other.provider.redeemed];
    // As if it came from the other provider; with its issuer, and at its address.
    const iss = (back: URL) => withQuery(back, 'iss', other.provider.issuer);
    expect((await signOn(stage, home, 'mixed', iss)).answer.status).toBe(400);
    const bare = (back: URL) => withQuery(back, 'iss', null);
    expect((await signOn(stage, home, 'mixed', bare)).answer.status).toBe(400);
    const at = (back: URL) => new URL(back.href.replace(home.slug, other.slug));
    expect((await signOn(stage, home, 'mixed', at)).answer.status).toBe(400);
    const state = (back: URL) => withQuery(back, 'state', 'another');
    expect((await signOn(stage, home, 'mixed', state)).answer.status).toBe(400);
    expect([home.provider.redeemed, other.provider.redeemed]).toEqual(asked);
  });

  test('sends nobody elsewhere, and is begun by our own pages alone', async () => {
    await joined(stage, stage.home, 'redirected');
    const more = (back: URL) =>
      withQuery(withQuery(back, 'to', '//evil.example'), 'return', '//evil.example');
    const { answer } = await signOn(stage, stage.home, 'redirected', more);
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    const target = `/signin/single-sign-on?practice=${stage.home.slug}&to=//evil.example`;
    const foreign = await stage.served.ask(null, 'GET', target, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(foreign.status).toBe(403);
  });

  test('counts only where it says what was asked of how the person proved it', async () => {
    await joined(stage, stage.home, 'mfa');
    expect((await setProvider(stage, stage.home, { acrValues: ['mfa'], maxAge: 300 })).status).toBe(200);
    expect((await signOn(stage, stage.home, 'mfa')).answer.status).toBe(400);
    stage.home.provider.twist = resigned({ acr: 'mfa' });
    expect((await signOn(stage, stage.home, 'mfa')).answer.status).toBe(303);
    const old = Math.floor(Date.now() / 1000) - 1000;
    stage.home.provider.twist = resigned({ acr: 'mfa', auth_time: old });
    expect((await signOn(stage, stage.home, 'mfa')).answer.status).toBe(400);
    expect((await setProvider(stage, stage.home)).status).toBe(200);
  });
});

describe('a practice', () => {
  test('keeps the secret of its client where nobody reads it', async () => {
    const owner = await stage.served.person(stage.other.practice, { role: 'owner' });
    const told = await stage.served.ask(owner.token, 'GET', '/practice/single-sign-on');
    expect(told.status).toBe(200);
    expect(told.text).toContain(stage.other.provider.issuer);
    expect(told.text).not.toContain(CLIENT_SECRET);
    // What is left out stays; what goes to another issuer must be said anew.
    const kept = await setProvider(stage, stage.other, { clientSecret: undefined, name: 'Our account' });
    expect([kept.status, kept.text.includes(CLIENT_SECRET)]).toEqual([200, false]);
    const moved = { clientSecret: undefined, issuer: 'https://evil.example' };
    expect((await setProvider(stage, stage.other, moved)).status).toBe(400);
    const { rows } = await stage.served.database.owner.query<{ sealed: Buffer }>(
      'select sealed from postern.single_sign_on',
    );
    for (const { sealed } of rows) expect(sealed.includes(CLIENT_SECRET)).toBe(false);
  });

  test('hears in a sentence that its provider is away, and passkeys go on', async () => {
    const { browser } = await joined(stage, stage.other, 'passkey');
    const back = new BrowserVisitor(stage.served);
    stage.other.provider.present = 'passkey';
    const returned = await stage.other.provider.signIn(await begin(stage.other, back));
    await stage.other.provider.close();
    const away = await comeBack(back, returned);
    expect([away.status, back.token]).toEqual([503, null]);
    expect(away.text).toContain('does not answer');
    expect((await browser.signInByPasskey()).status).toBe(201);
    const gone = await setProvider(stage, stage.other, { name: 'Asked anew' });
    expect(gone.status).toBe(200);
    const target = `/signin/single-sign-on?practice=${stage.other.slug}`;
    expect((await back.ask('GET', target)).status).toBe(503);
  });

  test('without a provider, or that is not there, answers the same', async () => {
    const visitor = new BrowserVisitor(stage.served);
    const id = await stage.served.makePractice();
    const { rows } = await stage.served.database.owner.query<{ slug: string }>(
      'select slug from postern.practice where practice_id = $1',
      [id],
    );
    const answers = [rows[0]!.slug, 'nowhere', ''].map((slug) =>
      visitor.ask('GET', `/signin/single-sign-on?practice=${slug}`),
    );
    const texts = (await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`);
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/^404 /);
  });
});

test('a subject moved to another account by hand signs nobody in, and opens an incident', async () => {
  const { owner } = stage.served.database;
  const victim = await joined(stage, stage.home, 'moved-victim');
  const thief = await joined(stage, stage.home, 'moved-thief');
  await owner.query('update postern.staff_identity set account_id = $1 where account_id = $2', [
    victim.accountId,
    thief.accountId,
  ]);
  const { browser, answer } = await signOn(stage, stage.home, 'moved-thief');
  expect([answer.status, browser.token]).toEqual([403, null]);
  const { rows } = await owner.query(
    "select 1 from postern.incident where kind = 'key-ring' and account_id = $1",
    [victim.accountId],
  );
  expect(rows).toHaveLength(1);
});

function claimsIn(tokens: Record<string, unknown>): Record<string, unknown> {
  const [, content = ''] = String(tokens.id_token).split('.');
  return JSON.parse(Buffer.from(content, 'base64url').toString());
}

/** Signed by the provider itself, with other claims. */
function resigned(claims: Record<string, unknown>): Twist {
  return async (tokens, { privateKey, kid }) => {
    const signed = new SignJWT({ ...claimsIn(tokens), ...claims }).setProtectedHeader({ alg: 'RS256', kid });
    return { ...tokens, id_token: await signed.sign(privateKey) };
  };
}

function withQuery(back: URL, name: string, value: string | null): URL {
  const changed = new URL(back);
  if (value === null) changed.searchParams.delete(name);
  else changed.searchParams.set(name, value);
  return changed;
}
