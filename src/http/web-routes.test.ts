import { expect, test } from 'vitest';
import { PLAIN_WEB } from '../../test/support/plain-web.ts';
import type { RoutedRequest } from '../base/exchange.ts';
import type { WebApp } from '../base/web-files.ts';
import { webRoutes } from './web-routes.ts';

const script = [...PLAIN_WEB.assets.values()][0]!;
const assets = new Map([
  ...PLAIN_WEB.assets,
  ['pdf-worker-0a1B-_9.js', script],
  ['pdf-worker-0a1b.css', script],
  ['not-pdf-worker-0a1b.js', script],
]);
const routes = webRoutes({ ...PLAIN_WEB, assets }, { isOpen: async () => true } as never);

async function policyOf(path: string, params: Readonly<Record<string, string>> = {}): Promise<string> {
  const route = routes.find((each) => each.path === path)!;
  const request = { method: 'GET', path, query: '', headers: {}, params } as unknown as RoutedRequest;
  const { headers } = await route.handle(request, undefined as never);
  return headers['content-security-policy'] ?? '';
}

test('lets pages where files are opened make the address of one worker, and no other page any', async () => {
  for (const app of ['portal', 'desk'] as const satisfies readonly WebApp[]) {
    const policy = await policyOf(`/${app}`);
    expect(policy).toMatch(/require-trusted-types-for 'script'/);
    expect(policy).toMatch(/; trusted-types postern-worker$/);
    expect(policy).not.toMatch(/unsafe|blob:|data:|\*/);
  }
  for (const path of ['/', '/account', '/developers', '/oauth/interaction/:uid']) {
    const policy = await policyOf(path);
    expect(policy).toMatch(/; trusted-types 'none'$/);
    expect(policy).not.toMatch(/worker-src|media-src/);
  }
});

test('lets the page of links play what it has opened itself, and nothing more of its bytes', async () => {
  const policy = await policyOf('/shl');
  expect(policy).toMatch(/; media-src blob:; worker-src 'self'; trusted-types postern-worker$/);
  expect(policy.replace('media-src blob:', '')).not.toMatch(/unsafe|blob:|data:|\*/);
});

test('lets the worker compute and ask nobody; other assets have the policy of all answers', async () => {
  expect(await policyOf('/assets/:name', { name: 'pdf-worker-0a1B-_9.js' })).toBe(
    "default-src 'none'; script-src 'wasm-unsafe-eval'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  );
  for (const name of ['plain-0a1b2c3d.js', 'pdf-worker-0a1b.css', 'not-pdf-worker-0a1b.js']) {
    expect(await policyOf('/assets/:name', { name })).toBe('');
  }
});
