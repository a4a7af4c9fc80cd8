/**
 * An installation of its own to measure: data folder, key file, server process and, beside it, the bare one.
 */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Database, openDatabase } from '../src/db/index.ts';

const PRACTICE = 'lakeside-family';
const DOCTOR = 'ngozi.adeyemi@lakeside-family.example';
const COMMAND = join(import.meta.dirname, '../src/cli/main.ts');

export interface Row {
  readonly id: string;
  readonly chart_id: string;
}

export class Installation {
  readonly folder: string;
  readonly port: number;
  readonly #environment: NodeJS.ProcessEnv;
  #server: ChildProcess | null = null;
  #bare: ChildProcess | null = null;
  #database: Database | null = null;
  #token: string | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.#environment = {
      ...process.env,
      POSTERN_DATA: join(folder, 'data'),
      POSTERN_KEY_VAULT: `file:${join(folder, 'root.key')}`,
      POSTERN_PORT: String(port),
      POSTERN_PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
  }

  /** With the demo in it, and the server running. */
  static async make(): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
    const installation = new Installation(folder, await freePort());
    await installation.start(['--demo']);
    return installation;
  }

  get serverPid(): number {
    return this.#server!.pid!;
  }

  /** `POSTERN_BENCH_FLAGS` are flags of Node for the server, such as `--cpu-prof`. */
  async start(args: readonly string[] = []): Promise<void> {
    const flags = (process.env.POSTERN_BENCH_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
    const server = spawn(process.execPath, [...flags, COMMAND, 'serve', ...args], {
      env: this.#environment,
      // The channel tells the server when we are gone, however we went.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let said = '';
    server.stderr!.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-4000);
      if (said.includes('Postern serves')) resolve();
    });
    server.once('exit', () => reject(new Error(`The server ended: ${said}`)));
    this.#server = server;
    await promise;
  }

  async stop(): Promise<void> {
    await this.#database?.close();
    this.#database = null;
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
    await promise;
  }

  /** Runs a `postern` command beside the server; its standard output. */
  async command(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args], {
      env: this.#environment,
      maxBuffer: 2 ** 28,
    });
    return stdout;
  }

  /** Imports as from another source each time, so that the same files are new; answers the seconds. */
  async import(source: string, paths: readonly string[]): Promise<{ seconds: number; created: number }> {
    const started = performance.now();
    const json = await this.command(
      'import',
      '--practice',
      PRACTICE,
      '--source',
      source,
      '--json',
      ...paths,
    ).catch((error: { stdout?: string }) => error.stdout ?? '');
    const seconds = (performance.now() - started) / 1000;
    const { types } = JSON.parse(json) as { types: Record<string, { created?: number }> };
    const created = Object.values(types).reduce((sum, counts) => sum + (counts.created ?? 0), 0);
    return { seconds, created };
  }

  /** Headers of a doctor who reaches every chart of the practice. */
  async headers(): Promise<Record<string, string>> {
    this.#token ??= (await this.command('token', DOCTOR, '--practice', PRACTICE)).trim();
    return { authorization: `Bearer ${this.#token}`, accept: 'application/fhir+json' };
  }

  async database(): Promise<Database> {
    this.#database ??= await openDatabase(
      { dataFolder: join(this.folder, 'data'), databaseUrl: null },
      { attach: true, poolSize: 1 },
    );
    return this.#database;
  }

  async query<Result extends object>(text: string): Promise<Result[]> {
    const { rows } = await (await this.database()).owner.query<Result>(text);
    return rows;
  }

  /** Some rows of the made charts, the same ones each time. */
  async observations(limit: number): Promise<Row[]> {
    return this.query<Row>(
      `select id, chart_id from (${MADE}) r where type = 'Observation' order by id limit ${limit}`,
    );
  }

  async charts(limit: number): Promise<string[]> {
    const rows = await this.query<Row>(
      `select distinct chart_id from (${MADE}) r order by chart_id limit ${limit}`,
    );
    return rows.map(({ chart_id }) => chart_id);
  }

  /** Starts the bare server over a plain copy of the sealed rows; answers its port. */
  async startBare(): Promise<number> {
    await this.query(`
      create schema bench;
      create table bench.bare as
        select r.id, r.chart_id, r.at, r.sealed,
          (row_number() over (partition by r.chart_id order by r.at) % 4)::text as code
        from (${MADE}) r
        where r.type = 'Observation';
      alter table bench.bare add primary key (id);
      create index on bench.bare (chart_id, code, at)`);
    await this.query('vacuum analyze bench.bare');
    const port = await freePort();
    const { ownerConnection } = await this.database();
    this.#bare = fork(join(import.meta.dirname, 'bare-process.ts'), {
      env: { ...process.env, BENCH_PORT: String(port), BENCH_CONNECTION: JSON.stringify(ownerConnection) },
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#bare.once('message', () => resolve());
    await promise;
    return port;
  }

  async close(): Promise<void> {
    if (this.#bare?.connected) this.#bare.disconnect();
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What came in by `import`, and not with the demo: charts with a shelf of observations. */
const MADE = `
  select r.*
  from postern.resource r
  where r.chart_id in (
    select c.chart_id
    from postern.resource c
    where c.type = 'Observation'
    group by c.chart_id
    having count(*) = 160)`;

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
