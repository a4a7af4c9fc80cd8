import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Provider } from './provider-terms.ts';
import { RelyingSide } from './relying-side.ts';

let server: Server;
let here: string;
let says: string;
beforeAll(async () => {
  server = createServer((_, response) => {
    const content = JSON.stringify({ issuer: says, authorization_endpoint: `${here}/authorize` });
    response.writeHead(200, { 'content-type': 'application/json' }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  here = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const providerAt = (issuer: string): Provider => ({
  ...{ id: 'main', name: 'Main', issuer, clientId: 'postern', clientSecret: 'a secret of theirs' },
  ...{ scopes: ['openid'], algorithm: 'RS256', roleClaim: null, roles: {}, maxAge: null, acrValues: [] },
  privateNetwork: false,
});

const begin = async () => {
  const relying = new RelyingSide('http://127.0.0.1:8080');
  return (await relying.begin(providerAt(here), 'http://127.0.0.1:8080/back')).to;
};

test('a provider whose metadata name another issuer is none', async () => {
  says = here;
  expect(await begin()).toContain(`${here}/authorize?`);
  for (const other of ['https://evil.example', `${here}/x`, here.replace('127.0.0.1', 'localhost')]) {
    says = other;
    await expect(begin()).rejects.toMatchObject({ code: 'unavailable' });
  }
});
