import { describe, expect, test } from 'vitest';
import { BrowserSessions } from './browser-sessions.ts';

const secure = new BrowserSessions('https://care.example');
const local = new BrowserSessions('http://127.0.0.1:8080');

/** Whether a request with these fields is taken for one of our own pages. */
function passes(method: string, headers: Readonly<Record<string, string>>, sessions = secure): boolean {
  try {
    sessions.assertOwnPage({ method, headers });
    return true;
  } catch {
    return false;
  }
}

const OURS = { origin: 'https://care.example', 'sec-fetch-site': 'same-origin', 'postern-page': '1' };

describe('the cookie of a browser', () => {
  test('goes to this host alone, over TLS alone, and to no script', () => {
    expect(secure.give('abc')).toEqual({
      'set-cookie': '__Host-postern=abc; Path=/; HttpOnly; SameSite=Strict; Secure',
    });
  });

  test('has a plain name where browsers take no other, on http of this machine', () => {
    expect(local.give('abc')).toEqual({ 'set-cookie': 'postern=abc; Path=/; HttpOnly; SameSite=Strict' });
  });

  test('is taken away by one that is over', () => {
    expect(secure.take()['set-cookie']).toMatch(/^__Host-postern=; .*Secure; Max-Age=0$/);
  });
});

describe('a request with a cookie', () => {
  test('may read where a page of ours asks, or the person themselves', () => {
    expect(passes('GET', { 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(passes('GET', { 'sec-fetch-site': 'none' })).toBe(true);
    expect(passes('GET', {})).toBe(true);
  });

  test('reads nothing for a page of another site, nor of a neighbouring host', () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(passes('GET', { 'sec-fetch-site': site })).toBe(false);
    }
    expect(passes('GET', { origin: 'https://evil.example' })).toBe(false);
  });

  test('changes something only with our origin, from our page, and with the field that pages add', () => {
    expect(passes('POST', OURS)).toBe(true);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const field of ['origin', 'postern-page'] as const) {
        const { [field]: _, ...rest } = OURS;
        expect([method, field, passes(method, rest)]).toEqual([method, field, false]);
      }
      for (const origin of ['null', 'https://care.example.evil.example', 'http://care.example']) {
        expect(passes(method, { ...OURS, origin })).toBe(false);
      }
      expect(passes(method, { ...OURS, 'sec-fetch-site': 'none' })).toBe(false);
    }
  });

  test('may come from any name of this machine, on our port alone', () => {
    const from = (origin: string) => passes('POST', { ...OURS, origin }, local);
    expect(from('http://localhost:8080')).toBe(true);
    expect(from('http://[::1]:8080')).toBe(true);
    expect(from('http://localhost:8081')).toBe(false);
  });
});
