import { describe, expect, test } from 'vitest';
import { signatureVectors } from '../../test/vectors/wycheproof.ts';
import { createSigner, verifySignature } from './signature.ts';

const vectors = signatureVectors();

test('all 151 vectors are here, and some of each result', () => {
  expect(vectors).toHaveLength(151);
  expect(vectors.filter((vector) => vector.valid).length).toBeGreaterThan(40);
});

describe.each(vectors)('Ed25519 vector $name', ({ valid, publicKey, message, signature }) => {
  test(valid ? 'verifies' : 'is refused', () => {
    expect(verifySignature(publicKey, message, signature)).toBe(valid);
  });
});

test('signs as RFC 8032 section 7.1 test 2 does', () => {
  const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
  const signer = createSigner(seed);
  expect(signer.publicKey.toString('hex')).toBe(
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  );
  const signature = signer.sign(Buffer.from([0x72]));
  expect(signature.toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  expect(verifySignature(signer.publicKey, Buffer.from([0x72]), signature)).toBe(true);
});

test('what is no key and no signature is refused and not an error', () => {
  const { publicKey, sign } = createSigner(Buffer.alloc(32, 1));
  const message = Buffer.from('m');
  expect(verifySignature(publicKey.subarray(1), message, sign(message))).toBe(false);
  expect(verifySignature(publicKey, message, Buffer.alloc(0))).toBe(false);
  expect(verifySignature(Buffer.alloc(32, 0xff), message, sign(message))).toBe(false);
});
