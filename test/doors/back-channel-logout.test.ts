/** An identity provider says that somebody signed out there: what it vouched for ends here, and only that. */
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { AppPerson } from '../support/app-person.ts';
import { launchApp, postForm, registerClient } from '../support/app-stage.ts';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/identity-provider.ts';
import {
  joined,
  logoutPath,
  type SignOnPractice,
  type SignOnStage,
  setProvider,
  setSignOnStage,
  signOn,
} from '../support/sign-on-stage.ts';

let stage: SignOnStage;
beforeAll(async () => {
  stage = await setSignOnStage();
  await stage.served.server.listen();
  for (const at of [stage.home, stage.other]) expect((await setProvider(stage, at)).status).toBe(200);
});
afterAll(() => stage.close());

const TYPE = 'logout+jwt';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const lives = async (browser: BrowserVisitor) => (await browser.ask('GET', '/session')).status === 200;
const nowSeconds = () => Math.floor(Date.now() / 1000);

function claimsFor({ provider }: SignOnPractice, sub: string, more: object = {}): Record<string, unknown> {
  const now = nowSeconds();
  const events = { [EVENT]: {} };
  return {
    iss: provider.issuer,
    aud: CLIENT_ID,
    iat: now,
    exp: now + 120,
    jti: newId(),
    sub,
    events,
    ...more,
  };
}

/** As the provider signs them. */
async function signed({ provider }: SignOnPractice, claims: Record<string, unknown>, header: object = {}) {
  const { kid, privateKey } = provider.key;
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: TYPE, kid, ...header });
  return token.sign(privateKey);
}

/** Each from a network of its own: what is refused is counted by network. */
let networks = 0;
async function tell(at: SignOnPractice, token: string): Promise<number> {
  networks += 1;
  const answer = await stage.served.ask(null, 'POST', logoutPath(at.slug), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
    address: `198.51.${networks}.1`,
  });
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.status;
}

test('signing out at the provider ends the session that came of it, with a line', async () => {
  const own = await joined(stage, stage.home, 'ada');
  const earlier = await signOn(stage, stage.home, 'ada');
  const { browser } = await signOn(stage, stage.home, 'ada');
  await stage.home.provider.signOut();
  expect(await lives(browser)).toBe(false);
  // Another browser was signed in there by itself, and a passkey is nobody's word but one's own.
  expect([await lives(earlier.browser), await lives(own.browser)]).toEqual([true, true]);
  const { rows } = await stage.served.database.owner.query(
    `select l.outcome, l.practice_id from postern.access_line l
     where l.action = 'end-session' and l.purpose = 'provider'`,
  );
  expect(rows).toEqual([{ outcome: 'ok', practice_id: stage.home.practice }]);
});

test('a token about somebody ends all that the provider vouched for of them, and nobody else’s', async () => {
  for (const name of ['grace', 'edith']) await joined(stage, stage.home, name);
  const [one, two] = [await signOn(stage, stage.home, 'grace'), await signOn(stage, stage.home, 'grace')];
  const other = await signOn(stage, stage.home, 'edith');
  expect(await tell(stage.home, await signed(stage.home, claimsFor(stage.home, 'grace')))).toBe(200);
  expect([await lives(one.browser), await lives(two.browser)]).toEqual([false, false]);
  expect(await lives(other.browser)).toBe(true);
  // Nothing is left to end, which is no fault; and a session of the provider that nobody had ends nothing.
  expect(await tell(stage.home, await signed(stage.home, claimsFor(stage.home, 'grace')))).toBe(200);
  const claims = claimsFor(stage.home, 'edith', { sid: 'another' });
  expect(await tell(stage.home, await signed(stage.home, claims))).toBe(200);
  expect(await lives(other.browser)).toBe(true);
});

