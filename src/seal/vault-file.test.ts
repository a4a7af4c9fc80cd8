import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openFileVault } from './vault-file.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-key-file-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
let path: string;
beforeEach(() => {
  path = join(root, `case-${count++}`, 'config', 'root.key');
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const refusedWith = (message: string) => ({
  code: 'not-configured',
  message: expect.stringContaining(message),
});

async function prepare(): Promise<string> {
  await (await openFileVault(path)).close();
  return readFileSync(path, 'utf8');
}

describe('a key file', () => {
  test('is made for its owner alone, whatever the mask, and nothing is left beside it', async () => {
    const mask = process.umask(0);
    try {
      await prepare();
    } finally {
      process.umask(mask);
    }
    expect(modeOf(path)).toBe('600');
    expect(modeOf(dirname(path))).toBe('700');
    expect(readdirSync(dirname(path))).toEqual(['root.key']);
  });

  test('is not replaced when it is opened again', async () => {
    const text = await prepare();
    expect(await prepare()).toBe(text);
  });

  test('is one file when two servers start at once, and both use its key', async () => {
    const vaults = await Promise.all([1, 2, 3, 4].map(() => openFileVault(path)));
    const key = randomBytes(32);
    const { version, wrapped } = await vaults[0]!.wrap(key, Buffer.from('p'));
    for (const vault of vaults) {
      expect((await vault.unwrap(version, wrapped, Buffer.from('p'))).equals(key)).toBe(true);
    }
  });

  test('loses no root key when several rotate at once', async () => {
    const vaults = await Promise.all([1, 2, 3, 4].map(() => openFileVault(path)));
    const versions = await Promise.all(vaults.map((vault) => vault.rotate()));
    expect(versions.sort()).toEqual([2, 3, 4, 5]);
    expect(readFileSync(path, 'utf8').match(/^postern-root-key /gm)).toHaveLength(5);
    expect(modeOf(path)).toBe('600');
  });

  test.each(['640', '604', '660', '644', '601'])('of mode %s is refused with the mend', async (mode) => {
    await prepare();
    chmodSync(path, Number.parseInt(mode, 8));
    await expect(openFileVault(path)).rejects.toMatchObject(refusedWith(`chmod 600 ${path}`));
    chmodSync(path, 0o600);
    await (await openFileVault(path)).close();
  });

  test('that becomes readable by others while serving wraps nothing more', async () => {
    const vault = await openFileVault(path);
    chmodSync(path, 0o644);
    const wrapping = vault.wrap(randomBytes(32), Buffer.from('p'));
    await expect(wrapping).rejects.toMatchObject(refusedWith('chmod 600'));
  });

  test('in a folder that others can write is refused with the mend, a link to one as well', async () => {
    await prepare();
    chmodSync(dirname(path), 0o777);
    await expect(openFileVault(path)).rejects.toMatchObject(refusedWith(`chmod go-w ${dirname(path)}`));
    const link = join(root, `link-${count}`);
    symlinkSync(path, link);
    await expect(openFileVault(link)).rejects.toMatchObject(refusedWith('chmod go-w'));
    chmodSync(dirname(path), 0o700);
    await (await openFileVault(link)).close();
  });

  test.skipIf(process.geteuid?.() !== 0)('of another owner is refused with the mend', async () => {
    await prepare();
    chownSync(path, 12_345, 12_345);
    await expect(openFileVault(path)).rejects.toMatchObject(refusedWith(`chown 0 ${path}`));
  });

  test('that is a folder is refused', async () => {
    mkdirSync(path, { recursive: true });
    await expect(openFileVault(path)).rejects.toMatchObject(refusedWith('is not a file'));
  });

  test('that is absent is refused where none may be made, and none is made', async () => {
    await expect(openFileVault(path, { create: false })).rejects.toMatchObject(refusedWith(path));
    expect(existsSync(path)).toBe(false);
  });

  test('that vanishes while serving is not made anew', async () => {
    const vault = await openFileVault(path);
    rmSync(path);
    await expect(vault.wrap(randomBytes(32), Buffer.from('p'))).rejects.toMatchObject(refusedWith('is gone'));
    await expect(vault.rotate()).rejects.toMatchObject(refusedWith('is gone'));
    expect(existsSync(path)).toBe(false);
  });

  test('cannot be changed past the lock of another process, and says what to remove', async () => {
    const vault = await openFileVault(path);
    writeFileSync(`${path}.lock`, '');
    await expect(vault.rotate()).rejects.toMatchObject(refusedWith(`rm ${path}.lock`));
  }, 20_000);
});

describe('a damaged key file', () => {
  const edits: [string, (text: string) => string][] = [
    ['empty', () => ''],
    ['only comments', () => '# nothing\n'],
    ['a word misspelt', (text) => text.replace('postern-root-key', 'postern-root-kez')],
    ['another version number', (text) => text.replace('root-key 1 ', 'root-key 2 ')],
    [
      'a letter of the key changed',
      (text) => text.replace(/key 1 (.)/, (_, c) => `key 1 ${c === 'A' ? 'B' : 'A'}`),
    ],
    ['cut off', (text) => text.slice(0, -3)],
    ['the same line twice', (text) => text + text],
  ];

  test.each(edits)('(%s) is refused, named, and never overwritten', async (_, edit) => {
    const text = edit(await prepare());
    writeFileSync(path, text);
    const error: Error = await openFileVault(path).then(
      () => new Error('was accepted'),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining(path) });
    const secret = /[A-Za-z0-9_-]{43}/.exec(text)?.[0];
    if (secret !== undefined) expect(`${error.stack}`).not.toContain(secret);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('is not one that was saved with other line ends and notes', async () => {
    const text = await prepare();
    writeFileSync(path, `# from paper\r\n${text.replaceAll('\n', '\r\n')}\r\n`);
    await (await openFileVault(path)).close();
  });
});
