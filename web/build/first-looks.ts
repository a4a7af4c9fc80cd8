/**
 * What the pages show before their apps are there: looks that are drawn here, with the components of the
 * apps, and the small scripts that show them. Both go into the pages as they are built; `first-look.ts` of
 * the kit says how they work.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type InlineConfig, type Plugin } from 'vite';
import type { WebApp } from '../../src/base/web-files.ts';

const WEB = join(import.meta.dirname, '..');
/** Apps with looks of their own; the desk and the account have a start alone, the page of consent neither. */
const DRAWN: readonly WebApp[] = ['door', 'portal'];
const STARTED: readonly WebApp[] = [...DRAWN, 'desk', 'account'];

export interface Starts {
  /** Puts looks and start into the pages. */
  readonly plugin: Plugin;
  /** Writes the starts beside what is built. */
  write(folder: string): Promise<void>;
}

export async function makeStarts(config: InlineConfig, scratch: string): Promise<Starts> {
  const looks = await drawLooks(config, scratch);
  const scripts = new Map<WebApp, { name: string; code: string }>();
  for (const app of STARTED) {
    const code = await startScript(config, app);
    const digest = createHash('sha256').update(code).digest('base64url').slice(0, 8);
    scripts.set(app, { name: `start-${digest}.js`, code });
  }
  return {
    plugin: {
      name: 'first-looks',
      transformIndexHtml: {
        order: 'post',
        handler: (html, { path }) => {
          const app = STARTED.find((each) => path === `/${each}/index.html`);
          if (app === undefined) return html;
          return withStart(html, scripts.get(app)!.name, looks.get(app) ?? '');
        },
      },
    },
    write: async (folder) => {
      for (const { name, code } of scripts.values()) await writeFile(join(folder, 'assets', name), code);
    },
  };
}

/** The app's script waits until the start asks for it, so that nothing stands before the first look. */
function withStart(html: string, name: string, looks: string): string {
  let main: string | undefined;
  const page = html.replace(/<script type="module"[^>]* src="([^"]+)"><\/script>/, (_, src: string) => {
    main = src;
    return `<link rel="modulepreload" crossorigin href="${src}">`;
  });
  if (main === undefined) throw new Error('The page has no script.');
  // It comes before everything else, and nothing is drawn before it.
  const start = `<script async blocking="render" src="/assets/${name}" data-main="${main}"></script>`;
  return page
    .replaceAll('<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"')
    .replace('<meta charset="utf-8" />', (meta) => `${meta}\n    ${start}`)
    .replace('</body>', () => `${looks}\n  </body>`);
}

async function drawLooks(config: InlineConfig, scratch: string): Promise<ReadonlyMap<WebApp, string>> {
  const looks = new Map<WebApp, string>();
  await mkdir(scratch, { recursive: true });
  for (const app of DRAWN) {
    const outDir = join(scratch, app);
    await build({
      ...config,
      build: { outDir, ssr: join(WEB, app, 'first-look.tsx'), target: 'es2023', assetsInlineLimit: 0 },
    });
    const drawn = (await import(pathToFileURL(join(outDir, 'first-look.js')).href)) as {
      firstLooks(): Promise<string>;
    };
    looks.set(app, await drawn.firstLooks());
  }
  await rm(scratch, { recursive: true });
  return looks;
}

/** One file that imports nothing, so that it runs before any module. */
async function startScript(config: InlineConfig, app: WebApp): Promise<string> {
  const result = await build({
    ...config,
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: join(WEB, app, 'start.ts'),
        output: { format: 'iife' },
        // It uses a few functions of rooms whose doors name whole apps.
        treeshake: { moduleSideEffects: (id) => id.endsWith('start.ts') },
      },
    },
  });
  const [output] = [result].flat();
  if (output === undefined || !('output' in output)) throw new Error('The start was not built.');
  const entry = output.output.find((each) => each.type === 'chunk' && each.isEntry);
  if (entry?.type !== 'chunk') throw new Error(`The start of the ${app} has no script.`);
  return entry.code;
}
