import { expect, test } from 'vitest';
import { credentialOf } from './credentials.ts';

const tokenOf = (headers: Record<string, string>, name = '__Host-postern') =>
  credentialOf({ headers }, name)?.token ?? null;

test('a token comes in the header, or else in the cookie of its name', () => {
  expect(tokenOf({ authorization: 'Bearer abc' })).toBe('abc');
  expect(tokenOf({ cookie: 'a=b; __Host-postern=abc;\tc=d' })).toBe('abc');
  expect(tokenOf({ authorization: 'Basic abc', cookie: '__Host-postern=abc' })).toBeNull();
  expect(tokenOf({ cookie: 'postern=abc' })).toBeNull();
});

test('what a browser takes for part of another cookie is never read as ours', () => {
  const around = [',', ', ', '\u00a0', '\u0085', '\ufeff', '\u2028', '\v', '\f', '"', '\\'];
  for (const name of ['__Host-postern', 'postern']) {
    for (const one of around) {
      for (const cookie of [`x=1${one}${name}=abc`, `${one}${name}=abc`, `a=b; ${one}${name}=abc`]) {
        expect([cookie, tokenOf({ cookie }, name)]).toEqual([cookie, null]);
      }
      expect(tokenOf({ cookie: `x=1${one}${name}=theirs; ${name}=own` }, name)).toBe('own');
    }
  }
});

test('a cookie that is there twice is not used', () => {
  expect(tokenOf({ cookie: '__Host-postern=abc; __Host-postern=def' })).toBeNull();
});
