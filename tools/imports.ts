/** The imports of a module, type imports included, read off its text. */
import { posix } from 'node:path';
import type { SourceTree } from './source-tree.ts';

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The file it leads to, or `null` for a package. */
  readonly target: string | null;
  readonly line: number;
}

const COMMENT = /^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/[^\n]*)/gm;
const STATEMENT = /^\s*(?:import|export)\s[^'";]*?\bfrom\s*['"]([^'"\n]+)['"]/gm;
const BARE = /^\s*import\s*['"]([^'"\n]+)['"]/gm;
const CALL = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;

export function importsOf(path: string, text: string): Import[] {
  // Comments become blanks, so that lines keep their numbers.
  const code = text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '));
  const found: Import[] = [];
  for (const pattern of [STATEMENT, BARE, CALL]) {
    for (const match of code.matchAll(pattern)) {
      const specifier = match[1] ?? '';
      const line = code.slice(0, match.index + match[0].length).split('\n').length;
      found.push({ specifier, target: resolve(path, specifier), line });
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

/** The cycles among the modules of the tree, each as the paths it runs through. */
export function findCycles(tree: SourceTree): string[][] {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string) => {
    state.set(path, 'open');
    trail.push(path);
    for (const { target } of importsOf(path, tree.get(path) ?? '')) {
      if (target === null || !tree.has(target) || !/\.tsx?$/.test(target)) continue;
      if (state.get(target) === 'open') cycles.push([...trail.slice(trail.indexOf(target)), target]);
      else if (state.get(target) === undefined) visit(target);
    }
    trail.pop();
    state.set(path, 'done');
  };
  for (const path of tree.keys()) if (/\.tsx?$/.test(path) && !state.has(path)) visit(path);
  return cycles;
}
