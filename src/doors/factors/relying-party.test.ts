import { expect, test } from 'vitest';
import { nameOfBrowser } from '../sessions/browser-name.ts';
import { relyingPartyOf } from './relying-party.ts';

test.each([
  ['https://care.example', 'care.example', 'https://care.example'],
  ['https://care.example:8443/postern', 'care.example', 'https://care.example:8443'],
  ['http://127.0.0.1:8080', 'localhost', 'http://localhost:8080'],
  ['http://127.1.2.3:8080', 'localhost', 'http://localhost:8080'],
  ['http://[::1]:8080', 'localhost', 'http://localhost:8080'],
  ['http://localhost', 'localhost', 'http://localhost'],
])('%s has passkeys of %s, for pages of %s', (publicUrl, id, origin) => {
  expect(relyingPartyOf(publicUrl)).toEqual({ id, origin });
});

test.each(['http://care.example', 'https://203.0.113.7', 'http://192.168.1.5:8080', 'https://[2001:db8::1]'])(
  '%s has none: browsers would offer none there',
  (publicUrl) => {
    expect(relyingPartyOf(publicUrl)).toBeNull();
  },
);

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge', 'Windows'],
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36', 'Chrome', 'Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1.15', 'Safari', 'macOS'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/140.0 Safari/604.1', 'Chrome', 'iOS'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
  ['<script>alert(1)</script>', null, null],
  [undefined, null, null],
] as [string | undefined, string | null, string | null][])('%s is %s on %s', (said, browser, system) => {
  expect(nameOfBrowser(said)).toEqual({ browser, system });
});
