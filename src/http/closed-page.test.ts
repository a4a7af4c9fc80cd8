import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CLOSED_PAGE, CLOSED_STYLE } from './closed-page.ts';

const text = Buffer.from(CLOSED_PAGE.body as Uint8Array).toString();

test('the page of the closed portal says so in three languages, and needs no script', () => {
  for (const words of [
    'The portal is closed',
    'El portal está cerrado',
    'Das Portal ist gerade geschlossen',
  ]) {
    expect(text).toContain(words);
  }
  expect(text).not.toMatch(/<script|\son\w+=|https?:/);
});

test('its policy allows its one style and nothing else', () => {
  const digest = createHash('sha256').update(CLOSED_STYLE).digest('base64');
  expect(CLOSED_PAGE.headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
  expect(text).toContain(`<style>${CLOSED_STYLE}</style>`);
  expect(CLOSED_PAGE.headers['content-security-policy']).not.toContain('unsafe');
});
