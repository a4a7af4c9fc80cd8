/** Signers of notes with fresh keys, for tests. */
import { randomBytes } from 'node:crypto';
import type { NoteSigner } from '../../src/ledger/index.ts';
import { createSigner } from '../../src/seal/index.ts';

export interface TestSigner extends NoteSigner {
  /** The secret in hex, to hand the key to another process. */
  seed: string;
}

export function testSigner(name: string, seed = randomBytes(32).toString('hex')): TestSigner {
  return { name, seed, ...createSigner(Buffer.from(seed, 'hex')) };
}
