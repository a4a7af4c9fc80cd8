/** Builds the web apps into the folder that it is given, and packs what gets smaller by it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const WEB = join(import.meta.dirname, '..');
const DOCUMENTS = [
  ...['door', 'portal', 'desk'].map((app) => join(app, 'index.html')),
  ...['page', 'form'].map((name) => join('disclosure', `${name}.html`)),
];
const PACKED = /\.(css|html|js|svg)$/;

async function buildInto(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: WEB,
    mode: 'production',
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      // Fonts and pictures stay files: the policy of the pages takes none that are written into a style.
      assetsInlineLimit: 0,
      // Every browser that the pages are for loads modules ahead by itself.
      modulePreload: { polyfill: false },
      rolldownOptions: { input: DOCUMENTS.map((path) => join(WEB, path)) },
    },
    css: { modules: { localsConvention: 'camelCaseOnly' } },
  });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && PACKED.test(entry.name)) await pack(join(entry.parentPath, entry.name));
  }
}

async function pack(path: string): Promise<void> {
  const bytes = await readFile(path);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const packed = [
    ['br', brotliCompressSync(bytes, { params: size })],
    ['gz', gzipSync(bytes, { level: 9 })],
  ] as const;
  for (const [ending, content] of packed) {
    if (content.length < bytes.length) await writeFile(`${path}.${ending}`, content);
  }
}

const [into] = process.argv.slice(2);
if (into === undefined) throw new Error('Name the folder to build into');
await buildInto(into);
