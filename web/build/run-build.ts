/** Builds the web apps into the folder that it is given, and packs what gets smaller by it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type InlineConfig } from 'vite';
import { WEB_APPS } from '../../src/base/web-files.ts';
import { makeStarts } from './first-looks.ts';
import { HEAVIEST, startingBytes } from './page-weight.ts';
import { readBuilt } from './read-built.ts';

const WEB = join(import.meta.dirname, '..');
const DOCUMENTS = [
  ...WEB_APPS.map((app) => join(app, 'index.html')),
  ...['page', 'form'].map((name) => join('disclosure', `${name}.html`)),
];
const PACKED = /\.(css|html|js|svg)$/;

const CONFIG: InlineConfig = {
  configFile: false,
  root: WEB,
  mode: 'production',
  logLevel: 'error',
  publicDir: false,
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  worker: { format: 'es' },
};

async function buildInto(folder: string): Promise<void> {
  const starts = await makeStarts(CONFIG, `${folder}.looks`);
  await build({
    ...CONFIG,
    plugins: [starts.plugin],
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
  });
  await starts.write(folder);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && PACKED.test(entry.name)) await pack(join(entry.parentPath, entry.name));
  }
}

/** A page that has grown too heavy is told when it is built, and not by whoever waits for it. */
async function weigh(folder: string): Promise<void> {
  const built = await readBuilt(folder);
  for (const app of WEB_APPS) {
    const bytes = startingBytes(built, app);
    if (bytes > HEAVIEST)
      throw new Error(`The ${app} starts with ${bytes} bytes of scripts, over ${HEAVIEST}.`);
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
await weigh(into);
