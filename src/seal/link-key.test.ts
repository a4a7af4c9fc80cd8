import { compactDecrypt } from 'jose';
import { expect, test } from 'vitest';
import { LinkKey } from './link-key.ts';

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function sealed(key: LinkKey, content: Buffer, size: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of key.seal(inPieces(content, size), 'application/fhir+json')) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const opened = (jwe: string, key: string) => compactDecrypt(jwe, Buffer.from(key, 'base64url'));

test('whatever the pieces, the whole is a JWE that any client opens', async () => {
  const key = new LinkKey();
  for (const [length, size] of [
    [0, 1],
    [1, 1],
    [2, 1],
    [1000, 7],
    [100_000, 16_384],
  ] as const) {
    const content = Buffer.alloc(length, 'a piece of a record ');
    const { plaintext, protectedHeader } = await opened(await sealed(key, content, size), key.reveal());
    expect(Buffer.from(plaintext).equals(content)).toBe(true);
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', cty: 'application/fhir+json' });
  }
});

test('what was changed does not open, nor under another key', async () => {
  const key = new LinkKey();
  const jwe = await sealed(key, Buffer.from('Allergic to penicillin.'), 5);
  await expect(opened(jwe, key.reveal())).resolves.toBeDefined();
  await expect(opened(jwe, new LinkKey().reveal())).rejects.toThrow();
  const parts = jwe.split('.');
  for (const at of [0, 2, 3, 4]) {
    const part = parts[at]!;
    const changed = parts.with(at, (part.startsWith('A') ? 'B' : 'A') + part.slice(1)).join('.');
    await expect(opened(changed, key.reveal())).rejects.toThrow();
  }
});

test('no two sealings of the same are alike, and the key does not print', async () => {
  const key = new LinkKey();
  const content = Buffer.from('the same');
  expect(await sealed(key, content, 8)).not.toBe(await sealed(key, content, 8));
  expect(`${key} ${JSON.stringify({ key })}`).not.toContain(key.reveal());
});
