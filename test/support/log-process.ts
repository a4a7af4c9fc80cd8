/**
 * A process that works on an access log and dies where it is told to, with nothing of what a dying process
 * may still do. Its only argument is a JSON `Task`; each answer that it releases is one line of standard
 * output.
 */
import { writeSync } from 'node:fs';
import pg from 'pg';
import { type AccessLine, appendLine, LineWriter, logOrigin, Sequencer } from '../../src/ledger/index.ts';
import { testSigner } from './note-signer.ts';
import { testTicket } from './test-ticket.ts';

export interface Task {
  connection: pg.PoolConfig;
  /** The literal of the session, for what row policies must let through. */
  session: string;
  /** Where it dies. */
  die: 'before-commit' | 'after-commit' | 'when-killed' | 'before-append' | 'after-append' | 'before-unlock';
  lines: AccessLine[];
  directory: string;
  /** Of the log's signer. */
  seed: string;
}

const task: Task = JSON.parse(process.argv[2]!);
const pool = new pg.Pool({ ...task.connection, max: 4 });

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** To the other process at once, so that it counts as released. */
function release(line: AccessLine): void {
  writeSync(1, `${line.id}\n`);
}

async function answerOnce(): Promise<void> {
  const [line] = task.lines;
  const client = await pool.connect();
  await client.query('begin');
  await client.query("select set_config('postern.session', $1, true)", [task.session]);
  await appendLine(client, line!);
  if (task.die === 'before-commit') die();
  await client.query('commit');
  if (task.die === 'after-commit') die();
}

async function answerMany(): Promise<void> {
  const writer = new LineWriter({ pool, linesPerBatch: 8 });
  await Promise.all(
    task.lines.map(async (line, i) => {
      for (let turn = 0; turn < i / 4; turn += 1) await new Promise((next) => setImmediate(next));
      await writer.write(line);
      release(line);
    }),
  );
}

/** A pool whose connections end the process around the statement named. */
function deadlyPool(): pg.Pool {
  const [when, what] = task.die.split('-') as ['before' | 'after', string];
  return Object.assign(Object.create(pool), {
    connect: async () => {
      const client = await pool.connect();
      const query = async (text: string, values?: unknown[]) => {
        const isIt = text.includes(what === 'append' ? 'ledger_append' : 'pg_advisory_unlock');
        if (isIt && when === 'before') die();
        const result = await client.query(text, values);
        if (isIt) die();
        return result;
      };
      return { query, release: (error?: Error) => client.release(error) };
    },
  });
}

async function sequence(): Promise<void> {
  const { practiceId } = task.lines[0]!;
  const signer = testSigner(logOrigin(practiceId), task.seed);
  const sequencer = new Sequencer({
    pool: task.die === 'when-killed' ? pool : deadlyPool(),
    directory: task.directory,
    keysOf: async () => ({ signer, retired: [] }),
    ticketOf: async (id) => testTicket(id),
    linesPerCheckpoint: 3,
    onError: () => undefined,
  });
  await sequencer.sequence(practiceId);
}

if (task.die === 'before-commit' || task.die === 'after-commit') await answerOnce();
else if (task.directory === '') await answerMany();
else await sequence();
await pool.end();
