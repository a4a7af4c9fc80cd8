import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder of the third-party inputs that are too large or not free enough to keep in the project; `null`,
 * and a line that says so, where they are not there. They are looked for in `POSTERN_SHARED_DATA`, then
 * beside the project. Tests that use them pass without them.
 */
export function sharedData(folder: string): string | null {
  const beside = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
  const path = join(process.env.POSTERN_SHARED_DATA ?? beside, folder);
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: no shared data at ${folder}; set POSTERN_SHARED_DATA to run the tests that use it.`);
  return null;
}

/** The JSON files of a folder and those beneath it, sorted. */
export function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith('_'))
    .sort()
    .map((name) => join(folder, name));
}
