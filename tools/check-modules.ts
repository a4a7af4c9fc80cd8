/**
 * Who may import whom. `modules.json` lists every allowed edge between rooms, and no other: an edge that
 * nobody uses is taken out, so that the file shows what the project is.
 *
 * - Another room is entered by its `index.ts` alone; the rooms listed as `open` have no door.
 * - A test beside the code may also use the rooms in `tests`.
 * - There is no cycle, type imports included.
 * - What is shipped imports only what `package.json` installs with it.
 */
import type { Finding } from './finding.ts';
import { findCycles, importsOf } from './imports.ts';
import type { SourceTree } from './source-tree.ts';

export interface Modules {
  /** Rooms without a door: any of their files may be imported. */
  readonly open: readonly string[];
  /** What every test may import, beside what its room may. */
  readonly tests: readonly string[];
  /** Each room with the rooms it imports. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
}

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function checkModules(tree: SourceTree): Finding[] {
  const modules = JSON.parse(tree.get('modules.json') ?? '{"open":[],"tests":[],"rooms":{}}') as Modules;
  const packages = JSON.parse(tree.get('package.json') ?? '{}') as PackageFile;
  const used = new Set<string>();
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!/\.tsx?$/.test(path)) continue;
    for (const { specifier, target, line } of importsOf(path, text)) {
      const message =
        target === null
          ? packageFault(path, specifier, packages)
          : edgeFault(path, target, modules, tree, used);
      if (message !== null) findings.push({ path, line, message });
    }
  }
  return [...findings, ...unusedEdges(modules, used), ...cycleFindings(tree)];
}

function edgeFault(
  path: string,
  target: string,
  modules: Modules,
  tree: SourceTree,
  used: Set<string>,
): string | null {
  if (!tree.has(target) && /\.(tsx?|css)$/.test(target)) return `imports ${target}, which is not there`;
  const from = roomOf(path, modules);
  const to = roomOf(target, modules);
  if (from === null) return isLoose(path) ? null : 'belongs to no room of modules.json';
  if (to === null || from === to) return null;
  const isTest = /\.test\.tsx?$/.test(path);
  if (isTest && modules.tests.includes(to)) return null;
  if (!modules.rooms[from]?.includes(to)) {
    if (isTest && modules.rooms[from] !== undefined && isAbove(to, from, modules)) return null;
    return `${from} may not import ${to} (modules.json lists who may import whom)`;
  }
  if (!isTest) used.add(`${from} -> ${to}`);
  if (modules.open.includes(to) || target === `${to}/index.ts`) return null;
  return `enters ${to} by ${target.slice(to.length + 1)}; its door is index.ts`;
}

/** A test may use what stands above its room, although the room itself needs it not. */
function isAbove(to: string, from: string, modules: Modules): boolean {
  const order = Object.keys(modules.rooms);
  return order.indexOf(to) < order.indexOf(from);
}

/** The room whose path is the longest beginning of this one. */
export function roomOf(path: string, modules: Modules): string | null {
  const rooms = Object.keys(modules.rooms).filter((room) => path.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Configuration of tools at the root. */
function isLoose(path: string): boolean {
  return !path.includes('/');
}

function packageFault(path: string, specifier: string, packages: PackageFile): string | null {
  if (specifier.startsWith('node:')) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const shipped = { ...packages.dependencies, ...packages.optionalDependencies };
  if (name in shipped) return null;
  const known = name in (packages.devDependencies ?? {});
  if (!known) return `imports ${name}, which package.json does not have`;
  const ships = /^(src|demo|web)\//.test(path) && !/\.test\.tsx?$/.test(path);
  // Packages of types vanish before anything runs.
  if (!ships || name.startsWith('@types/') || name.endsWith('types')) return null;
  return `imports ${name}, which is installed for development only`;
}

/** Edges of the tests alone are not counted: they may use whatever they test. */
function unusedEdges(modules: Modules, used: ReadonlySet<string>): Finding[] {
  return Object.entries(modules.rooms).flatMap(([from, targets]) =>
    targets
      .filter((to) => from !== 'test' && !used.has(`${from} -> ${to}`))
      .map((to) => ({ path: 'modules.json', message: `lists ${from} -> ${to}, which nothing uses` })),
  );
}

function cycleFindings(tree: SourceTree): Finding[] {
  return findCycles(tree).map((cycle) => ({
    path: cycle[0] ?? '',
    message: `is part of a cycle of imports: ${cycle.join(' -> ')}`,
  }));
}
