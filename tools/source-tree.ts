/** The files of the project as the checks see them: paths with their text, so that tests can make some up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text by path from the root of the project, with `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>;

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', 'data', 'coverage', 'dist', '.tmp']);
const TEXT = /\.(tsx?|mjs|sql|json|md|txt|sh|yml|css|html)$|^\.ci\/run$/;
/** Public vectors and built definitions are data: nobody reads them for style. */
const DATA = /^test\/vectors\/.*\.json$/;

export function readSourceTree(root: string): SourceTree {
  const tree = new Map<string, string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) walk(path);
      } else if (entry.isFile() && TEXT.test(path) && !DATA.test(path)) {
        tree.set(path, readFileSync(join(root, path), 'utf8'));
      }
    }
  };
  walk('');
  return tree;
}
