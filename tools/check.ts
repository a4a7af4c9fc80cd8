/** `npm run check`: everything that is checked without running it, side by side; one line for each. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { checkCatalog } from './check-catalog.ts';
import { checkDocuments } from './check-documents.ts';
import { checkModules } from './check-modules.ts';
import { checkNames } from './check-names.ts';
import { checkSizes } from './check-sizes.ts';
import { printFinding } from './finding.ts';
import { readSourceTree } from './source-tree.ts';

export interface CheckResult {
  readonly name: string;
  /** What is wrong, ready to print; empty where nothing is. */
  readonly findings: readonly string[];
  readonly seconds: number;
}

const ROOT = dirname(import.meta.dirname);
const BIN = join(ROOT, 'node_modules', '.bin');

export async function runChecks(): Promise<CheckResult[]> {
  const programs = [
    timed('format and lint', () => runProgram(join(BIN, 'biome'), ['ci', '--colors=off', '.'])),
    timed('types', () => runProgram(join(BIN, 'tsc'), ['-p', 'tsconfig.json', '--pretty', 'false'])),
    timed('types of the web', () => runProgram(join(BIN, 'tsc'), ['-p', 'web', '--pretty', 'false'])),
    // A program of its own: links are typed by the router of their app, and a program knows one router.
    timed('types of the desk', () => runProgram(join(BIN, 'tsc'), ['-p', 'web/desk', '--pretty', 'false'])),
  ];
  const tree = readSourceTree(ROOT);
  const own = [
    { name: 'modules', check: checkModules },
    { name: 'sizes', check: checkSizes },
    { name: 'names', check: checkNames },
    { name: 'documents', check: checkDocuments },
    { name: 'catalog', check: checkCatalog },
  ].map(({ name, check }) => timed(name, async () => check(tree).map(printFinding)));
  return Promise.all([...programs, ...own]);
}

async function timed(name: string, work: () => Promise<string[]>): Promise<CheckResult> {
  const started = performance.now();
  const findings = await work();
  return { name, findings, seconds: (performance.now() - started) / 1000 };
}

/** What the program said, where it failed. */
function runProgram(program: string, args: readonly string[]): Promise<string[]> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', (error) => resolve([error.message]));
    child.once('close', (code) => resolve(code === 0 ? [] : said.trim().split('\n')));
  });
}

/** Prints the results; returns whether all is well. */
export function printChecks(results: readonly CheckResult[]): boolean {
  for (const { name, findings, seconds } of results) {
    const verdict = findings.length === 0 ? 'passed' : 'FAILED';
    process.stdout.write(`check  ${verdict}  ${name} (${seconds.toFixed(1)} s)\n`);
    for (const finding of findings) process.stdout.write(`         ${finding}\n`);
  }
  return results.every(({ findings }) => findings.length === 0);
}

if (import.meta.main) process.exitCode = printChecks(await runChecks()) ? 0 : 1;
