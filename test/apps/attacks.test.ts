/** What an attacker makes of launches, codes, tokens and keys: each is let in first as it should be. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AppStage,
  authorizeUrl,
  CALLBACK,
  type Fields,
  launchApp,
  pkce,
  setAppStage,
} from '../support/app-stage.ts';

let stage: AppStage;
beforeAll(async () => {
  stage = await setAppStage();
});
afterAll(() => stage.close());

const reads = async (token: string) =>
  (await stage.served.ask(token, 'GET', `/fhir/Patient/${stage.chart}`)).status;

/** A code of a public app, and what it is exchanged with. */
async function codeOf(more: Readonly<Record<string, string | null>> = {}) {
  const { client } = await stage.register();
  const { verifier, challenge } = pkce();
  const url = authorizeUrl(stage, client.clientId, challenge, more);
  const back = await stage.browser(stage.patient).letIn(url, { patient: stage.chart });
  const code = back.searchParams.get('code') ?? '';
  const client_id = client.clientId;
  const redirect_uri = CALLBACK;
  const fields = { grant_type: 'authorization_code', code, redirect_uri, client_id, code_verifier: verifier };
  return { client, back, fields };
}

const exchange = (fields: Fields) => stage.form('/oauth/token', fields);

describe('a code', () => {
  test('works with its own verifier, client and address alone', async () => {
    const { fields } = await codeOf();
    const { client: another } = await stage.register();
    const wrong: Fields[] = [
      { ...fields, code_verifier: pkce().verifier },
      { ...fields, client_id: another.clientId },
      { ...fields, redirect_uri: `${CALLBACK}/away` },
    ];
    for (const each of wrong) {
      const { status, json } = await exchange(each);
      expect([status, json.error]).toEqual([400, 'invalid_grant']);
    }
    const { code_verifier: _, ...without } = fields;
    expect((await exchange(without)).status).toBe(400);
    expect((await exchange(fields)).status).toBe(200);
  });

  test('that comes twice ends what came of it the first time', async () => {
    const { fields } = await codeOf();
    const { json } = await exchange(fields);
    expect(await reads(json.access_token)).toBe(200);
    expect((await exchange(fields)).json.error).toBe('invalid_grant');
    expect(await reads(json.access_token)).toBe(401);
    const { refresh_token } = json;
    const again = { grant_type: 'refresh_token', refresh_token, client_id: fields.client_id };
    expect((await exchange(again)).json.error).toBe('invalid_grant');
  });

  test('that comes twice at once gives one token at most', async () => {
    const { fields } = await codeOf();
    const answers = await Promise.all([1, 2, 3, 4].map(() => exchange(fields)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

describe('an authorization', () => {
  const refusal = async (more: Readonly<Record<string, string | null>>) => {
    const { client } = await stage.register();
    const url = authorizeUrl(stage, client.clientId, pkce().challenge, more);
    return stage.browser(stage.patient).open(url);
  };

  test('without PKCE, or with a plain challenge, is none', async () => {
    const downgrades = [
      { code_challenge: null, code_challenge_method: null },
      { code_challenge_method: 'plain' },
      { code_challenge_method: null },
    ];
    for (const more of downgrades) {
      const back = await refusal(more);
      expect([back.origin + back.pathname, back.searchParams.get('error')]).toEqual([
        CALLBACK,
        'invalid_request',
      ]);
    }
  });

  test('for another server, or for tokens in the address, is none', async () => {
    const wrong = [
      { aud: 'https://away.example/fhir' },
      { aud: null },
      { response_type: 'token' },
      { response_type: 'code id_token', nonce: 'n' },
    ];
    for (const more of wrong) {
      const back = await refusal(more);
      const told = new URLSearchParams(back.search || back.hash.slice(1));
      expect([more, told.get('code')]).toEqual([more, null]);
      expect(told.get('error') ?? told.get('why')).toMatch(/^(invalid_request|unsupported_response_type)$/);
    }
  });

  test('sends nobody to an address that is not registered', async () => {
    for (const redirect_uri of [
      'https://away.example/',
      `${CALLBACK}.away.example`,
      'http://127.0.0.1:9/other',
      'javascript:alert(1)',
    ]) {
      const back = await refusal({ redirect_uri });
      expect(back.href).toMatch(new RegExp(`^${stage.origin}/oauth/interaction/refused`));
    }
  });

  test('says which server answered, so that no other can be taken for it', async () => {
    const { back } = await codeOf();
    expect(back.searchParams.get('iss')).toBe(stage.origin);
    const well = await (await fetch(`${stage.origin}/.well-known/openid-configuration`)).json();
    expect(well).toMatchObject({
      issuer: stage.origin,
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
    });
    expect((well as { userinfo_endpoint?: string }).userinfo_endpoint).toBeUndefined();
    expect((well as { registration_endpoint?: string }).registration_endpoint).toBeUndefined();
  });

  test('that stays takes a touch, which the server asks for and no page can leave out', async () => {
    const { client } = await stage.register();
    const { practice, chart, served } = stage;
    const { accountId } = stage.patient;
    // A session that was opened by a provider's word, which is no touch.
    const terms = { methods: ['single-sign-on'], device: null, narrowing: null } as const;
    const session = { practiceId: practice, accountId, purpose: 'sign-in', client: null, ttlSeconds: 600 };
    const token = await served.gate.openSession({ ...session, terms });
    const browser = stage.browser({ accountId, token });
    const stayingOf = async (clientId: string) => {
      const { rows } = await served.database.owner.query(
        "select from postern.app_consent where client_id = $1 and ends_at > now() + interval '1 hour'",
        [clientId],
      );
      return rows.length;
    };
    const answered = async (scope: string, more: object = {}) => {
      const url = authorizeUrl(stage, client.clientId, pkce().challenge, { scope });
      const page = await browser.open(url);
      return { page, ...(await browser.answer(page, { patient: chart, ...more })) };
    };
    const scope = 'launch/patient patient/*.rs offline_access';
    const refused = await answered(scope);
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.json)).toContain('"step-up"');
    const { rows } = await served.database.owner.query(
      'select from postern.app_consent where client_id = $1',
      [client.clientId],
    );
    expect(rows).toEqual([]);
    expect((await answered('launch/patient patient/*.rs')).status).toBe(200);
    const short = await answered(scope, { days: 0 });
    expect([short.status, await stayingOf(client.clientId)]).toEqual([200, 0]);
    for (const days of [null, '0', -1, 2, 366]) {
      expect((await browser.answer(refused.page, { patient: chart, days: days as number })).status).toBe(400);
    }
    await served.gate.freshen((await served.gate.admit(token, null))!);
    expect((await browser.answer(refused.page, { patient: chart })).status).toBe(200);
    expect(await stayingOf(client.clientId)).toBe(1);
  });

  test('is given by no app, whatever token it holds', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient);
    const thief = stage.browser({ ...stage.patient, token: json.access_token });
    const page = await thief.open(authorizeUrl(stage, client.clientId, pkce().challenge));
    expect((await thief.answer(page, { patient: stage.chart })).status).toBe(404);
  });
});

describe('a refresh token', () => {
  test('that comes twice ends everything that came of it', async () => {
    const { fields } = await codeOf();
    const { json } = await exchange(fields);
    const { client_id } = fields;
    const refresh = (refresh_token: string) =>
      exchange({ grant_type: 'refresh_token', refresh_token, client_id });
    const { json: next } = await refresh(json.refresh_token);
    expect(await reads(next.access_token)).toBe(200);
    expect((await refresh(json.refresh_token)).json.error).toBe('invalid_grant');
    expect(await reads(next.access_token)).toBe(401);
    expect((await refresh(next.refresh_token)).json.error).toBe('invalid_grant');
  });

  test('gives no more than was granted', async () => {
    const { fields } = await codeOf({ scope: 'launch/patient patient/Patient.rs offline_access' });
    const { json } = await exchange(fields);
    const asked = { grant_type: 'refresh_token', refresh_token: json.refresh_token };
    const { client_id } = fields;
    const more = await exchange({ ...asked, client_id, scope: 'patient/Patient.rs patient/Claim.rs' });
    expect([more.status, more.json.error]).toEqual([400, 'invalid_scope']);
  });

  test('is no access token, and an access token no refresh token', async () => {
    const { fields } = await codeOf();
    const { json } = await exchange(fields);
    expect(await reads(json.refresh_token)).toBe(401);
    const { client_id } = fields;
    const turned = await exchange({
      grant_type: 'refresh_token',
      refresh_token: json.access_token,
      client_id,
    });
    expect(turned.json.error).toBe('invalid_grant');
  });
});

interface Key {
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

function newKey(kid: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return {
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES384', use: 'sig' } as never,
  };
}

describe('a backend', () => {
  const key = newKey('k-1');
  let clientId: string;
  beforeAll(async () => {
    const { accountId } = await stage.served.person(stage.practice, { role: 'doctor' });
    const { client } = await stage.register({
      redirectUris: [],
      authentication: 'private_key_jwt',
      jwks: { keys: [key.jwk] },
      backend: { practiceId: stage.practice, accountId },
    });
    clientId = client.clientId;
  });

  const claims = () => ({
    iss: clientId,
    sub: clientId,
    aud: `${stage.origin}/oauth/token`,
    jti: randomUUID() as string,
    exp: Math.floor(Date.now() / 1000) + 240,
  });
  const sign = (payload: object, header: object = {}, by: KeyObject = key.privateKey) =>
    new SignJWT(payload as never).setProtectedHeader({ alg: 'ES384', kid: 'k-1', ...header }).sign(by);
  const ask = (client_assertion: string, scope = 'system/Patient.rs') =>
    exchange({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    });

  test('gets a token for five minutes by an assertion, once, narrowed to its scopes', async () => {
    const assertion = await sign(claims());
    const { status, json } = await ask(assertion);
    expect([status, json]).toEqual([
      200,
      { access_token: expect.any(String), expires_in: 300, scope: 'system/Patient.rs', token_type: 'Bearer' },
    ]);
    expect(await reads(json.access_token)).toBe(200);
    const beyond = await stage.served.ask(json.access_token, 'GET', `/fhir/Observation/${randomUUID()}`);
    expect(beyond.status).toBe(404);
    expect((await ask(assertion)).json.error).toBe('invalid_client');
  });

  test('gets nothing of a person, and no refresh token', async () => {
    const { json } = await ask(
      await sign(claims()),
      'system/Patient.rs patient/*.rs user/*.rs openid launch',
    );
    expect(json.scope).toBe('system/Patient.rs');
    expect(json.refresh_token).toBeUndefined();
  });

  test('is not let in by what is wrong in an assertion', async () => {
    const now = Math.floor(Date.now() / 1000);
    const stranger = newKey('k-1');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none', kid: 'k-1' })}.${part(claims())}.`;
    const head = `${part({ alg: 'HS256', kid: 'k-1' })}.${part(claims())}`;
    const mac = createHmac('sha256', JSON.stringify(key.jwk)).update(head);
    const confused = `${head}.${mac.digest('base64url')}`;
    const wrong: Readonly<Record<string, string>> = {
      'no algorithm': unsigned,
      'the public key as a secret': confused,
      'another key under that name': await sign(claims(), {}, stranger.privateKey),
      'a key of its own in the header': await sign(
        claims(),
        { jwk: stranger.jwk, kid: 'x' },
        stranger.privateKey,
      ),
      'a key elsewhere': await sign(
        claims(),
        { jku: 'https://away.example/jwks', kid: 'x' },
        stranger.privateKey,
      ),
      'a name that is a path': await sign(claims(), { kid: '../../../dev/null' }, stranger.privateKey),
      'a critical header that nobody knows': await new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES384', kid: 'k-1', crit: ['unknown'], unknown: 1 })
        .sign(key.privateKey, { crit: { unknown: true } }),
      'an end that is over': await sign({ ...claims(), exp: now - 120 }),
      'an end that is far away': await sign({ ...claims(), exp: now + 3600 }),
      'no end': await sign({ ...claims(), exp: undefined }),
      'no number': await sign({ ...claims(), jti: undefined }),
      'another audience': await sign({ ...claims(), aud: 'https://away.example/token' }),
      'another issuer': await sign({ ...claims(), iss: 'somebody' }),
    };
    for (const [what, assertion] of Object.entries(wrong)) {
      const { status, json } = await ask(assertion);
      expect([what, json.access_token, status]).toEqual([what, undefined, expect.any(Number)]);
      expect([what, status === 400 || status === 401]).toEqual([what, true]);
    }
    expect((await ask(await sign(claims()))).status).toBe(200);
  });

  test('loses its token with its grant', async () => {
    const { json } = await ask(await sign(claims()));
    expect(await reads(json.access_token)).toBe(200);
    const found = await stage.served.authorization.clients.find(clientId);
    await stage.served.gate.endSessionsOf(stage.practice, found!.backend!.accountId);
    expect(await reads(json.access_token)).toBe(401);
  });
});

describe('a token that is bound to a key', () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = key.publicKey.export({ format: 'jwk' });
  const target = () => `${stage.base}/Patient/${stage.chart}`;

  const proof = async (claims: object, by = key.privateKey, header: object = {}) =>
    new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims } as never)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: jwk as never, ...header })
      .sign(by);
  const hash = async (token: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url');

  async function bound(): Promise<string> {
    const { fields } = await codeOf();
    const dpop = await proof({ htm: 'POST', htu: `${stage.origin}/oauth/token` });
    const { json } = await stage.form('/oauth/token', fields, { dpop });
    expect(json.token_type).toBe('DPoP');
    return json.access_token;
  }

  const show = async (token: string, dpop: string | null, scheme = 'DPoP') =>
    (
      await fetch(target(), {
        headers: { authorization: `${scheme} ${token}`, ...(dpop === null ? {} : { dpop }) },
      })
    ).status;

  test('works with a proof for this very request, once, and with nothing less', async () => {
    const token = await bound();
    const ath = await hash(token);
    const right = { htm: 'GET', htu: target(), ath };
    const fresh = await proof(right);
    expect(await show(token, fresh)).toBe(200);
    const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const thiefJwk = thief.publicKey.export({ format: 'jwk' });
    const wrong: Readonly<Record<string, Promise<number>>> = {
      'the same proof again': show(token, fresh),
      'no proof': show(token, null),
      'as a bearer token': show(token, await proof(right), 'Bearer'),
      'a proof of another key': show(token, await proof(right, thief.privateKey, { jwk: thiefJwk })),
      'a proof that another key signed': show(token, await proof(right, thief.privateKey)),
      'for another method': show(token, await proof({ ...right, htm: 'POST' })),
      'for another address': show(token, await proof({ ...right, htu: `${stage.base}/Patient` })),
      'for another token': show(token, await proof({ ...right, ath: await hash('x') })),
      'an old proof': show(token, await proof({ ...right, iat: Math.floor(Date.now() / 1000) - 600 })),
      'of another kind': show(token, await proof(right, key.privateKey, { typ: 'JWT' })),
    };
    for (const [what, status] of Object.entries(wrong)) expect([what, await status]).toEqual([what, 401]);
    expect(await show(token, await proof(right))).toBe(200);
  });

  test('is shown with a proof alone: a token without a key takes none', async () => {
    const { fields } = await codeOf();
    const { json } = await exchange(fields);
    const token = json.access_token;
    const dpop = await proof({ htm: 'GET', htu: target(), ath: await hash(token) });
    expect(await show(token, dpop)).toBe(401);
    expect(await show(token, null, 'Bearer')).toBe(200);
  });
});
