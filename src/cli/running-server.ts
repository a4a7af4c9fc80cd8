/**
 * Which server runs on a data folder, and by what address people reach it. A server says so in a file beside
 * its data, because its settings need not be those of the command that asks.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../db/index.ts';

export interface RunningServer {
  readonly pid: number;
  /** When its process started, in the system's own words. */
  readonly started: string;
  readonly publicUrl: string;
}

/** Says that this process serves at that address, until `end`. */
export async function sayServing(dataFolder: string, publicUrl: string): Promise<{ end(): Promise<void> }> {
  const { pid } = process;
  const self: RunningServer = { pid, started: (await findProcess(pid))?.started ?? '', publicUrl };
  const path = pathOf(dataFolder);
  await writeFile(path, `${JSON.stringify(self)}\n`, { mode: 0o600 });
  return { end: () => rm(path, { force: true }) };
}

/** The server that runs on the data folder, or null; what a killed one left behind does not count. */
export async function runningServer(dataFolder: string): Promise<RunningServer | null> {
  const text = await readFile(pathOf(dataFolder), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as RunningServer;
    return (await findProcess(found.pid))?.started === found.started ? found : null;
  } catch {
    return null;
  }
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, 'server.json');
}
