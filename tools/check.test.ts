/** Each check finds what it is there for, on trees made up here, and nothing where all is well. */
import { describe, expect, test } from 'vitest';
import { catalogHeading } from '../test/support/catalog-heading.ts';
import { checkCatalog } from './check-catalog.ts';
import { checkDocuments } from './check-documents.ts';
import { checkModules } from './check-modules.ts';
import { checkNames } from './check-names.ts';
import { checkSizes } from './check-sizes.ts';
import { printFinding } from './finding.ts';
import { findCycles, importsOf } from './imports.ts';
import { readSourceTree, type SourceTree } from './source-tree.ts';

const tree = (files: Record<string, string>): SourceTree => new Map(Object.entries(files));
const said = (findings: readonly { path: string; line?: number; message: string }[]) =>
  findings.map(printFinding).join('\n');

/** Written apart, or the check of modules would take these examples for imports. */
const CALLED = 'import';

const MODULES = JSON.stringify({
  open: ['src/base', 'test'],
  tests: ['src/base', 'test'],
  rooms: {
    'src/base': [],
    'src/seal': ['src/base'],
    'src/gate': ['src/seal'],
    test: ['src/seal', 'src/gate'],
  },
});

const SOUND = {
  'modules.json': MODULES,
  'package.json': JSON.stringify({
    dependencies: { pg: '1' },
    devDependencies: { vitest: '1', '@types/pg': '1' },
  }),
  'src/base/ids.ts': 'export const id = 1;',
  'src/seal/index.ts': "import { id } from '../base/ids.ts';\nimport pg from 'pg';\nexport { id };",
  'src/gate/index.ts': "import { id } from '../seal/index.ts';",
  'src/gate/gate.test.ts': "import { test } from 'vitest';\nimport '../../test/support/actors.ts';",
  'test/support/actors.ts': "import type { id } from '../../src/gate/index.ts';",
};

const modulesWith = (files: Record<string, string>) => said(checkModules(tree({ ...SOUND, ...files })));

describe('the check of modules', () => {
  test('finds nothing where every edge is listed and goes through a door', () => {
    expect(modulesWith({})).toBe('');
  });

  test.each([
    [
      'an edge that is not listed',
      'src/seal/x.ts',
      "import type { id } from '../gate/index.ts';",
      'may not import',
    ],
    [
      'a way around the door',
      'src/gate/x.ts',
      "import { y } from '../seal/deep/y.ts';",
      'its door is index.ts',
    ],
    ['a module that is not there', 'src/gate/x.ts', "export * from './gone.ts';", 'which is not there'],
    ['a dynamic import', 'src/seal/x.ts', `await ${CALLED}('../gate/index.ts');`, 'may not import'],
    ['a package for development', 'src/seal/x.ts', "import { test } from 'vitest';", 'for development only'],
    ['a package nobody installed', 'src/seal/x.ts', "import 'left-pad/index.js';", 'does not have'],
    ['a file that belongs to no room', 'src/new/x.ts', "import '../base/ids.ts';", 'belongs to no room'],
  ])('finds %s', (_, path, text, message) => {
    const found = modulesWith({ [path]: text, 'src/seal/deep/y.ts': 'export const y = 1;' });
    expect(found).toContain(`${path}:1`);
    expect(found).toContain(message);
  });

  test('finds an edge that is listed and not used', () => {
    expect(modulesWith({ 'src/gate/index.ts': '' })).toContain(
      'lists src/gate -> src/seal, which nothing uses',
    );
  });

  test('finds cycles, of types too, and only real ones', () => {
    const cyclic = {
      'src/seal/a.ts': "import { b } from './b.ts';",
      'src/seal/b.ts': "import type { c } from './c.ts';",
      'src/seal/c.ts': "import './a.ts';\nimport { b } from './b.ts';",
    };
    expect(findCycles(tree(cyclic))).toEqual([
      ['src/seal/a.ts', 'src/seal/b.ts', 'src/seal/c.ts', 'src/seal/a.ts'],
      ['src/seal/b.ts', 'src/seal/c.ts', 'src/seal/b.ts'],
    ]);
    expect(modulesWith(cyclic)).toContain('cycle of imports');
    expect(findCycles(tree(SOUND))).toEqual([]);
  });

  test('reads imports of every form, and none out of comments', () => {
    const text = [
      "/* import './no.ts' */",
      "// import './no.ts';",
      'import a, {',
      '  type b,',
      "} from './one.ts';",
      'export * from "./two.ts";',
      "import './three.ts';",
      `const four = ${CALLED}('./four.ts');`,
      "const glob = 'src/**/*.ts'; /* from './no.ts' */",
    ].join('\n');
    expect(importsOf('x/y.ts', text).map(({ target, line }) => `${target}:${line}`)).toEqual([
      'x/one.ts:5',
      'x/two.ts:6',
      'x/three.ts:7',
      'x/four.ts:8',
    ]);
  });
});

