import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedPasswords, explainFileError, prepareFolder, writePrivateFile } from './data-folder.ts';
import { takeLock } from './lock.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-folder-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the data folder', () => {
  test('is made private to its owner, with the folders above it', async () => {
    const made = join(folder, 'a', 'b');
    await prepareFolder(made);
    expect((await stat(made)).mode & 0o777).toBe(0o700);
    expect(await readdir(made)).toEqual([]);
  });

  const standing = async (mode: number, ...files: string[]) => {
    const open = await mkdtemp(join(folder, 'open-'));
    for (const file of files) await writeFile(join(open, file), '');
    await chmod(open, mode);
    return open;
  };

  test.each([
    [0o777, []],
    [0o755, ['postern.lock']],
    [0o770, ['postern.lock']],
    [0o705, []],
  ])('that stands open (%o) is closed', async (mode, files) => {
    const open = await standing(mode, ...files);
    const said: string[] = [];
    await prepareFolder(open, (remark) => said.push(remark));
    expect(said).toEqual([expect.stringContaining(`${open}; it is now open to its owner alone`)]);
    // Root leaves a group its way through: PostgreSQL may be running in there.
    expect((await stat(open)).mode & 0o767).toBe(0o700);
  });

  test('into which anybody could have put what is there is refused with the mend', async () => {
    const open = await standing(0o777, 'postgres-passwords.json');
    await expect(prepareFolder(open)).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringMatching(/is yours, and run: chmod 700 .+open-/),
    });
    await chmod(open, 0o700);
    await prepareFolder(open);
  });

  test('that cannot be written is refused with the path and the mend', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(prepareFolder(join(folder, 'file', 'data'))).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringMatching(/is a file, or lies below one; set POSTERN_DATA /),
    });
  });

  test('that is a file, or may only be read by its mode, is refused as what it is', async () => {
    await expect(prepareFolder('/dev/null')).rejects.toThrow('/dev/null is a file');
    const kept = await standing(0o555, 'postern.lock');
    await expect(prepareFolder(kept)).rejects.toThrow(`run chmod 700 ${kept}`);
    expect((await stat(kept)).mode & 0o777).toBe(0o555);
  });

  test.runIf(process.platform === 'linux')('that can never be made is refused at once', async () => {
    await expect(prepareFolder('/proc/postern/data')).rejects.toThrow(
      '/proc/postern cannot be made (ENOENT)',
    );
  });

  test.runIf(process.getuid?.() !== 0)('that its user may only read is refused', async () => {
    await expect(prepareFolder('/usr/postern')).rejects.toMatchObject({ code: 'not-configured' });
  });

  test('on a full disk is refused in a sentence that says so', () => {
    const refusal = explainFileError(Object.assign(new Error('write'), { code: 'ENOSPC' }), '/srv/data');
    expect(refusal).toMatchObject({ message: expect.stringMatching(/disk .* is full/) });
  });

  test('keeps its secrets in files that only their owner reads, and writes them whole', async () => {
    const path = join(folder, 'secret');
    await writePrivateFile(path, 'one');
    await writePrivateFile(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('makes passwords once', async () => {
    const first = await embeddedPasswords(folder);
    expect(await embeddedPasswords(folder)).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(3);
    expect((await stat(join(folder, 'postgres-passwords.json'))).mode & 0o777).toBe(0o600);
  });
});

describe('the lock of the data folder', () => {
  test('is held by one process and free again after it', async () => {
    const path = join(folder, 'held.lock');
    const lock = await takeLock(path);
    await expect(takeLock(path)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`Another Postern (process ${process.pid}) is using this data folder`),
    });
    await lock.release();
    await (await takeLock(path)).release();
  });

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: 'x' })],
    ['of a process whose id was used again', JSON.stringify({ pid: process.pid, started: 'before' })],
    ['that cannot be read', 'half a l'],
  ])('is taken over from a lock %s', async (_, text) => {
    const path = join(folder, 'stale.lock');
    await writeFile(path, text);
    const lock = await takeLock(path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(folder)).not.toContain('stale.lock');
  });

  test('goes to exactly one of many that find it stale at once', async () => {
    const path = join(folder, 'raced.lock');
    await writeFile(path, JSON.stringify({ pid: 2 ** 22 + 1, started: 'x' }));
    const turns = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));
    expect(turns.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
