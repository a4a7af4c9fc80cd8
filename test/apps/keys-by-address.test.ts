/** Keys of clients at an address of theirs (`jwks_uri`): what is fetched, and what never is. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { registerClient } from '../support/app-stage.ts';
import { certificateFor } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const jwk = (pair: typeof key) => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  kid: 'k-1',
  alg: 'ES384',
  use: 'sig',
});

let keys: Server;
let address: string;
const fetched: string[] = [];
const said: Readonly<Record<string, string>> = {
  '/right': JSON.stringify({ keys: [jwk(key)] }),
  '/of-another': JSON.stringify({ keys: [jwk(other)] }),
  '/secret': JSON.stringify({ keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: 'k-1' }] }),
  '/symmetric': JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'k-1' }] }),
  '/none': JSON.stringify({ keys: [] }),
  '/text': 'not json',
  '/long': JSON.stringify({ keys: [jwk(key)], more: 'x'.repeat(600_000) }),
};
beforeAll(async () => {
  keys = createServer(({ url = '' }, response) => {
    fetched.push(url);
    if (url === '/elsewhere') response.writeHead(302, { location: '/right' }).end();
    else if (url === '/broken') response.writeHead(500).end('{}');
    else response.setHeader('content-type', 'application/json').end(said[url] ?? '{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => keys.once('listening', resolve));
  address = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
});
afterAll(() => keys.close());

/** What a backend whose keys stand there is answered to a right assertion. */
async function answered(served: ServedPractices, jwksUri: string) {
  const practiceId = await served.makePractice();
  const { accountId } = await served.person(practiceId, { role: 'doctor' });
  const asked = { redirectUris: [], authentication: 'private_key_jwt', jwksUri } as const;
  const { client } = await registerClient(served, { ...asked, backend: { practiceId, accountId } });
  const claims = {
    iss: client.clientId,
    sub: client.clientId,
    aud: `${served.publicUrl}/oauth/token`,
    jti: randomUUID(),
    exp: Math.floor(Date.now() / 1000) + 240,
  };
  const signed = new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k-1' });
  const { status, json } = await served.ask(null, 'POST', '/oauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signed.sign(key.privateKey),
    }).toString(),
  });
  return [status, json.error ?? 'a token'] as unknown;
}

test('they let a client in that holds the key which stands there, and nothing else does', async () => {
  const port = await freePort();
  const served = await servePractices({ publicUrl: `http://127.0.0.1:${port}`, port });
  try {
    expect(await answered(served, `${address}/right`)).toEqual([200, 'a token']);
    const wrong = [
      '/of-another',
      '/secret',
      '/symmetric',
      '/none',
      '/text',
      '/long',
      '/elsewhere',
      '/broken',
    ];
    for (const path of wrong) {
      const [status, error] = (await answered(served, `${address}${path}`)) as [number, string];
      expect([path, status === 400 || status === 401, error]).toEqual([path, true, expect.any(String)]);
      expect([path, error]).not.toEqual([path, 'a token']);
    }
    // A redirect is not followed: the right key was asked for once, for the first client.
    expect(fetched.filter((path) => path === '/right')).toHaveLength(1);
    expect(await answered(served, 'http://127.0.0.1:1/nobody')).not.toEqual([200, 'a token']);
    expect(await answered(served, 'http://192.0.2.1/plain')).not.toEqual([200, 'a token']);
  } finally {
    await served.close();
  }
});

const days = (count: number) => new Date(Date.now() + count * 86_400_000);

/** The same answers over TLS, by a certificate of its own; it stops with the test. */
async function overTls(name: string, until = days(2)): Promise<{ origin: string; cert: string }> {
  const { key: secret, cert } = certificateFor({ name, from: days(-5), until });
  const server = createTlsServer({ key: secret, cert }, ({ url = '' }, response) => {
    fetched.push(`tls ${url}`);
    response.setHeader('content-type', 'application/json').end(said[url] ?? '{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `https://localhost:${(server.address() as AddressInfo).port}`, cert };
}

/** As `NODE_EXTRA_CA_CERTS` does for a process that begins with it. */
function trust(...authorities: readonly string[]): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, ...authorities]);
  onTestFinished(() => setDefaultCACertificates(before));
}

test('over TLS they are fetched from whom a trusted authority vouches for, by name and today', async () => {
  const port = await freePort();
  const served = await servePractices({ publicUrl: `http://127.0.0.1:${port}`, port });
  onTestFinished(() => served.close());
  const [right, unknown] = [await overTls('localhost'), await overTls('localhost')];
  const [elsewhere, over] = [await overTls('keys.example'), await overTls('localhost', days(-1))];
  trust(right.cert, elsewhere.cert, over.cert);
  expect(await answered(served, `${right.origin}/right`)).toEqual([200, 'a token']);
  expect(await answered(served, `${right.origin}/of-another`)).not.toEqual([200, 'a token']);
  const asked = fetched.length;
  for (const { origin } of [unknown, elsewhere, over]) {
    expect(await answered(served, `${origin}/right`)).not.toEqual([200, 'a token']);
  }
  // Nothing was said to them: the connection ended before it.
  expect(fetched.length).toBe(asked);
});

test('over TLS, too, this machine is asked for none where others come in', async () => {
  const { origin, cert } = await overTls('localhost');
  trust(cert);
  const served = await servePractices();
  onTestFinished(() => served.close());
  const asked = fetched.length;
  expect(await answered(served, `${origin}/right`)).not.toEqual([200, 'a token']);
  expect(fetched.length).toBe(asked);
});

test('a process takes the authority that NODE_EXTRA_CA_CERTS names', async () => {
  const { origin, cert } = await overTls('localhost');
  const folder = await mkdtemp(join(tmpdir(), 'postern-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'authority.pem'), cert);
  const source = new URL('../../src/apps/guarded-fetch.ts', import.meta.url).href;
  const script =
    `import { guardedFetch } from '${source}';` +
    `const told = await guardedFetch('http://localhost:1')('${origin}/right').catch(({ code }) => code);` +
    'console.log(told.status ?? told);';
  const told = async (more: object) => {
    const options = { env: { ...process.env, ...more } };
    const asked = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
    return (await asked).stdout.trim();
  };
  expect(await told({ NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') })).toBe('200');
  expect(await told({ NODE_EXTRA_CA_CERTS: '' })).toMatch(/CERT|SIGNED/);
});

test('where others come in, no address of our own network is asked for any', async () => {
  const served = await servePractices();
  const before = fetched.length;
  const { port } = new URL(address);
  try {
    for (const uri of [
      `${address}/right`,
      `https://127.0.0.1:${port}/right`,
      `https://localhost:${port}/right`,
      `https://[::1]:${port}/right`,
      `https://[::ffff:127.0.0.1]:${port}/right`,
      'https://169.254.169.254/latest',
      'https://10.0.0.1/keys',
    ]) {
      const [status, error] = (await answered(served, uri)) as [number, string];
      expect([uri, status === 400 || status === 401]).toEqual([uri, true]);
      expect([uri, error]).not.toEqual([uri, 'a token']);
    }
    expect(fetched.length).toBe(before);
  } finally {
    await served.close();
  }
});
