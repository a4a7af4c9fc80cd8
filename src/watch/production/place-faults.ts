/** Files and folders: who else on this machine may read them, and what lies where it must not. */
import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Configuration } from '../../base/configuration.ts';
import type { Fault } from './fault.ts';

type Places = Pick<Configuration, 'dataFolder' | 'keyVault' | 'reportsIdentity'>;

const OTHERS_READ_OR_WRITE = 0o066;
const OTHERS_MAY = 0o077;

/** What is not there yet is not at fault: Postern makes it private. */
export async function placeFaults(places: Places, dotEnvPath: string): Promise<Fault[]> {
  const { dataFolder, keyVault } = places;
  return [
    ...(await dataFolderFaults(dataFolder)),
    ...(await keyFileFaults(keyVault, dataFolder)),
    ...(await identityFaults(places)),
    ...(await settingsFileFaults(dotEnvPath)),
  ];
}

/** Passing through without reading is allowed: PostgreSQL, which never runs as root, may have to. */
async function dataFolderFaults(folder: string): Promise<Fault[]> {
  const stats = await statOf(folder);
  if (stats === null || (stats.mode & OTHERS_READ_OR_WRITE) === 0) return [];
  const sentence = `The data folder ${folder} can be read or changed by others; run: chmod 700 ${folder}`;
  return [{ check: 'data-folder', sentence }];
}

async function keyFileFaults(keyVault: string, dataFolder: string): Promise<Fault[]> {
  if (!keyVault.startsWith('file:')) return [];
  const path = keyVault.slice('file:'.length);
  const faults: Fault[] = [];
  const stats = await statOf(path);
  if (stats !== null && (stats.mode & OTHERS_MAY) !== 0) {
    const sentence = `The key file ${path} can be read or changed by others; run: chmod 600 ${path}`;
    faults.push({ check: 'key-file', sentence });
  }
  if (await liesWithin(path, dataFolder)) {
    faults.push({
      check: 'key-file',
      sentence:
        `The key file ${path} lies inside the data folder, so a copy of the data would open itself; move ` +
        'it elsewhere, as to ~/.config/postern/, and name its new place in POSTERN_KEY_VAULT.',
    });
  }
  return faults;
}

/** Where it lies on this machine at all: it may well be kept elsewhere. */
async function identityFaults({ reportsIdentity: path, dataFolder }: Places): Promise<Fault[]> {
  const stats = await statOf(path);
  if (stats === null) return [];
  const faults: Fault[] = [];
  if ((stats.mode & OTHERS_MAY) !== 0) {
    const sentence = `Others can read ${path}, which opens reports of weaknesses; run: chmod 600 ${path}`;
    faults.push({ check: 'key-file', sentence });
  }
  if (await liesWithin(path, dataFolder)) faults.push({ check: 'key-file', sentence: identityInside(path) });
  return faults;
}

/** Why the identity that opens reports must not lie there. */
export function identityInside(path: string): string {
  return (
    `${path}, which opens reports of weaknesses, lies inside the data folder, so a copy of the data would ` +
    'open them; move it elsewhere, and name its new place in POSTERN_REPORTS_IDENTITY.'
  );
}

/** Whether a path leads into the folder, symbolic links followed. */
export async function liesWithin(path: string, folder: string): Promise<boolean> {
  return isWithin(await realOf(path), await realOf(folder));
}

/** `.env` may hold passwords. */
async function settingsFileFaults(path: string): Promise<Fault[]> {
  const stats = await statOf(path);
  if (stats === null || (stats.mode & OTHERS_MAY) === 0) return [];
  const sentence = `Others can read ${path}, which may hold passwords; run: chmod 600 ${path}`;
  return [{ check: 'settings-file', sentence }];
}

/** Whether a path is the folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

/** Where a path really leads, symbolic links followed as far as it exists. */
export async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realOf(parent), relative(parent, path));
  }
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
