/** Documents that must agree with the code: dependencies, error codes, settings, links. */
import { posix } from 'node:path';
import { SETTINGS } from '../src/base/configuration.ts';
import { ERROR_CODES } from '../src/base/errors.ts';
import type { Finding } from './finding.ts';
import type { SourceTree } from './source-tree.ts';

export function checkDocuments(tree: SourceTree): Finding[] {
  return [
    ...dependencyFindings(tree),
    ...tableFindings(tree, 'docs/errors.md', ERROR_CODES, 'error code'),
    ...tableFindings(tree, 'docs/guides/settings.md', Object.keys(SETTINGS), 'setting'),
    ...linkFindings(tree),
    ...lockFindings(tree),
  ];
}

/** Each runtime dependency has a row, and no row is about something that is gone. */
function dependencyFindings(tree: SourceTree): Finding[] {
  const packages = JSON.parse(tree.get('package.json') ?? '{}') as Record<string, Record<string, string>>;
  const names = Object.keys({ ...packages.dependencies, ...packages.optionalDependencies });
  return tableFindings(tree, 'docs/dependencies.md', names, 'dependency');
}

const ROW = /^\|\s*`([^`]+)`/gm;

/** The first column of the document's tables, in backquotes, names exactly these. */
function tableFindings(tree: SourceTree, path: string, names: readonly string[], what: string): Finding[] {
  const text = tree.get(path);
  if (text === undefined) return names.length === 0 ? [] : [{ path, message: 'is missing' }];
  const rows = [...text.matchAll(ROW)].map((match) => match[1] ?? '');
  const missing = names.filter((name) => !rows.includes(name));
  const left = rows.filter((row) => !names.includes(row));
  return [
    ...missing.map((name) => ({ path, message: `has no line for the ${what} \`${name}\`` })),
    ...left.map((name) => ({ path, message: `has a line for \`${name}\`, which is no ${what}` })),
  ];
}

const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g;

function linkFindings(tree: SourceTree): Finding[] {
  const folders = new Set([...tree.keys()].flatMap(foldersOf));
  return [...tree].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return [];
    return [...text.matchAll(LINK)].flatMap((match) => {
      const target = posix.join(posix.dirname(path), match[1] ?? '').replace(/\/$/, '');
      const known = tree.has(target) || folders.has(target) || !/\.(md|ts|sql|json|txt)$/.test(target);
      return known ? [] : [{ path, message: `links to ${match[1]}, which is not there` }];
    });
  });
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The lock file names no host: each installation asks the registry it is told to use. */
function lockFindings(tree: SourceTree): Finding[] {
  const text = tree.get('package-lock.json') ?? '';
  return text.includes('"resolved"')
    ? [{ path: 'package-lock.json', message: 'names the host it was made from (npm config, .npmrc)' }]
    : [];
}
