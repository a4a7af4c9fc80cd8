/** What the system says about another process: whether it runs, what it is called, when it started. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RunningProcess {
  readonly name: string;
  /** In the system's own words; to compare, not to read. Two processes of one id differ in it. */
  readonly started: string;
}

/** The process of that id, or `null` where none runs; one that ended and waits to be reaped is none. */
export async function findProcess(pid: number): Promise<RunningProcess | null> {
  return process.platform === 'linux' ? findOnLinux(pid) : findByPs(pid);
}

async function findOnLinux(pid: number): Promise<RunningProcess | null> {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  if (stat === null) return null;
  // `pid (name) state ...`; the name may hold spaces. The start, in ticks, is 19 fields after the state.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : { name, started: `${boot.trim()} ${fields[19]}` };
}

async function findByPs(pid: number): Promise<RunningProcess | null> {
  const asked = await run('ps', ['-o', 'state=,lstart=,comm=', '-p', String(pid)]).catch(() => null);
  const parts = /^(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(asked?.stdout.trim() ?? '');
  if (parts === null || parts[1]?.startsWith('Z')) return null;
  return { name: parts[3]?.split('/').at(-1) ?? '', started: parts[2] ?? '' };
}
