/** Reads the Wycheproof vectors of this folder; `LICENSES.md` says where they are from. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const FOLDER = new URL('./', import.meta.url);

export interface EnvelopeVector {
  readonly name: string;
  readonly valid: boolean;
  readonly flags: readonly string[];
  readonly key: KeyObject;
  readonly context: Buffer;
  readonly envelope: Buffer;
  /** Of the message; of the longest true prefix where the vector is invalid. */
  readonly messageBytes: number;
  /** Lower-case hex, or `null` where nothing may come out. */
  readonly messageSha512: string | null;
}

interface RawEnvelopeVector {
  tcId: number;
  comment: string;
  key: string;
  ctx: string;
  ct: string;
  msgLength?: number;
  msgSha512?: string;
  result: string;
  flags: string[];
}

export function envelopeVectors(): EnvelopeVector[] {
  return readVectors<RawEnvelopeVector>('c2sp_chunked_encryption_aes_256_gcm_test.json').map(({ test }) => ({
    name: `${test.tcId}: ${test.comment}`,
    valid: test.result === 'valid',
    flags: test.flags,
    key: createSecretKey(test.key, 'hex'),
    context: Buffer.from(test.ctx, 'hex'),
    envelope: inflateSync(Buffer.from(test.ct, 'hex')),
    messageBytes: test.msgLength ?? 0,
    messageSha512: test.msgSha512 ?? null,
  }));
}

export interface SignatureVector {
  readonly name: string;
  readonly valid: boolean;
  readonly publicKey: Buffer;
  readonly message: Buffer;
  readonly signature: Buffer;
}

export function signatureVectors(): SignatureVector[] {
  type Raw = { tcId: number; comment: string; msg: string; sig: string; result: string };
  return readVectors<Raw, { publicKey: { pk: string } }>('ed25519_test.json').map(({ group, test }) => ({
    name: `${test.tcId}: ${test.comment}`,
    valid: test.result === 'valid',
    publicKey: Buffer.from(group.publicKey.pk, 'hex'),
    message: Buffer.from(test.msg, 'hex'),
    signature: Buffer.from(test.sig, 'hex'),
  }));
}

function readVectors<Test, Group = object>(file: string): { group: Group; test: Test }[] {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const { testGroups } = JSON.parse(text) as { testGroups: (Group & { tests: Test[] })[] };
  return testGroups.flatMap((group) => group.tests.map((test) => ({ group, test })));
}
