import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PosternError } from '../base/errors.ts';
import { type Answer, headerOf, type Request, readBody } from '../base/exchange.ts';
import { errorAnswer } from '../fhir/index.ts';
import { makeCarrier } from './fastify-carrier.ts';

const seen: Request[] = [];

/** Answers by the path: what a carrier must carry, without a route in between. */
async function handle(request: Request): Promise<Answer> {
  seen.push(request);
  const headers = { 'content-type': 'text/plain', 'x-frame-options': 'DENY' };
  switch (request.path) {
    case '/echo':
      return { status: 200, headers, body: await readBody(request, 100) };
    case '/stream':
      return { status: 200, headers, body: pieces() };
    case '/nothing':
      return { status: 204, headers: {}, body: null };
    default:
      return { status: 404, headers, body: Buffer.from('no') };
  }
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ');
  yield Buffer.from('two');
}

const carrier = makeCarrier({
  handle: (request) => handle(request).catch((error: PosternError) => errorAnswer(error)),
  refuse: errorAnswer,
});
let base = '';

beforeAll(async () => {
  base = await carrier.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => carrier.close());

/** Sends bytes as they are and gives back all that comes until the server hangs up. */
async function raw(text: string): Promise<string> {
  const { port } = carrier.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('the address of whoever asks', () => {
  const addressSeen = async (trusted: string[], headers: Record<string, string>) => {
    const behind = makeCarrier({ handle, refuse: errorAnswer }, trusted);
    await fetch(`${await behind.listen({ host: '127.0.0.1', port: 0 })}/nothing`, { headers });
    await behind.close();
    return seen.at(-1)!.address;
  };

  test.each([
    ['a proxy that is trusted', ['127.0.0.1'], '203.0.113.9', '203.0.113.9'],
    ['a proxy in a range that is trusted', ['10.0.0.0/8', '127.0.0.0/8'], '203.0.113.9', '203.0.113.9'],
    ['a proxy behind a proxy', ['127.0.0.1', '10.1.2.3'], '203.0.113.9, 10.1.2.3', '203.0.113.9'],
    [
      'a proxy, with what the client made up before it',
      ['127.0.0.1'],
      '198.51.100.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['a proxy, over IPv6', ['127.0.0.1'], '2001:db8::7', '2001:db8::7'],
    ['a proxy that says what is no address', ['127.0.0.1'], 'unknown', '127.0.0.1'],
    ['a proxy, with IPv4 in IPv6 clothes', ['127.0.0.1'], '::ffff:203.0.113.9', '203.0.113.9'],
  ])('is as said by %s', async (_, trusted, forwarded, address) => {
    expect(await addressSeen(trusted, { 'x-forwarded-for': forwarded })).toBe(address);
  });

  test.each([
    ['nobody is trusted', [], 'x-forwarded-for', '203.0.113.9'],
    ['others are trusted', ['10.0.0.0/8', '127.0.0.2'], 'x-forwarded-for', '203.0.113.9'],
    ['he says he comes through one', ['10.1.2.3'], 'x-forwarded-for', '203.0.113.9, 10.1.2.3'],
    ['he writes it another way', [], 'forwarded', 'for=203.0.113.9'],
    ['the proxy writes it another way', ['127.0.0.1'], 'forwarded', 'for=203.0.113.9'],
    ['he writes it a third way', [], 'x-real-ip', '203.0.113.9'],
  ])('is his own where %s', async (_, trusted, header, value) => {
    expect(await addressSeen(trusted, { [header]: value })).toBe('127.0.0.1');
  });
});

describe('the carrier', () => {
  test('hands over method, path, query, headers, address and content as they were sent', async () => {
    const response = await fetch(`${base}/echo?a=%20b&a=c`, { method: 'PUT', body: 'héllo' });
    expect(await response.text()).toBe('héllo');
    const request = seen.at(-1)!;
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/echo',
      query: 'a=%20b&a=c',
      address: '127.0.0.1',
    });
    expect(headerOf(request, 'content-length')).toBe('6');
  });

  test('carries content that comes in pieces, and answers without any', async () => {
    expect(await (await fetch(`${base}/stream`)).text()).toBe('one two');
    const nothing = await fetch(`${base}/nothing`);
    expect([nothing.status, await nothing.text()]).toEqual([204, '']);
  });

  test('answers HEAD with the length and without the content', async () => {
    const response = await fetch(`${base}/missing`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([404, '2']);
    expect(await response.text()).toBe('');
  });

  test('hands over methods that nobody knows and paths that nobody could decode', async () => {
    for (const method of ['PROPFIND', 'QUERY', 'OPTIONS', 'TRACE']) {
      const answer = await raw(`${method} /odd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 404 /);
      expect(seen.at(-1)!.method).toBe(method);
    }
    expect((await fetch(`${base}/%zz`)).status).toBe(400);
  });

  test('refuses content that is too long without reading it, and hangs up', async () => {
    const announced = await raw('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 101\r\n\r\n');
    expect(announced).toMatch(/^HTTP\/1.1 413 /);
    expect(announced.toLowerCase()).toContain('connection: close');
    const piece = `65\r\n${'x'.repeat(101)}\r\n`;
    const streamed = await raw(
      `POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${piece}`,
    );
    expect(streamed).toMatch(/^HTTP\/1.1 413 /);
  });

  test('does not wait for content that nobody asked for', async () => {
    const answer = await raw('POST /odd HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf');
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
  });

  test.each([
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['headers that never end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    [
      'a length and chunks, which two readers would read in two ways',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('refuses %s with an OperationOutcome and hangs up', async (_, text) => {
    const answer = await raw(text);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"resourceType":"OperationOutcome"');
    expect(answer.toLowerCase()).toContain('connection: close');
  });
});