describe('signing out at the provider, with apps', () => {
  const launching = () => {
    const { served } = stage;
    const { publicUrl: origin } = served;
    return {
      origin,
      base: `${origin}/fhir`,
      chart: newId<ChartId>(),
      browser: (person: { readonly token: string }) => new AppPerson(origin, person),
      form: (path: string, fields: Readonly<Record<string, string>>) => postForm(`${origin}${path}`, fields),
    };
  };
  const connected = async (browser: BrowserVisitor, scope: string) => {
    const { client } = await registerClient(stage.served);
    const { json } = await launchApp(launching(), client, { token: browser.token! }, { scope });
    return { client, ...json };
  };
  type Connected = Awaited<ReturnType<typeof connected>>;
  const reads = async ({ access_token }: Connected) =>
    (await stage.served.ask(access_token, 'GET', '/fhir/Practitioner?_count=1')).status;
  const refreshed = async ({ client, refresh_token }: Connected) => {
    const fields = { grant_type: 'refresh_token', client_id: client.clientId, refresh_token };
    return (await launching().form('/oauth/token', fields)).json.error ?? 'a token';
  };
  const told = async (subject: string, more: object = {}) =>
    tell(stage.home, await signed(stage.home, claimsFor(stage.home, subject, more)));

  test('ends those that were not let in to stay, at once and with a line, and no others', async () => {
    const own = await joined(stage, stage.home, 'annie');
    const { browser } = await signOn(stage, stage.home, 'annie');
    const hour = await connected(browser, 'user/*.rs');
    const online = await connected(browser, 'user/*.rs online_access');
    // Let in by a passkey, which is no provider's word; and to stay, which takes a touch of one's own.
    const byPasskey = await connected(own.browser, 'user/*.rs');
    browser.authenticator.passkeys.push(...own.browser.authenticator.passkeys);
    expect((await browser.touch()).status).toBe(200);
    const staying = await connected(browser, 'user/*.rs offline_access');
    for (const app of [hour, online, byPasskey, staying]) expect(await reads(app)).toBe(200);

    expect(await told('annie')).toBe(200);
    expect([await reads(hour), await reads(online)]).toEqual([401, 401]);
    expect(await refreshed(online)).toBe('invalid_grant');
    expect([await reads(byPasskey), await reads(staying)]).toEqual([200, 200]);
    expect(await refreshed(staying)).toBe('a token');
    const { rows } = await stage.served.database.owner.query<{ client: string }>(
      "select client from postern.access_line where action = 'app-end' and practice_id = $1",
      [stage.home.practice],
    );
    expect(rows.map(({ client }) => client).sort()).toEqual(
      [hour.client.clientId, online.client.clientId].sort(),
    );
  });

  test('ends them also where the session in which they were let in is over since', async () => {
    await joined(stage, stage.home, 'lise');
    const { browser } = await signOn(stage, stage.home, 'lise');
    const hour = await connected(browser, 'user/*.rs');
    expect((await browser.ask('DELETE', '/session')).status).toBe(204);
    expect(await reads(hour)).toBe(200);
    expect(await told('lise')).toBe(200);
    expect(await reads(hour)).toBe(401);
  });

  test('ends nobody else’s, nor those of another session of the provider', async () => {
    for (const name of ['maria', 'irene']) await joined(stage, stage.home, name);
    const maria = await signOn(stage, stage.home, 'maria');
    const irene = await signOn(stage, stage.home, 'irene');
    const hers = await connected(maria.browser, 'user/*.rs');
    const another = await connected(irene.browser, 'user/*.rs');
    expect(await told('maria', { sid: 'another' })).toBe(200);
    expect(await reads(hers)).toBe(200);
    expect(await told('maria')).toBe(200);
    expect([await reads(hers), await reads(another)]).toEqual([401, 200]);
  });
});

