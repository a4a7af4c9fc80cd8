import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  armoredReport,
  ensureReportIdentity,
  isReportRecipient,
  readReportIdentity,
  sealReport,
} from './report-identity.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-identity-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the identity that opens reports', () => {
  test('is made once and private, however many make it at the same time', async () => {
    const path = join(folder, 'made', 'reports.key');
    expect(await readReportIdentity(path)).toBeNull();
    const all = await Promise.all(Array.from({ length: 8 }, () => ensureReportIdentity(path)));
    expect(new Set(all.map(({ identity }) => identity.recipient)).size).toBe(1);
    expect(all.filter(({ made }) => made)).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('opens what is sealed to its recipient, and nothing that was sealed to another', async () => {
    const [own, other] = await Promise.all(
      ['own.key', 'other.key'].map((name) => ensureReportIdentity(join(folder, name))),
    );
    const sealed = await sealReport(own!.identity.recipient, 'A weakness: ä');
    expect(await own!.identity.open(sealed)).toBe('A weakness: ä');
    await expect(other!.identity.open(sealed)).rejects.toMatchObject({ code: 'damaged' });
    await expect(own!.identity.open(sealed.subarray(0, -1))).rejects.toMatchObject({ code: 'damaged' });
    expect(armoredReport(sealed)).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    // Both keys in one file open both; new reports go to the last.
    const both = join(folder, 'both.key');
    const keys = await Promise.all(
      ['own.key', 'other.key'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    await writeFile(both, keys.join('\r\n'), { mode: 0o600 });
    const identity = await readReportIdentity(both);
    expect(identity!.recipient).toBe(other!.identity.recipient);
    expect(await identity!.open(sealed)).toBe('A weakness: ä');
  });

  test('is refused where others may read it or it is something else, without a word of it', async () => {
    const path = join(folder, 'odd.key');
    for (const text of [
      '',
      '# only a comment\n',
      'postern-root-key 1 secret',
      `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
    ]) {
      await writeFile(path, text, { mode: 0o600 });
      const refused = await readReportIdentity(path).catch((error: unknown) => error as Error);
      expect([text, refused]).toEqual([text, expect.objectContaining({ code: 'damaged' })]);
      expect((refused as Error).message).not.toContain('secret');
    }
    await chmod(join(folder, 'own.key'), 0o644);
    await expect(readReportIdentity(join(folder, 'own.key'))).rejects.toMatchObject({
      code: 'not-configured',
    });
  });
});

test('a recipient is one of age, X25519 and without a slip', async () => {
  const { identity } = await ensureReportIdentity(join(folder, 'own-again.key'));
  expect(isReportRecipient(identity.recipient)).toBe(true);
  const slip = identity.recipient.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'));
  for (const text of [
    '',
    slip,
    identity.recipient.toUpperCase(),
    `${identity.recipient} `,
    'age1pq1qq',
    'ssh-rsa A',
  ]) {
    expect([text, isReportRecipient(text)]).toEqual([text, false]);
  }
});
