/**
 * What nobody means, sent to every route outside of /fhir by somebody who may ask there: content that is no
 * content, members that are no values, and addresses that are none. Each is refused in a sentence that
 * repeats none of it, and nothing fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { withPasskey } from '../support/account-attacks.ts';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let browser: BrowserVisitor;
let owner: string;
let routes: readonly { readonly method: string; readonly path: string }[];
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  ({ browser } = await withPasskey({ served, practice }));
  ({ token: owner } = await served.person(practice, { role: 'owner' }, { role: 'front-desk' }));
  routes = served.server.routes.filter(({ path }) => !/^\/(fhir|bulk|security)(\/|$)/.test(path));
});
afterAll(() => served.close());

const MARK = 'xq7marked';
const JSON_TYPE = { 'content-type': 'application/json' };
const writing = () => routes.filter(({ method }) => method !== 'GET');
let networks = 0;

/** Each from a network of its own: nobody is to be told to wait. */
async function ask(method: string, target: string, body?: string, headers: object = JSON_TYPE) {
  networks += 1;
  const address = `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`;
  const token = target.startsWith('/account') ? browser.token : owner;
  const answer = await served.ask(token, method, target, {
    address,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
  });
  // Refusals count, and a burst of them ends the session; whose it is does not matter here.
  if (answer.status === 401 || answer.status === 429) {
    if (target.startsWith('/account')) await browser.signInByPasskey();
    else ({ token: owner } = await served.person(practice, { role: 'owner' }, { role: 'front-desk' }));
  }
  return answer;
}

const concrete = (path: string, param = MARK) => path.replace(/:\w+/g, param);

test('what is no JSON object is refused before anything is done', async () => {
  const contents = [
    '',
    'null',
    '[]',
    `"${MARK}"`,
    '{',
    `{"a":"${MARK}`,
    '\u0000',
    `${'['.repeat(20_000)}`,
    `{"a":"${MARK.repeat(20_000)}"}`,
  ];
  for (const { method, path } of writing()) {
    // Taking a touch begins without being told anything.
    if (method === 'DELETE' || path === '/account/touch/options') continue;
    for (const content of contents) {
      const { status, text } = await ask(method, concrete(path), content);
      const told = [method, path, content.slice(0, 30), status];
      expect(status, told.join(' ')).toBeGreaterThanOrEqual(400);
      expect(status, told.join(' ')).toBeLessThan(500);
      expect(text, told.join(' ')).not.toContain(MARK);
    }
    const types = [{}, { 'content-type': 'text/plain' }, { 'content-type': 'multipart/form-data' }];
    for (const headers of types) {
      const { status } = await ask(method, concrete(path), '{"a":1}', headers);
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
    }
  }
}, 120_000);

const MEMBERS = [
  ...[
    'code',
    'email',
    'passphrase',
    'ticket',
    'practice',
    'response',
    'name',
    'chart',
    'account',
    'sections',
  ],
  ...['until', 'role', 'reason', 'as', 'way', 'language', 'birthDate', 'version', 'instead', 'provider'],
  ...[
    'patient',
    'client',
    'keepOwnRecord',
    'cookie',
    'allow',
    'categories',
    'writes',
    'days',
    'id',
    'issuer',
  ],
  ...[
    'clientId',
    'clientSecret',
    'scopes',
    'roles',
    'staffIdleMinutes',
    'timeZone',
    'languages',
    '__proto__',
  ],
];

describe('members that are no values', () => {
  test.each([
    ['NUL', `${MARK}\u0000`],
    ['half a character', `${MARK}\ud800`],
    ['lines and what steers a terminal', `${MARK}\r\nset-cookie: a=b\u001b[2J\u2028\u202e`],
    ['a number beyond all', Number.MAX_VALUE],
    ['a negative number', -1],
    ['what is nested deeply', JSON.parse(`${'['.repeat(150)}${']'.repeat(150)}`)],
    ['an object', { toString: MARK, length: 5, $gt: '' }],
    ['a list', [MARK, [MARK]]],
    ['yes', true],
    ['nothing', null],
    ['markup', `<script>${MARK}</script>' or 1=1 --`],
    ['a path', `../../${MARK}`],
    ['an id that is nobody’s', '00000000-0000-4000-8000-000000000000'],
  ])(
    '%s is refused, or taken for what it is, and nothing fails',
    async (_, value) => {
      for (const { method, path } of writing()) {
        const body = JSON.stringify(Object.fromEntries(MEMBERS.map((name) => [name, value])));
        const answer = await ask(method, concrete(path), body);
        expect([path, method, answer.status < 500, answer.text]).toEqual([path, method, true, answer.text]);
        if (answer.status >= 400) expect([path, answer.text.includes(MARK)]).toEqual([path, false]);
        for (const field of [...Object.values(answer.headers), ...answer.cookies]) {
          expect([path, /[\r\n\0]/.test(field)]).toEqual([path, false]);
        }
      }
    },
    120_000,
  );
});

test('an address that is none is nothing, whatever stands in it', async () => {
  const parts = [
    '%00',
    '%0d%0aset-cookie:a',
    '..%2f..',
    '%ff',
    '%',
    'a'.repeat(5000),
    '%27%20or%201=1',
    '\u202e',
  ];
  const queries = ['', '?x=%00', '?of=__proto__', '?chart=%00', '?practice=%00&provider=%00', '?uid=%ud800'];
  for (const { method, path } of routes) {
    for (const part of path.includes(':') ? parts : ['']) {
      const { status, text } = await ask(method, concrete(path, part), '{}');
      expect([method, path, part.slice(0, 20), status < 500, text]).toEqual([
        ...[method, path, part.slice(0, 20)],
        true,
        text,
      ]);
    }
    for (const query of queries) {
      const { status } = await ask(method, `${concrete(path)}${query}`, '{}');
      expect([method, path, query, status < 500]).toEqual([method, path, query, true]);
    }
  }
}, 120_000);

test('what was sent stands in no line of the server’s own log', () => {
  expect(served.logged.join('\n')).not.toContain(MARK);
  expect(served.logged.some((line) => /[\p{Cc}\p{Bidi_Control}\u2028]/u.test(line.trimEnd()))).toBe(false);
});