describe('a logout token ends nothing', () => {
  type Made = (at: SignOnPractice, sub: string) => Promise<string>;
  const changed =
    (more: object, header: object = {}): Made =>
    (at, sub) =>
      signed(at, claimsFor(at, sub, more), header);
  const ATTACKS: Readonly<Record<string, Made>> = {
    'that nobody signed': async (at, sub) => new UnsecuredJWT(claimsFor(at, sub)).encode(),
    'signed with its public key as a secret': async (at, sub) => {
      const { publicJwk, kid } = at.provider.key;
      const token = new SignJWT(claimsFor(at, sub)).setProtectedHeader({ alg: 'HS256', typ: TYPE, kid });
      return token.sign(Buffer.from(JSON.stringify(publicJwk)));
    },
    'signed with our own client secret': async (at, sub) => {
      const token = new SignJWT(claimsFor(at, sub)).setProtectedHeader({ alg: 'HS256', typ: TYPE });
      return token.sign(Buffer.from(CLIENT_SECRET));
    },
    'signed by somebody else': async (at, sub) => {
      const { privateKey } = await generateKeyPair('RS256');
      const { kid } = at.provider.key;
      const token = new SignJWT(claimsFor(at, sub)).setProtectedHeader({ alg: 'RS256', typ: TYPE, kid });
      return token.sign(privateKey);
    },
    'with a key of its own': async (at, sub) => {
      const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
      const jwk = await crypto.subtle.exportKey('jwk', publicKey);
      const header = { alg: 'RS256', typ: TYPE, jwk: { kty: 'RSA', n: jwk.n!, e: jwk.e! } };
      return new SignJWT(claimsFor(at, sub)).setProtectedHeader(header).sign(privateKey);
    },
    'of another practice’s provider': (_, sub) => signed(stage.other, claimsFor(stage.other, sub)),
    'of another issuer': changed({ iss: 'https://evil.example' }),
    'for another client': changed({ aud: 'somebody-else' }),
    'for others beside us': changed({ aud: [CLIENT_ID, 'somebody-else'] }),
    'that another party was authorized for': changed({ azp: 'somebody-else' }),
    'that is over': changed({ exp: nowSeconds() - 60 }),
    'without an end': changed({ exp: undefined }),
    'that was long under way': changed({ iat: nowSeconds() - 600, exp: nowSeconds() + 600 }),
    'of the future': changed({ iat: nowSeconds() + 600, exp: nowSeconds() + 900 }),
    'without a time': changed({ iat: undefined }),
    'without an id': changed({ jti: undefined }),
    'with a nonce, as an ID token has': changed({ nonce: 'n-1' }),
    'without the event': changed({ events: {} }),
    'with an event that is none': changed({ events: { [EVENT]: 'yes' } }),
    'with events of another shape': changed({ events: [EVENT] }),
    'about nobody': changed({ sub: undefined }),
    'about somebody without a name': changed({ sub: '' }),
    'with a session that is no text': changed({ sid: 7 }),
    'that does not say what it is': changed({}, { typ: undefined }),
    'that says it is any token': changed({}, { typ: 'JWT' }),
    'that says it is an access token': changed({}, { typ: 'at+jwt' }),
    'that asks for what nobody knows': changed({}, { crit: ['exp'], exp: 1 }),
    'of no form': async () => 'x.y.z',
  };

  test('whatever of it is wrong; and a whole one does', async () => {
    await joined(stage, stage.home, 'victim');
    const { browser } = await signOn(stage, stage.home, 'victim');
    for (const [what, make] of Object.entries(ATTACKS)) {
      const token = await make(stage.home, 'victim').catch((error: unknown) => String(error));
      expect([what, await tell(stage.home, token)]).toEqual([what, 400]);
      expect([what, await lives(browser)]).toEqual([what, true]);
    }
    const { rows } = await stage.served.database.owner.query(
      `select count(*)::integer as refused from postern.access_line l
       where l.action = 'end-session' and l.outcome = 'refused' and l.practice_id = $1`,
      [stage.home.practice],
    );
    expect(rows).toEqual([{ refused: Object.keys(ATTACKS).length }]);
    expect(await tell(stage.home, await signed(stage.home, claimsFor(stage.home, 'victim')))).toBe(200);
    expect(await lives(browser)).toBe(false);
  });

  test('twice, also where both come at once', async () => {
    await joined(stage, stage.home, 'again');
    const token = await signed(stage.home, claimsFor(stage.home, 'again'));
    const statuses = await Promise.all([1, 2, 3].map(() => tell(stage.home, token)));
    expect(statuses.sort()).toEqual([200, 400, 400]);
    const { browser } = await signOn(stage, stage.home, 'again');
    expect(await tell(stage.home, token)).toBe(400);
    expect(await lives(browser)).toBe(true);
  });
});

test('guessing is slowed by network', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 62; count += 1) {
    const answer = await stage.served.ask(null, 'POST', logoutPath(stage.home.slug), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'logout_token=x',
      address: '203.0.113.200',
    });
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([...Array(60).fill(400), 429, 429]);
});
