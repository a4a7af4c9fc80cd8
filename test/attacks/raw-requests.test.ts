/** Bytes on a socket: requests hidden in others, names of other hosts, and addresses that lead elsewhere. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppStage, setAppStage } from '../support/app-stage.ts';

let stage: AppStage;
let port: number;
beforeAll(async () => {
  stage = await setAppStage();
  port = Number(new URL(stage.origin).port);
});
afterAll(() => stage.close());

/** Everything that comes back until the server hangs up, or has been silent for a while. */
function send(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text));
    const chunks: string[] = [];
    socket.setTimeout(400, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(chunks.join('')));
  });
}

const answersIn = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
const hidden = () =>
  `GET /session HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${stage.patient.token}\r\n\r\n`;
const post = (fields: string, content: string) =>
  `POST /signin HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${fields}\r\n\r\n${content}`;

test('a request alone is answered', async () => {
  expect(answersIn(await send(hidden()))).toEqual(['200']);
});

describe('a request that is hidden in another is not answered:', () => {
  const cases: Readonly<Record<string, () => string>> = {
    'both kinds of length': () =>
      post('content-length: 4\r\ntransfer-encoding: chunked', `0\r\n\r\n${hidden()}`),
    'two lengths': () => post(`content-length: 0\r\ncontent-length: ${hidden().length}`, hidden()),
    'a length with a sign': () => post('content-length: +0', hidden()),
    'a length of many': () => post('content-length: 0, 5', hidden()),
    'an unknown coding': () => post('transfer-encoding: xchunked', `0\r\n\r\n${hidden()}`),
    'a coding twice': () =>
      post('transfer-encoding: chunked\r\ntransfer-encoding: identity', `0\r\n\r\n${hidden()}`),
    'a space before the colon': () =>
      post('transfer-encoding : chunked\r\ncontent-length: 5', `0\r\n\r\n${hidden()}`),
    'a folded line': () => post('x: y\r\n transfer-encoding: chunked', `0\r\n\r\n${hidden()}`),
    'a chunk of no size': () => post('transfer-encoding: chunked', `zz\r\n${hidden()}`),
    'content that was refused unread': () => post(`content-length: ${hidden().length}`, hidden()),
    'a bare line feed in a field': () => post('x: y\nhost: z', ''),
    'NUL in a field': () => post('x: \u0000', ''),
  };
  test.each(Object.entries(cases))('%s', async (_, make) => {
    const text = await send(make());
    expect(answersIn(text).length).toBeLessThanOrEqual(1);
    expect(answersIn(text)).not.toContain('200');
    expect(text).not.toContain('"account"');
  });
});

test('too many fields, and too long ones, are refused', async () => {
  const long = await send(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(answersIn(long)).toEqual(['400']);
  const cookie = `postern=${'a'.repeat(15_000)}`;
  const wide = await send(`GET /session HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\n\r\n`);
  expect(answersIn(wide)).toEqual(['401']);
});

test('the name that a request gives the host is said back nowhere, and leads nowhere', async () => {
  const { client } = await stage.register();
  const query = new URLSearchParams({ response_type: 'code', client_id: client.clientId, scope: 'openid' });
  const targets = [
    '/',
    '/signin',
    '/.well-known/openid-configuration',
    '/.well-known/smart-configuration',
    '/.well-known/security.txt',
    '/fhir/metadata',
    `/oauth/authorize?${query}`,
    '/signin/single-sign-on?practice=x',
    '/nothing',
  ];
  const named = [
    'host: evil.example',
    'host: care.example\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: https',
    'host: care.example\r\nforwarded: host=evil.example;proto=https',
    'host: care.example\r\nx-original-url: /desk\r\nx-rewrite-url: //evil.example/',
    'host: evil.example:443@care.example',
  ];
  for (const target of targets) {
    for (const fields of named) {
      const text = await send(`GET ${target} HTTP/1.1\r\n${fields}\r\nconnection: close\r\n\r\n`);
      expect([target, fields, text.includes('evil.example')]).toEqual([target, fields, false]);
    }
    const first = `GET http://evil.example${target} HTTP/1.1`;
    const whole = `${first}\r\nhost: evil.example\r\nconnection: close\r\n\r\n`;
    expect([target, (await send(whole)).includes('evil.example')]).toEqual([target, false]);
  }
});

test('no address leads out of here', async () => {
  const leading = ['//evil.example', '/\\evil.example', '/%2f%2fevil.example', '/..//evil.example/', '/.//x'];
  const leadingBy = (name: string) => `/?${name}=https://evil.example`;
  const names = [
    'next',
    'return',
    'return_to',
    'redirect',
    'redirect_uri',
    'url',
    'to',
    'post_logout_redirect_uri',
  ];
  const doors = ['/signin', '/oauth/authorize', '/oauth/interaction/refused', '/signin/single-sign-on'];
  const asked = [
    ...leading,
    ...names.map(leadingBy),
    ...doors.flatMap((door) => names.map((name) => `${door}?${name}=https://evil.example&practice=x`)),
  ];
  for (const target of asked) {
    const text = await send(`GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
    const [, location = '/'] = /^location: (.*)$/im.exec(text) ?? [];
    expect([target, location]).toEqual([target, expect.stringMatching(/^\/(?!\/)/)]);
    expect([target, location.includes('evil')]).toEqual([target, false]);
  }
});
