/**
 * A clamd of a test's own: the real daemon, on a socket in a folder of its own, with signatures of its own,
 * since the published ones are fetched over the network. Null, and a line that says so, where none is
 * installed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** The published harmless test file of EICAR, in two pieces: scanners of developers find it whole. */
export const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-${'ANTIVIRUS-TEST-FILE!$H+H*'}`;

export const MOST_BYTES = 5 * 1024 * 1024;

export interface Clamd {
  readonly path: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export function clamdProgram(): string | null {
  const program = ['/usr/sbin/clamd', '/usr/local/sbin/clamd', '/opt/homebrew/sbin/clamd'].find(existsSync);
  if (program === undefined) console.warn('SKIPPED: clamd is not installed; nothing was scanned by it.');
  return program ?? null;
}

export async function startClamd(program: string): Promise<Clamd> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-clamd-'));
  // As root it may step down to a user of its own, who has to read this.
  await chmod(folder, 0o755);
  const path = join(folder, 'clamd.ctl');
  const port = await freePort();
  await mkdir(join(folder, 'signatures'));
  const signature = `Postern.Test.Eicar:0:*:${Buffer.from(EICAR).toString('hex')}\n`;
  await writeFile(join(folder, 'signatures', 'test.ndb'), signature);
  const settings = {
    LocalSocket: path,
    TCPSocket: port,
    TCPAddr: '127.0.0.1',
    DatabaseDirectory: join(folder, 'signatures'),
    TemporaryDirectory: folder,
    Foreground: 'yes',
    StreamMaxLength: MOST_BYTES,
    MaxFileSize: MOST_BYTES,
    MaxScanSize: MOST_BYTES,
    AlertExceedsMax: 'yes',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(join(folder, 'clamd.conf'), lines.join(''));
  const daemon = spawn(program, ['--config-file', join(folder, 'clamd.conf')], { stdio: 'pipe' });
  const ended = new Promise<void>((resolve) => daemon.once('close', () => resolve()));
  let said = '';
  daemon.stderr.on('data', (piece: Buffer) => {
    said += piece;
  });
  for (let tries = 0; !existsSync(path); tries += 1) {
    if (daemon.exitCode !== null || tries > 300) throw new Error(`clamd did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    path,
    port,
    pid: daemon.pid!,
    stop: async () => {
      daemon.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
