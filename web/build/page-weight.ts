/** What a browser has to fetch of scripts before a page says anything; read out of the page itself. */
import type { WebApp, WebFiles } from '../../src/base/web-files.ts';

/** Bytes after gzip, in which everybody can fetch them: more than that is no first page for a slow line. */
export const HEAVIEST = 180_000;

const STARTING = /<(?:script[^>]* src|link rel="modulepreload"[^>]* href)="[./]*\/assets\/([^"]+)"/g;

/** Bytes, after gzip, of the scripts that the page of an app asks for by itself. */
export function startingBytes({ pages, assets }: WebFiles, app: WebApp): number {
  const html = Buffer.from(pages[app].bytes).toString();
  const names = new Set([...html.matchAll(STARTING)].map(([, name]) => name!));
  if (names.size === 0) throw new Error(`The page of the ${app} asks for no script`);
  return [...names].reduce((sum, name) => {
    const { bytes, gzip } = assets.get(name)!;
    return sum + (gzip ?? bytes).length;
  }, 0);
}
