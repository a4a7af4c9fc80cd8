/**
 * A backend that knows SMART Backend Services and Bulk Data Access, and nothing of Postern, comes from its
 * registered key, which stands at an address of its own, to every line of every file of a Group
 * (https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html).
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import { exportKind } from '../../src/fhir/index.ts';
import { JobWorker } from '../../src/jobs/index.ts';
import { registerClient } from '../support/app-stage.ts';
import { type ExportDesk, openExportDesk } from '../support/export-desk.ts';
import { freePort } from '../support/free-port.ts';
import { PlainClient } from '../support/plain-bulk-client.ts';

const group = newId();
const key = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const published = { ...key.publicKey.export({ format: 'jwk' }), kid: 'k-1', alg: 'ES384', use: 'sig' };

let desk: ExportDesk;
let worker: JobWorker;
let base: string;
let clientId: string;
let keys: Server;
let fetched = 0;
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  base = `${publicUrl}/fhir`;
  desk = await openExportDesk({ publicUrl, port, clock: systemClock });
  const { served, practice, charts } = desk;
  const member = [0, 2].map((at) => ({ entity: { reference: `Patient/${charts[at]}` } }));
  await served.deposit(practice, { resourceType: 'Group', id: group, type: 'person', actual: true, member });
  worker = new JobWorker({
    jobs: served.jobs,
    kinds: [exportKind({ store: served.store, base })],
    onError: (what, error) => console.error(what, error),
  });
  worker.start();
  keys = createServer((_request, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [published] }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => keys.once('listening', resolve));
  const jwksUri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`;
  const { accountId } = await served.person(practice, { role: 'doctor' });
  const { client } = await registerClient(served, {
    redirectUris: [],
    authentication: 'private_key_jwt',
    jwksUri,
    backend: { practiceId: practice, accountId },
  });
  clientId = client.clientId;
  await served.server.listen();
});
afterAll(async () => {
  await worker.stop();
  keys.close();
  await desk.served.close();
});

interface Discovered {
  readonly token_endpoint: string;
  readonly capabilities: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly scopes_supported: readonly string[];
}

/** Asks for a token as the specification says, with what the server says of itself and nothing else. */
async function tokenFor(scope: string): Promise<{ access_token: string; expires_in: number; scope: string }> {
  const headers = { accept: 'application/json' };
  const discovered = (await (
    await fetch(`${base}/.well-known/smart-configuration`, { headers })
  ).json()) as Discovered;
  expect(discovered.capabilities).toContain('client-confidential-asymmetric');
  expect(discovered.token_endpoint_auth_methods_supported).toContain('private_key_jwt');
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: discovered.token_endpoint,
    exp: Math.floor(Date.now() / 1000) + 300,
    jti: randomUUID(),
  };
  const assertion = new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k-1', typ: 'JWT' });
  const answer = await fetch(discovered.token_endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion.sign(key.privateKey),
    }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as never;
}

test('a backend goes from its key to every line of every file, each time with a new token', async () => {
  const scope = 'system/*.rs';
  const first = await tokenFor(scope);
  expect(first).toMatchObject({ scope, token_type: 'Bearer' });
  expect(first.expires_in).toBeLessThanOrEqual(300);
  const client = new PlainClient(async () => (await tokenFor(scope)).access_token);
  const { manifest, location } = await client.export(`${base}/Group/${group}/$export`);
  const files = await client.download(manifest);
  const lines = [...files.values()].flat() as { resourceType: string; id: string }[];
  for (const type of ['Patient', 'Observation', 'Condition']) {
    const [one, two] = [desk.charts[0]!, desk.charts[2]!];
    const counts = await Promise.all([one, two].map((patient) => client.count(base, type, patient)));
    expect([type, files.get(type)!.length]).toEqual([type, counts[0]! + counts[1]!]);
  }
  expect(new Set(lines.map(({ resourceType, id }) => `${resourceType}/${id}`)).size).toBe(lines.length);
  for (const line of lines) {
    const read = await client.ask(`${base}/${line.resourceType}/${line.id}`);
    expect([line.resourceType, await read.json()]).toEqual([line.resourceType, line]);
  }
  expect(lines.some(({ id }) => id === desk.charts[1])).toBe(false);
  expect(await client.remove(location)).toBe(202);
  expect(fetched).toBeGreaterThan(0);
  // Keys are kept for a while, not asked for at each token.
  expect(fetched).toBeLessThan(3);
});

test('what is narrowed to one type exports that type and no other', async () => {
  const client = new PlainClient(async () => (await tokenFor('system/Condition.rs')).access_token);
  const { manifest } = await client.export(`${base}/Patient/$export`);
  expect(manifest.output.map(({ type }) => type)).toEqual(['Condition']);
  expect((await client.download(manifest)).get('Condition')).toHaveLength(3);
});
