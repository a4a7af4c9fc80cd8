import { expect, test } from 'vitest';
import { readReceivedLink } from './received-link.ts';

const KEY = 'k'.repeat(43);
const ORIGIN = 'https://care.example';
const URL_ = `${ORIGIN}/shl/${'a'.repeat(65)}`;
const link = (payload: object | string) => {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return `#shlink:/${Buffer.from(text).toString('base64url')}`;
};

test('a link of this server is read, with what its sender wrote', () => {
  const read = readReceivedLink(
    link({ url: URL_, key: KEY, flag: 'P', label: 'Für Dr. Çelik', v: 1 }),
    ORIGIN,
  );
  expect(read).toEqual({ url: URL_, key: KEY, label: 'Für Dr. Çelik', isGuarded: true });
  expect(readReceivedLink(link({ url: URL_, key: KEY }), ORIGIN)).toMatchObject({
    label: '',
    isGuarded: false,
  });
});

test('a link of another server is known as one, and nothing of it is kept', () => {
  for (const url of [
    'https://care.example.away.example/shl/x',
    'http://care.example/shl/x',
    'https://care.example:8443/shl/x',
    'https://user@away.example/shl/x',
    'javascript:alert(1)',
    'data:text/html,x',
  ]) {
    expect(readReceivedLink(link({ url, key: KEY }), ORIGIN)).toBe('foreign');
  }
});

test('what is no link, or leads elsewhere on this server, is none', () => {
  for (const hash of [
    '',
    '#',
    '#shlink:/',
    '#shlink:/!!!',
    link('not json'),
    link('null'),
    link({ url: URL_ }),
    link({ url: URL_, key: 'short' }),
    link({ url: `${ORIGIN}/fhir/Patient`, key: KEY }),
    link({ key: KEY }),
  ]) {
    expect([hash, readReceivedLink(hash, ORIGIN)]).toEqual([hash, 'none']);
  }
});
