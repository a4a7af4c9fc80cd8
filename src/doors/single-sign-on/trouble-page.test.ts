import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { TROUBLE_STYLE, troublePage } from './trouble-page.ts';

test('the page allows its one style and nothing else, and needs no script', () => {
  const { headers, body } = troublePage({ headers: { 'accept-language': 'de-AT' } }, 'unknown', []);
  const text = Buffer.from(body as Uint8Array).toString();
  const digest = createHash('sha256').update(TROUBLE_STYLE).digest('base64');
  expect(headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
  expect(text).toContain(`<style>${TROUBLE_STYLE}</style>`);
  expect(text).toContain('<html lang="de">');
  expect(text).not.toMatch(/<script|\son\w+=|https?:/);
});
