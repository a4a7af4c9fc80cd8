import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassphrase, matchesPassphrase } from './passphrase-hash.ts';

test('a passphrase matches its own hash and nothing else does', async () => {
  const hash = await hashPassphrase('the heron stands in the shallow water');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
  expect(await matchesPassphrase('the heron stands in the shallow water', hash)).toBe(true);
  expect(await matchesPassphrase('the heron stands in the shallow water ', hash)).toBe(false);
  expect(await matchesPassphrase('', hash)).toBe(false);
});

test('the same text has another hash each time', async () => {
  const [one, other] = await Promise.all([
    hashPassphrase('twice the same'),
    hashPassphrase('twice the same'),
  ]);
  expect(one).not.toBe(other);
});

test('the cost that stands in a hash is the one it is checked with', async () => {
  const nonce = Buffer.from('0123456789abcdef');
  const cost = { memory: 64, passes: 3, parallelism: 2 };
  const tag = argon2Sync('argon2id', { message: 'of old', nonce, tagLength: 32, ...cost });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const old = `$argon2id$v=19$m=64,t=3,p=2$${text(nonce)}$${text(tag)}`;
  expect(await matchesPassphrase('of old', old)).toBe(true);
  expect(await matchesPassphrase('of new', old)).toBe(false);
});

test('without a hash the answer is no, after as much work', async () => {
  const hash = await hashPassphrase('somebody has this one');
  const time = async (kept: string | null) => {
    const started = performance.now();
    for (let round = 0; round < 3; round += 1)
      expect(await matchesPassphrase('a wrong one', kept)).toBe(false);
    return performance.now() - started;
  };
  await time(null);
  const ratio = (await time(null)) / (await time(hash));
  expect(ratio).toBeGreaterThan(0.2);
  expect(ratio).toBeLessThan(5);
});

test('what is no hash of ours is damaged, and not merely wrong', async () => {
  for (const kept of ['', 'plain', '$argon2i$v=19$m=64,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$x']) {
    await expect(matchesPassphrase('x', kept)).rejects.toMatchObject({ code: 'damaged' });
  }
});

test('many at once wait for each other, and all are answered', async () => {
  const hash = await hashPassphrase('the heron waits');
  const all = Array.from({ length: 8 }, (_, at) =>
    matchesPassphrase(at === 5 ? 'the heron waits' : 'no', hash),
  );
  expect((await Promise.all(all)).indexOf(true)).toBe(5);
});
