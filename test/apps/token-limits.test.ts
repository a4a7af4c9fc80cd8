/** Who tries at the token endpoint until something fits: counts, waits, lines, and whom it leaves alone. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/apps/index.ts';
import { ManualClock } from '../../src/base/clock.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import { LIMITS } from '../../src/doors/index.ts';
import { INSTALLATION } from '../../src/gate/index.ts';
import { LINE_KINDS } from '../../src/ledger/index.ts';
import { registerClient } from '../support/app-stage.ts';
import { type Answered, type ServedPractices, servePractices } from '../support/served-practices.ts';

const { most } = LIMITS['token-client'];
const TOKEN = '/oauth/token';
const OFFICE = '198.51.100.7';
const ELSEWHERE = '203.0.113.9';

const clock = new ManualClock(new Date());
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices({ clock });
  practice = await served.makePractice();
});
afterAll(() => served.close());

type Fields = Readonly<Record<string, string>>;

function ask(fields: Fields, headers: Fields = {}, address = OFFICE, target = TOKEN): Promise<Answered> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return served.ask(null, 'POST', target, { headers: { ...type, ...headers }, address, body });
}

/** What a run of tries was answered: the last `Retry-After` too. */
async function tries(count: number, once: () => Promise<Answered>) {
  const statuses: number[] = [];
  let wait: string | undefined;
  for (let at = 0; at < count; at += 1) {
    const { status, headers } = await once();
    statuses.push(status);
    wait = headers['retry-after'];
  }
  return { throttled: statuses.filter((status) => status === 429).length, statuses, wait };
}

async function makeBackend() {
  const { accountId } = await served.person(practice, { role: 'doctor' });
  const jwk = { ...key.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' };
  const asked = { redirectUris: [], authentication: 'private_key_jwt', jwks: { keys: [jwk] } } as const;
  const { client } = await registerClient(served, { ...asked, backend: { practiceId: practice, accountId } });
  return client;
}

async function assertionOf({ clientId }: Client, more: object = {}): Promise<Fields> {
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `${served.publicUrl}${TOKEN}`,
    jti: randomUUID(),
    exp: Math.floor(Date.now() / 1000) + 240,
    ...more,
  };
  const signed = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(key.privateKey);
  return {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signed,
  };
}

const basic = ({ clientId }: Client, secret: string) => ({
  authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
});

describe('whoever tries', () => {
  test('secrets of a client waits, and neither the client elsewhere nor another app there does', async () => {
    const { client, secret } = await registerClient(served, { authentication: 'client_secret_basic' });
    const fields = { token: 'x' };
    const guess = () => ask(fields, basic(client, randomUUID()), OFFICE, '/oauth/introspect');
    const { throttled, statuses, wait } = await tries(most + 5, guess);
    expect([throttled, statuses.slice(0, most)]).toEqual([5, Array(most).fill(401)]);
    expect(Number(wait)).toBeGreaterThan(0);
    const right = (address: string) => ask(fields, basic(client, secret!), address, '/oauth/introspect');
    expect((await right(OFFICE)).status).toBe(429);
    expect((await right(ELSEWHERE)).status).toBe(200);
    const other = await registerClient(served, { authentication: 'client_secret_basic' });
    const neighbour = ask(fields, basic(other.client, other.secret!), OFFICE, '/oauth/introspect');
    expect((await neighbour).status).toBe(200);
    clock.advance(LIMITS['token-client'].seconds);
    expect((await right(OFFICE)).status).toBe(200);
  });

  test('assertions of a backend', async () => {
    const backend = await makeBackend();
    const wrong = async () => ask(await assertionOf(backend, { aud: 'https://away.example' }));
    expect((await tries(most + 3, wrong)).throttled).toBe(3);
    expect((await ask(await assertionOf(backend), {}, ELSEWHERE)).status).toBe(200);
  });

  test('refresh tokens and codes of a public app', async () => {
    const { client } = await registerClient(served);
    const client_id = client.clientId;
    const guesses = [
      { grant_type: 'refresh_token', client_id },
      { grant_type: 'authorization_code', client_id, redirect_uri: 'http://127.0.0.1:9/callback' },
    ];
    let at = 0;
    const guess = () => {
      at += 1;
      const text = randomUUID();
      return ask({ ...guesses[at % 2]!, refresh_token: text, code: text, code_verifier: 'x'.repeat(43) });
    };
    expect((await tries(most + 3, guess)).throttled).toBe(3);
    // Another address of the same network is the same, a neighbouring network is not.
    const from = (address: string) => tries(most + 1, () => ask(guesses[0]!, {}, address));
    expect((await from('2001:db8:0:1::1')).throttled).toBe(1);
    expect((await ask(guesses[0]!, {}, '2001:db8:0:1:ffff::2')).status).toBe(429);
    expect((await ask(guesses[0]!, {}, '2001:db8:0:2::1')).status).toBe(400);
  });

  test('clients that there are not, under as many names as they like', async () => {
    const address = '192.0.2.77';
    const guess = () =>
      ask({ grant_type: 'refresh_token', refresh_token: 'x', client_id: randomUUID() }, {}, address);
    expect((await tries(most + 2, guess)).throttled).toBe(2);
    expect((await ask(await assertionOf(await makeBackend()), {}, address)).status).toBe(200);
  });
});

