/** Ed25519 for tests: signers with fresh keys, and the check of their signatures. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Signer } from '../../src/ledger/index.ts';

/** The fixed head of an Ed25519 public key in DER (RFC 8410); the 32 bytes of the key follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface TestSigner extends Signer {
  /** PKCS#8 PEM, to hand the key to another process. */
  pem: string;
}

export function testSigner(name: string): TestSigner {
  return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}

export function signerOfKey(name: string, pem: string): TestSigner {
  return signerOf(name, createPrivateKey(pem));
}

function signerOf(name: string, privateKey: KeyObject): TestSigner {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    name,
    publicKey: spki.subarray(SPKI_PREFIX.length),
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    sign: (message) => sign(null, message, privateKey),
  };
}

export function verifyEd25519(publicKey: Buffer, message: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}
