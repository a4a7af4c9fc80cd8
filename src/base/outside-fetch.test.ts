import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayAsk, outsideFetch } from './outside-fetch.ts';

let server: Server;
let here: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/long') response.end('x'.repeat(600 * 1024));
    else if (request.url === '/never') response.flushHeaders();
    else if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
    else response.end('{}');
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

describe('somebody may be asked', () => {
  const INSIDE = ['10.0.0.8', '192.168.1.1', '172.20.0.1', '100.64.1.1', 'fd00::1'];
  const NEVER = [
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    'fe80::1',
    '224.0.0.1',
    '::ffff:127.0.0.1',
  ];

  test('on the public Internet', () => {
    for (const address of ['198.41.0.4', '2606:4700::1111']) {
      expect(mayAsk(address, { privateNetwork: false })).toBe(true);
    }
  });

  test('in a private network where the operator says so', () => {
    expect(INSIDE.map((address) => mayAsk(address, { privateNetwork: false }))).not.toContain(true);
    expect(INSIDE.map((address) => mayAsk(address, { privateNetwork: true }))).not.toContain(false);
    expect(mayAsk('::ffff:10.0.0.8', { privateNetwork: false })).toBe(false);
  });

  test('never on this machine, or where clouds tell their secrets', () => {
    for (const privateNetwork of [false, true]) {
      expect(NEVER.map((address) => mayAsk(address, { privateNetwork }))).not.toContain(true);
    }
  });
});

describe('what is fetched', () => {
  const away = outsideFetch({ atHome: false, privateNetwork: true });
  const home = outsideFetch({ atHome: true, privateNetwork: false, waitMs: 300 });

  test('comes over TLS, and neither from this machine by name nor by number', async () => {
    await expect(away(here, {})).rejects.toThrow('over TLS');
    await expect(away(here.replace('http:', 'https:'), {})).rejects.toThrow('over TLS');
    await expect(away('https://localhost:1/', {})).rejects.toThrow('over TLS');
    await expect(away('https://[::1]:1/', {})).rejects.toThrow('over TLS');
    await expect(home('http://192.0.2.1/', {})).rejects.toThrow('over TLS');
  });

  test('is short and quick, and no redirect is followed', async () => {
    expect((await home(`${here}/`, {})).status).toBe(200);
    expect((await home(`${here}/elsewhere`, {})).status).toBe(302);
    await expect(home(`${here}/long`, {})).rejects.toThrow('more than it should');
    await expect(home(`${here}/never`, {})).rejects.toThrow();
  });
});