test('an office in which everybody succeeds is never held up', async () => {
  const backends = [await makeBackend(), await makeBackend()];
  for (let at = 0; at < 2 * most; at += 1) {
    const { status, text } = await ask(await assertionOf(backends[at % 2]!));
    expect([status, text]).toEqual([200, expect.stringContaining('access_token')]);
  }
});

test('a client that asks for token after token waits, and loses nothing by it', async () => {
  const backend = await makeBackend();
  const many = LIMITS['token-account'].most;
  const { throttled } = await tries(many, async () => ask(await assertionOf(backend)));
  expect(throttled).toBe(0);
  const fields = await assertionOf(backend);
  const { status, json, headers } = await ask(fields);
  expect([status, json.error, headers['cache-control']]).toEqual([429, 'too_many_requests', 'no-store']);
  clock.advance(Number(headers['retry-after']));
  // The very assertion that was not taken before: nothing of it was used up.
  expect((await ask(fields)).status).toBe(200);
});

describe('the log', () => {
  const lines = async (where: PracticeId, clientId: string | null, address = OFFICE) => {
    const { rows } = await served.database.owner.query<{ entries: unknown; outcome: string }>(
      `select outcome, entries from postern.access_line
       where practice_id = $1 and action = 'token-refused' and client is not distinct from $2 and address = $3
       order by at`,
      [where, clientId, address],
    );
    return rows;
  };

  test('has the first refusal at once and then how many there were, of each kind', async () => {
    expect(LINE_KINDS.token).toContain('token-refused');
    const backend = await makeBackend();
    const wrong = async (address: string) =>
      ask(await assertionOf(backend, { aud: 'https://away.example' }), {}, address);
    for (let at = 0; at < 5; at += 1) await wrong(OFFICE);
    const first = [
      [null, 'Client', backend.clientId, null],
      [null, 'Error', 'invalid_client', null],
    ];
    const refused = { outcome: 'refused', entries: first };
    expect(await lines(practice, backend.clientId)).toEqual([refused]);
    await wrong(ELSEWHERE);
    expect(await lines(practice, backend.clientId, ELSEWHERE)).toEqual([refused]);
    await served.authorization.close();
    const counted = { outcome: 'refused', entries: [...first, [null, 'Times', '4', null]] };
    expect(await lines(practice, backend.clientId)).toEqual([refused, counted]);
    expect(await lines(practice, backend.clientId, ELSEWHERE)).toEqual([refused]);
  });

  test('says nothing that a stranger made up', async () => {
    const address = '192.0.2.78';
    const said = 'made-up-by-a-stranger';
    await ask({ grant_type: said, client_id: said, refresh_token: said, scope: said }, {}, address);
    await ask({ grant_type: '__proto__', client_assertion: 'x.x.x', refresh_token: '' }, {}, address);
    const rows = await lines(INSTALLATION, null, address);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(said);
  });
});
