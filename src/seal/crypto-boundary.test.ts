/** Only this room touches crypto primitives: every other import of `node:crypto` is looked at here. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SRC = new URL('../', import.meta.url).pathname;

/** What any room may use: a random id that is no control, and a digest without a key. */
const FREE = new Set(['randomUUID', 'createHash', 'hash']);

/** What a file may use besides, each with its reason. This list may only shrink. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // PostgreSQL's own login protocol (SCRAM, RFC 5803), which guards the database and no record.
  'db/server-login.ts': ['createHmac', 'pbkdf2Sync', 'randomBytes', 'scryptSync'],
  // The embedded database's password, made once and kept in a private file.
  'db/data-folder.ts': ['randomBytes'],
};

const IMPORT = /import\s+(?:type\s+)?([^;]*?)\s+from\s+['"](?:node:)?crypto['"]/g;
const ANY_MENTION = /['"](?:node:)?crypto['"]/g;

function importedNames(source: string): string[] {
  const clauses = [...source.matchAll(IMPORT)].map((match) => match[1]!);
  // A whole module, a dynamic import or a require is a mention that no named import accounts for.
  const whole = clauses.some((clause) => !clause.startsWith('{'));
  if (whole || clauses.length !== (source.match(ANY_MENTION) ?? []).length) return ['the whole module'];
  const named = clauses.flatMap((clause) => clause.replace(/[{}]/g, '').split(','));
  return named
    .map((name) =>
      name
        .trim()
        .replace(/^type\s+/, '')
        .replace(/\s+as\s.*/, ''),
    )
    .filter(Boolean);
}

function isFree(file: string, name: string): boolean {
  // A key as a type is only a handle: it does nothing outside this room.
  return FREE.has(name) || name === 'KeyObject' || (EXCEPTIONS[file]?.includes(name) ?? false);
}

test('no room but this one uses a crypto primitive', () => {
  const files = globSync('**/*.ts', { cwd: SRC }).filter(
    (file) => !file.startsWith('seal/') && !file.endsWith('.test.ts'),
  );
  expect(files.length).toBeGreaterThan(3);
  const found = files.flatMap((file) =>
    importedNames(readFileSync(`${SRC}${file}`, 'utf8'))
      .filter((name) => !isFree(file, name))
      .map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

test('no room but this one seals or opens with age', () => {
  const files = globSync('**/*.ts', { cwd: SRC }).filter((file) => !file.endsWith('.test.ts'));
  const using = files.filter((file) => /['"]age-encryption['"]/.test(readFileSync(`${SRC}${file}`, 'utf8')));
  expect(using).toEqual(['seal/report-identity.ts']);
});

test('the rule sees every way to import', () => {
  expect(importedNames("import { randomUUID, type KeyObject as K } from 'node:crypto';")).toEqual([
    'randomUUID',
    'KeyObject',
  ]);
  expect(importedNames("import {\n  createHmac,\n} from 'crypto';")).toEqual(['createHmac']);
  expect(importedNames("import * as crypto from 'node:crypto';")).toEqual(['the whole module']);
  expect(importedNames("const c = await import('node:crypto');")).toEqual(['the whole module']);
  expect(importedNames("const c = require('crypto');")).toEqual(['the whole module']);
  expect(importedNames("import pg from 'pg';")).toEqual([]);
});
