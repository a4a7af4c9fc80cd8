import { expect, test } from 'vitest';
import { WEB_APPS } from '../../src/base/web-files.ts';
import { builtWeb, HEAVIEST, startingBytes } from '../../web/build/index.ts';
import { PLAIN_WEB } from '../support/plain-web.ts';

test('no page needs more than 180 KB of scripts before it says something', async () => {
  const built = await builtWeb();
  for (const app of WEB_APPS) {
    const bytes = startingBytes(built, app);
    // React alone is more than that: what weighs nothing has not been found.
    expect([app, bytes > 50_000, bytes <= HEAVIEST]).toEqual([app, true, true]);
  }
});

test('the worker that reads PDF has a name by which the server knows it', async () => {
  const { assets } = await builtWeb();
  expect([...assets.keys()].filter((name) => /^pdf-worker-[\w-]+\.js$/.test(name))).toHaveLength(1);
});

test('what a page asks for is found, and counted once', () => {
  const html =
    '<script type="module" crossorigin src="/assets/a.js"></script>' +
    '<link rel="modulepreload" crossorigin href="/assets/b.js"><link rel="stylesheet" href="/assets/c.css">' +
    '<link rel="modulepreload" crossorigin href="/assets/b.js">';
  const file = (bytes: string, gzip: string | null) => ({
    type: 'text/javascript; charset=utf-8',
    bytes: Buffer.from(bytes),
    brotli: null,
    gzip: gzip === null ? null : Buffer.from(gzip),
  });
  const assets = new Map([
    ['a.js', file('plain', null)],
    ['b.js', file('not this', 'this')],
    ['c.css', file('no script', null)],
  ]);
  const pages = { ...PLAIN_WEB.pages, portal: file(html, null) };
  expect(startingBytes({ ...PLAIN_WEB, pages, assets }, 'portal')).toBe('plain'.length + 'this'.length);
  expect(() => startingBytes(PLAIN_WEB, 'door')).toThrow('no script');
});
