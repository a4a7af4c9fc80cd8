/**
 * No line, no plaintext: processes are killed between every two steps of an answer and of the sequencer, and
 * what they had released must be among the lines.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import type { Task } from '../../test/support/log-process.ts';
import type { ChartId } from '../base/ids.ts';
import { newId } from '../base/ids.ts';

const SCRIPT = path.join(import.meta.dirname, '../../test/support/log-process.ts');

let database: FreshDatabase;
const logs: TestLog[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await Promise.all(logs.map((log) => log.remove()));
  await database.close();
});

async function openLog(): Promise<TestLog> {
  const log = await openTestLog(database);
  logs.push(log);
  return log;
}

/** Runs the process to its end; `killAfter` kills it once that many answers are out. */
async function run(log: TestLog, task: Partial<Task>, killAfter = Number.POSITIVE_INFINITY) {
  const whole: Task = {
    connection: database.serverConnection as Task['connection'],
    session: await log.admit({ chart: newId<ChartId>() }),
    die: 'when-killed',
    lines: [],
    directory: '',
    seed: log.signer.seed,
    ...task,
  };
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(whole)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    if (out.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { signal, errors, released: out.split('\n').filter((id) => id.length === 36) };
}

async function storedIds(log: TestLog): Promise<Set<string>> {
  const { rows } = await database.owner.query('select id from postern.access_line where practice_id = $1', [
    log.practiceId,
  ]);
  return new Set(rows.map(({ id }) => id));
}

describe('a process that is killed', () => {
  it('between insert and commit has neither written a line nor released an answer', async () => {
    const log = await openLog();
    const { signal, errors, released } = await run(log, { die: 'before-commit', lines: [log.line()] });
    expect({ signal, errors, released }).toEqual({ signal: 'SIGKILL', errors: '', released: [] });
    expect((await storedIds(log)).size).toBe(0);
  });

  it('between commit and answer has written the line and released nothing', async () => {
    const log = await openLog();
    const line = log.line();
    const { signal, errors, released } = await run(log, { die: 'after-commit', lines: [line] });
    expect({ signal, errors, released }).toEqual({ signal: 'SIGKILL', errors: '', released: [] });
    expect(await storedIds(log)).toEqual(new Set([line.id]));
  });

  it('amid hundreds of answers has a line for each that it released', async () => {
    for (const killAfter of [1, 60, 200]) {
      const log = await openLog();
      const lines = Array.from({ length: 300 }, () => log.line());
      const { signal, released } = await run(log, { lines }, killAfter);
      expect(signal).toBe('SIGKILL');
      expect(released.length).toBeGreaterThanOrEqual(killAfter);
      const stored = await storedIds(log);
      expect(released.filter((id) => !stored.has(id))).toEqual([]);
      await log.sequence();
      expect(await log.verify()).toMatchObject({ sound: true, pending: 0 });
    }
  });

  it('amid sequencing leaves a log that the next process takes up', async () => {
    const log = await openLog();
    const lines = [log.line()];
    for (const die of ['before-append', 'after-append', 'before-unlock', 'after-append'] as const) {
      await log.write(7);
      const { signal, errors } = await run(log, { die, lines, directory: log.above });
      expect({ signal, errors }, die).toEqual({ signal: 'SIGKILL', errors: '' });
      const { findings } = await log.verify();
      expect(findings, die).toEqual([]);
    }
    const { signal, errors } = await run(log, { lines, directory: log.above });
    expect({ signal, errors }).toEqual({ signal: null, errors: '' });
    await log.sequence();
    expect(await log.verify()).toMatchObject({ sound: true, lines: 28, pending: 0 });
  });
});
