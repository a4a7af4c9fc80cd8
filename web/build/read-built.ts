/** What a build left behind, read into memory. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { WEB_APPS, type WebApp, type WebFile, type WebFiles } from '../../src/base/web-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.bcmap': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.pfb': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

export async function readBuilt(folder: string): Promise<WebFiles> {
  const read = async (path: string): Promise<WebFile> => {
    const type = TYPES[extname(path)];
    if (type === undefined) throw new Error(`The build made ${path}, whose type is not known.`);
    const packed = (ending: string) => readFile(join(folder, `${path}.${ending}`)).catch(() => null);
    const [bytes, brotli, gzip] = await Promise.all([
      readFile(join(folder, path)),
      packed('br'),
      packed('gz'),
    ]);
    return { type, bytes, brotli, gzip };
  };
  const pages = Object.fromEntries(
    await Promise.all(WEB_APPS.map(async (app) => [app, await read(join(app, 'index.html'))] as const)),
  ) as Record<WebApp, WebFile>;
  const disclosure = {
    page: await read(join('disclosure', 'page.html')),
    form: await read(join('disclosure', 'form.html')),
  };
  const names = (await readdir(join(folder, 'assets'))).filter((name) => !/\.(br|gz)$/.test(name));
  const files = names.map(async (name) => [name, await read(join('assets', name))] as const);
  return { pages, disclosure, assets: new Map(await Promise.all(files)) };
}
