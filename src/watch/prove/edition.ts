/**
 * Which Postern this is: a digest of all that it is made of. A proof is of one edition, so that whatever is
 * changed, a migration or a line of code, is proved before it opens.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FOLDERS = ['src', 'web'];
const FILES = ['package.json', 'package-lock.json'];
const SOURCE = /\.(ts|tsx|sql|css|html|json|svg|txt)$/;
const ASIDE = /\.test\.tsx?$|(^|\/)(node_modules|dist|\.built?|build-output)\//;

/** 64 hex digits over the names and contents of every source file; tests are no part of it. */
export async function editionOf(root: string = ROOT): Promise<string> {
  const found = await Promise.all(FOLDERS.map((folder) => sourcesIn(root, folder)));
  const paths = [...FILES, ...found.flat()].sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path))));
  const digest = createHash('sha256');
  for (const [at, path] of paths.entries()) {
    digest.update(`${path}\n${texts[at]!.length}\n`).update(texts[at]!);
  }
  return digest.digest('hex');
}

async function sourcesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => SOURCE.test(path) && !ASIDE.test(path));
}