describe('the check of sizes', () => {
  test.each([
    ['a long line', { 'src/base/a.ts': `const a = '${'x'.repeat(110)}';` }, 'columns'],
    ['a long file', { 'src/base/a.sql': 'select 1;\n'.repeat(401) }, '401 lines'],
    ['a long README', { 'src/base/README.md': 'x\n'.repeat(61) }, '61 lines'],
  ])('finds %s', (_, files, message) => {
    expect(said(checkSizes(tree(files)))).toContain(message);
  });

  test('finds nothing at the limits', () => {
    const files = { 'a.ts': `${'x'.repeat(110)}\n`.repeat(400), 'src/x/README.md': 'x\n'.repeat(60) };
    expect(checkSizes(tree(files))).toEqual([]);
  });
});

describe('the check of names', () => {
  test.each([
    ['a name that is none', 'src/base/date-utils.ts', '', 'names no idea'],
    ['a folder that is none', 'src/common/a.ts', '', 'names no idea'],
    ['a name in another case', 'src/base/dateRange.ts', '', 'kebab-case'],
    ['a folder too deep', 'src/a/b/c/d.ts', '', 'deeper than 3'],
    ['what is left to do', 'src/base/a.ts', `// TO${'DO'} later`, 'to be done'],
    ['a silenced check', 'src/base/a.ts', `// biome-${'ignore'} lint: no`, 'silences'],
    ['a type given up', 'src/base/a.ts', 'const a = b as any;', 'gives up'],
    ['an enum', 'src/base/a.ts', 'export enum A { b }', 'enum'],
    ['a path of one machine', 'docs/a.md', `see /${'work'}/main/a`, 'one machine'],
    ['one test alone', 'src/base/a.test.ts', "test.only('a', () => {})", 'alone'],
    ['a migration out of turn', 'src/db/migrations/0002-b.sql', '', 'numbered 0001'],
  ])('finds %s', (_, path, text, message) => {
    expect(said(checkNames(tree({ [path]: text })))).toContain(message);
  });

  test('finds two decisions of one number', () => {
    const files = { 'docs/adr/0007-a.md': '', 'docs/adr/0007-b.md': '', 'docs/adr/0008-a.md': '' };
    expect(said(checkNames(tree(files)))).toBe('docs/adr/0007-b.md  has the number of docs/adr/0007-a.md');
  });

  test('finds rooms without a README or a door', () => {
    const found = said(
      checkNames(tree({ 'modules.json': MODULES, 'src/base/a.ts': '', 'src/seal/a.ts': '' })),
    );
    expect(found.split('\n').sort()).toEqual([
      'src/base  has no README.md',
      'src/seal  has no README.md',
      'src/seal  has no index.ts',
    ]);
  });

  test('finds nothing in plain code', () => {
    const files = { 'src/base/date-range.ts': '/** Imported: any of them. */', 'vitest.config.ts': '' };
    expect(checkNames(tree(files))).toEqual([]);
  });
});

describe('the check of documents', () => {
  const project = readSourceTree(`${import.meta.dirname}/..`);
  const withChange = (path: string, change: (text: string) => string) =>
    said(checkDocuments(new Map(project).set(path, change(project.get(path) ?? ''))));

  test('finds a dependency, an error code or a setting without its line, and lines about nothing', () => {
    expect(withChange('docs/dependencies.md', (text) => text.replace('| `pg` ', '| `gp` '))).toMatch(
      /no line for the dependency `pg`[\s\S]*a line for `gp`, which is no dependency/,
    );
    expect(withChange('docs/errors.md', (text) => text.replace('`gone`', '`went`'))).toContain('`gone`');
    expect(withChange('docs/guides/settings.md', (text) => text.replace('`POSTERN_HOST`', ''))).toContain(
      'POSTERN_HOST',
    );
  });

  test('finds links that lead nowhere and a lock file that names a host', () => {
    expect(withChange('docs/errors.md', (text) => `${text}\n[more](./gone.md)`)).toContain('./gone.md');
    expect(withChange('package-lock.json', (text) => `${text} "resolved"`)).toContain('names the host');
  });
});

test('the check of the catalog finds one that was printed before a migration came or changed', () => {
  const one = ['src/db/migrations/0001-one.sql', 'select 1;'] as const;
  const printed = { 'src/watch/prove/catalog.txt': `${catalogHeading([one])}\nfunction one(): …\n` };
  const catalogWith = (files: Record<string, string>) => said(checkCatalog(tree({ ...printed, ...files })));
  expect(catalogWith({ [one[0]]: one[1] })).toBe('');
  expect(catalogWith({ [one[0]]: 'select 2;' })).toMatch(/catalog\.txt .*is of other migrations; UPDATE=1/);
  expect(catalogWith({ [one[0]]: one[1], 'src/db/migrations/0002-two.sql': '' })).toMatch(/other migrations/);
});
