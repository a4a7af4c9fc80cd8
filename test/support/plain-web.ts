/** Web apps without anything in them, for tests that are about what is behind them. */
import type { WebFile, WebFiles } from '../../src/base/web-files.ts';

function page(app: string): WebFile {
  const bytes = Buffer.from(`<!doctype html><title>${app}</title>`);
  return { type: 'text/html; charset=utf-8', bytes, brotli: null, gzip: null };
}

const bare: WebFile = {
  type: 'text/html; charset=utf-8',
  bytes: Buffer.from('<!doctype html><html lang="en"><title>{{title}}</title><body>{{body}}'),
  brotli: null,
  gzip: null,
};

const script = { type: 'text/javascript; charset=utf-8', bytes: Buffer.from('"script"') };

export const PLAIN_WEB: WebFiles = {
  pages: {
    door: page('door'),
    portal: page('portal'),
    desk: page('desk'),
    account: page('account'),
    consent: page('consent'),
    developer: page('developer'),
    shl: page('shl'),
  },
  disclosure: { page: bare, form: bare },
  assets: new Map([
    ['plain-0a1b2c3d.js', { ...script, brotli: Buffer.from('brotli'), gzip: Buffer.from('gzip') }],
  ]),
};
