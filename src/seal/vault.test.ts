/** One contract for every key vault. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeyVault } from './open-vault.ts';
import type { KeyVault } from './vault.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-vault-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SOFTHSM_MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];
const PIN = '918273';

let count = 0;
const nextName = () => `vault-${count++}`;

function fileVaultUrl(): string {
  return `file:${join(root, nextName(), 'root.key')}`;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url)(name);
    return true;
  } catch {
    return false;
  }
}

/** Makes a private SoftHSM with a fresh token for each vault, or answers why it cannot. */
function prepareSoftHsm(): (() => string) | string {
  const module = SOFTHSM_MODULES.find((path) => existsSync(path));
  const tool = spawnSync('softhsm2-util', ['--version']).status === 0;
  if (module === undefined || !tool) return 'SoftHSM is not installed (Debian: apt-get install softhsm2)';
  if (!isInstalled('pkcs11js')) return 'The optional package pkcs11js is not installed';
  const tokens = join(root, 'tokens');
  mkdirSync(tokens, { mode: 0o700 });
  writeFileSync(join(root, 'softhsm2.conf'), `directories.tokendir = ${tokens}\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = join(root, 'softhsm2.conf');
  writeFileSync(join(root, 'pin'), `${PIN}\n`, { mode: 0o600 });
  return () => {
    const label = nextName();
    const pins = ['--pin', PIN, '--so-pin', '55555555'];
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], { stdio: 'ignore' });
    return `pkcs11:?module-path=${module}&token=${label}&pin-source=${join(root, 'pin')}`;
  };
}

const softHsm = prepareSoftHsm();
// Tokens are made before the module is first loaded: SoftHSM numbers its slots when it starts.
const tokenUrls = typeof softHsm === 'string' ? [] : Array.from({ length: 16 }, softHsm);
if (typeof softHsm === 'string') {
  console.warn(`\n*** SKIPPED: every test of the PKCS#11 key vault. ${softHsm}. ***\n`);
}

const kinds = [
  { kind: 'file', nextUrl: fileVaultUrl, skip: false },
  { kind: 'pkcs11', nextUrl: () => tokenUrls.pop()!, skip: typeof softHsm === 'string' },
];

describe.each(kinds)('a $kind key vault', ({ kind, nextUrl, skip }) => {
  const key = randomBytes(32);
  const purpose = Buffer.from('what it is for');
  let url: string;
  let vault: KeyVault;

  beforeEach(async (context) => {
    if (skip) return context.skip();
    url = nextUrl();
    vault = await openKeyVault(url);
  });
  afterEach(() => (skip ? undefined : vault.close()));

  test('makes its first root key, and gives back what it wrapped', async () => {
    expect(vault.kind).toBe(kind);
    expect(vault.currentVersion()).toBe(1);
    const { version, wrapped } = await vault.wrap(key, purpose);
    expect(version).toBe(1);
    expect(wrapped).toHaveLength(61);
    expect(wrapped.includes(key)).toBe(false);
    expect((await vault.unwrap(version, wrapped, purpose)).equals(key)).toBe(true);
  });

  test('wraps the same key differently each time', async () => {
    const first = await vault.wrap(key, purpose);
    expect(first.wrapped.equals((await vault.wrap(key, purpose)).wrapped)).toBe(false);
  });

  test('unwraps in another session what was wrapped in this', async () => {
    const { version, wrapped } = await vault.wrap(key, purpose);
    const other = await openKeyVault(url, { create: false });
    expect((await other.unwrap(version, wrapped, purpose)).equals(key)).toBe(true);
    await other.close();
    expect((await vault.unwrap(version, wrapped, purpose)).equals(key)).toBe(true);
  });

  test('does not unwrap for another purpose, with a bit flipped or cut off', async () => {
    const { version, wrapped } = await vault.wrap(key, purpose);
    await expect(vault.unwrap(version, wrapped, Buffer.from('other'))).rejects.toMatchObject({
      code: 'damaged',
    });
    for (const at of [0, 1, 13, 44, 45, 60]) {
      const bent = Buffer.from(wrapped);
      bent[at]! ^= 1;
      await expect(vault.unwrap(version, bent, purpose)).rejects.toMatchObject({ code: 'damaged' });
    }
    const short = vault.unwrap(version, wrapped.subarray(1), purpose);
    await expect(short).rejects.toMatchObject({ code: 'damaged' });
    // A refused unwrapping leaves the vault in working order.
    expect((await vault.unwrap(version, wrapped, purpose)).equals(key)).toBe(true);
  });

  test('rotates, keeps earlier root keys and unwraps what each of them wrapped', async () => {
    const before = await vault.wrap(key, purpose);
    expect(await vault.rotate()).toBe(2);
    expect(vault.currentVersion()).toBe(2);
    const after = await vault.wrap(key, purpose);
    expect(after.version).toBe(2);
    expect((await vault.unwrap(1, before.wrapped, purpose)).equals(key)).toBe(true);
    expect((await vault.unwrap(2, after.wrapped, purpose)).equals(key)).toBe(true);
    await expect(vault.unwrap(2, before.wrapped, purpose)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('follows a rotation and a retirement made by another process', async () => {
    const other = await openKeyVault(url);
    await other.rotate();
    const fresh = await other.wrap(key, purpose);
    expect((await vault.unwrap(2, fresh.wrapped, purpose)).equals(key)).toBe(true);
    await other.rotate();
    expect((await vault.wrap(key, purpose)).version).toBe(3);
    await other.close();
  });

  test('retires an earlier root key for good, never the current one', async () => {
    const { wrapped } = await vault.wrap(key, purpose);
    await expect(vault.retire(1)).rejects.toMatchObject({ code: 'conflict' });
    await vault.rotate();
    await vault.retire(1);
    await expect(vault.unwrap(1, wrapped, purpose)).rejects.toMatchObject({ code: 'not-configured' });
    await expect(vault.retire(1)).rejects.toMatchObject({ code: 'not-configured' });
    expect(await vault.rotate()).toBe(3);
  });

  test('answers nothing once it is closed', async () => {
    const { wrapped } = await vault.wrap(key, purpose);
    await vault.close();
    await vault.close();
    expect(() => vault.currentVersion()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    for (const call of [vault.wrap(key, purpose), vault.unwrap(1, wrapped, purpose), vault.rotate()]) {
      await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    }
  });

  test('shows nothing of itself in a log', () => {
    expect(JSON.stringify(vault)).toBe(JSON.stringify({ kind }));
  });
});

test.skipIf(typeof softHsm === 'string')(
  'an empty token is refused where no root key may be made',
  async () => {
    const opening = openKeyVault(tokenUrls.pop()!, { create: false });
    await expect(opening).rejects.toMatchObject({ code: 'not-configured' });
  },
);

test.skipIf(typeof softHsm === 'string')('a wrong PIN is refused without being repeated', async () => {
  const wrong = join(root, 'wrong-pin');
  writeFileSync(wrong, '000111\n', { mode: 0o600 });
  const opening = openKeyVault(tokenUrls.pop()!.replace(/pin-source=.*/, `pin-source=file:${wrong}`));
  const error = await opening.then(
    () => null,
    (caught: Error) => caught,
  );
  expect(error).toMatchObject({
    code: 'not-configured',
    message: expect.stringContaining('CKR_PIN_INCORRECT'),
  });
  expect(`${error?.message} ${error?.stack} ${String(error?.cause)}`).not.toContain('000111');
});

describe('the address of a key vault', () => {
  test.each([
    ['redis:nowhere', /must begin with file: or pkcs11:/],
    ['pkcs11:token=a?pin-value=1234&module-path=/x', /must not stand/],
    ['pkcs11:token=a', /names no module-path/],
    ['pkcs11:?module-path=/x', /names no token/],
    ['pkcs11:token=a;token=b?module-path=/x', /names token twice/],
    ['pkcs11:slot-id=1?module-path=/x', /unknown attribute "slot-id"/],
    ['pkcs11:token=%zz?module-path=/x', /malformed token/],
    ['pkcs11:token=a?module-path=/x&pin-source=env:POSTERN_NO_SUCH_PIN', /No PIN/],
  ])('%s is refused with the reason', async (url, reason) => {
    await expect(openKeyVault(url)).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringMatching(reason),
    });
  });

  test('a refused PIN in an address is not repeated', async () => {
    const opening = openKeyVault('pkcs11:token=a?pin-value=493817&module-path=/x');
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('493817') });
  });

  test('a module that is not there is named', async () => {
    process.env.POSTERN_TEST_PIN = '1';
    const opening = openKeyVault('pkcs11:token=a?module-path=/no/such.so&pin-source=env:POSTERN_TEST_PIN');
    await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('/no/such.so') });
  });
});
