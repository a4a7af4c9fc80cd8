/** The configuration of this process: its environment, and `.env` in the folder it was started from. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, readConfiguration, remarksOn } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';

/** Where `.env` is looked for. */
export function dotEnvPath(): string {
  return join(process.cwd(), '.env');
}

export async function loadConfiguration(): Promise<Configuration> {
  const workingFolder = process.cwd();
  const dotEnv = await readFile(dotEnvPath(), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw new PosternError('not-configured', `The file .env cannot be read (${error.code}).`, {
      cause: error,
    });
  });
  for (const remark of remarksOn(process.env)) process.stderr.write(`postern: ${remark}\n`);
  return readConfiguration(process.env, dotEnv, { workingFolder, homeFolder: homedir() });
}
