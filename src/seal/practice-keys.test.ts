import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, type PracticeId } from '../base/ids.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { KeyRing } from './key-ring.ts';
import { mac } from './mac.ts';
import { createPracticeKeys, KEY_PURPOSES, loadPracticeKeys, rewrapPracticeKeys } from './practice-keys.ts';
import { verifySignature } from './signature.ts';
import type { KeyVault } from './vault.ts';
import { openFileVault } from './vault-file.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-practice-keys-'));
const practiceId = newId<PracticeId>();
let vault: KeyVault;

beforeAll(async () => {
  vault = await openFileVault(join(root, 'root.key'));
});
afterAll(async () => {
  await vault.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the keys of a practice', () => {
  test('are made once for each purpose and load again as the same keys', async () => {
    const { keys, stored } = await createPracticeKeys(vault, practiceId);
    expect(stored.map((row) => row.purpose)).toEqual([...KEY_PURPOSES]);
    expect(stored.every((row) => row.version === 1 && row.practiceId === practiceId)).toBe(true);
    const again = await loadPracticeKeys(vault, practiceId, stored);
    expect(again.indexKey().equals(keys.indexKey())).toBe(true);
    expect(again.macKey().equals(keys.macKey())).toBe(true);
    expect(again.logSealingKey().equals(keys.logSealingKey())).toBe(true);
    expect(again.logSigner().publicKey.equals(keys.logSigner().publicKey)).toBe(true);
  });

  test('sign and seal the log with keys of their own', async () => {
    const { keys } = await createPracticeKeys(vault, practiceId);
    const message = Buffer.from('head');
    const signer = keys.logSigner();
    expect(verifySignature(signer.publicKey, message, signer.sign(message))).toBe(true);
    const sealed = sealBytes(keys.logSealingKey(), Buffer.from('reason'), message);
    expect(openBytes(keys.logSealingKey(), Buffer.from('reason'), sealed).equals(message)).toBe(true);
    expect(keys.logSealingKey().equals(keys.macKey())).toBe(false);
  });

  test('of another practice, purpose or version do not load', async () => {
    const { stored } = await createPracticeKeys(vault, practiceId);
    const other = newId<PracticeId>();
    await expect(loadPracticeKeys(vault, other, stored)).rejects.toMatchObject({ code: 'damaged' });
    const relabelled = stored.map((row) => ({ ...row, practiceId: other }));
    await expect(loadPracticeKeys(vault, other, relabelled)).rejects.toMatchObject({ code: 'damaged' });
    const [chart, index, ...rest] = stored;
    const swapped = [
      { ...chart!, purpose: 'index' as const },
      { ...index!, purpose: 'chart' as const },
      ...rest,
    ];
    await expect(loadPracticeKeys(vault, practiceId, swapped)).rejects.toMatchObject({ code: 'damaged' });
    const renumbered = stored.map((row) => ({ ...row, version: 2 }));
    await expect(loadPracticeKeys(vault, practiceId, renumbered)).rejects.toMatchObject({ code: 'damaged' });
    await expect(loadPracticeKeys(vault, practiceId, rest)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('get a new version that is used only once it is adopted, and keep the earlier one', async () => {
    const { keys } = await createPracticeKeys(vault, practiceId);
    const before = mac(keys.macKey(), 'grant');
    const next = await keys.addVersion(vault, 'mac');
    expect(keys.currentVersion('mac')).toBe(1);
    await keys.adopt(vault, next);
    await keys.adopt(vault, next);
    expect(keys.versions('mac')).toEqual([1, 2]);
    expect(mac(keys.macKey(), 'grant').equals(before)).toBe(false);
    expect(mac(keys.macKey(1), 'grant').equals(before)).toBe(true);
    expect(() => keys.macKey(3)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  test('are rewrapped under a new root key, after which the old one can go', async () => {
    const own = await openFileVault(join(root, 'own', 'root.key'));
    const { keys, stored } = await createPracticeKeys(own, practiceId);
    expect(await rewrapPracticeKeys(own, stored)).toEqual([]);
    await own.rotate();
    const rewrapped = await rewrapPracticeKeys(own, stored);
    expect(rewrapped.map((row) => row.rootVersion)).toEqual([2, 2, 2, 2]);
    await own.retire(1);
    const again = await loadPracticeKeys(own, practiceId, rewrapped);
    expect(again.macKey().equals(keys.macKey())).toBe(true);
    await expect(loadPracticeKeys(own, practiceId, stored)).rejects.toMatchObject({ code: 'not-configured' });
  });

  test('rewrap chart keys under a new practice key without changing them', async () => {
    const { keys } = await createPracticeKeys(vault, practiceId);
    const ring = new KeyRing({ practiceId, allows: () => true }, keys);
    const place = { chartId: newId() as never, section: 'clinical' as const, author: null };
    const old = ring.newChartKey(place.chartId, place.section, null);
    const row = { practiceId, ...place, type: 'Condition', id: newId() as never, version: 1 };
    const sealed = ring.seal({ ...row, wrappedKey: old.wrapped, practiceKeyVersion: 1 }, Buffer.from('x'));
    await keys.adopt(vault, await keys.addVersion(vault, 'chart'));
    const fresh = keys.rewrapChartKey(place, old);
    expect(fresh.practiceKeyVersion).toBe(2);
    for (const key of [old, fresh]) {
      const opened = ring.open({
        ...row,
        sealed,
        wrappedKey: key.wrapped,
        practiceKeyVersion: key.practiceKeyVersion,
      });
      expect(opened?.bytes().toString()).toBe('x');
    }
    const elsewhere = { ...place, section: 'sensitive' as const };
    expect(() => keys.rewrapChartKey(elsewhere, old)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  test('cannot be written down by accident', async () => {
    const { keys } = await createPracticeKeys(vault, practiceId);
    expect(JSON.stringify({ keys })).toBe('{"keys":"[PracticeKeys]"}');
    expect(`${keys} ${inspect(keys, { depth: 9, showHidden: true })}`).toBe('[PracticeKeys] [PracticeKeys]');
  });
});
