/**
 * `npm test`: the checks, then every test, with one plain line of the counts at the end. With arguments it
 * runs vitest alone with those, as in `npm test -- src/db`.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { printChecks, runChecks } from './check.ts';

const ROOT = dirname(import.meta.dirname);

function runVitest(args: readonly string[], failedChecks: number, passedChecks: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      `--reporter=${join(import.meta.dirname, 'test-summary.ts')}`,
      ...args,
    ],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        POSTERN_TEST_CHECKS_PASSED: String(passedChecks),
        POSTERN_TEST_CHECKS_FAILED: String(failedChecks),
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const args = process.argv.slice(2);
const results = args.length === 0 ? await runChecks() : [];
const sound = printChecks(results);
const failed = results.filter(({ findings }) => findings.length > 0).length;
const code = await runVitest(args, failed, results.length - failed);
process.exitCode = sound ? code : code || 1;
