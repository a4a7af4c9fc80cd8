/**
 * Signatures of clients (assertions, and requests that carry a key) are checked with the algorithms that we
 * name and no others. Project Wycheproof's vectors for JWS and JWK, through the library that the
 * authorization server checks them with.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactVerify, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { SIGNING_ALGORITHMS } from '../../src/apps/index.ts';
import { sharedData } from '../support/third-party-inputs.ts';

interface Group {
  readonly comment: string;
  readonly public?: JWK | JSONWebKeySet;
  readonly private?: JWK | JSONWebKeySet;
  readonly tests: readonly { tcId: number; comment: string; jws: string; result: string }[];
}

/**
 * Keys that their owner has made so that anybody may sign for them. An exponent other than 65537 is refused
 * when a client is registered and in proofs; keys of the Infineon library (ROCA) are not looked for.
 */
const WEAK_KEYS: Readonly<Record<string, readonly string[]>> = {
  'json_web_key_test.json': [
    '7 jws_rsa_roca_key rejectsKeyWithRocaVulnerability',
    '9 exponentOne rejectsPublicExponent1',
  ],
};

const folder = sharedData('vectors/wycheproof');

/** The content that was signed; null for what we would not take. */
async function verified(key: JWK | JSONWebKeySet, jws: string): Promise<Uint8Array | null> {
  const options = { algorithms: [...SIGNING_ALGORITHMS] };
  try {
    if ('keys' in key)
      return (await compactVerify(jws, createLocalJWKSet(key as JSONWebKeySet), options)).payload;
    return (await compactVerify(jws, await importJWK(key as JWK, (key as JWK).alg), options)).payload;
  } catch {
    return null;
  }
}

function algorithmOf(jws: string): string | null {
  try {
    return (JSON.parse(Buffer.from(jws.split('.')[0]!, 'base64url').toString()) as { alg: string }).alg;
  } catch {
    return null;
  }
}

describe.skipIf(folder === null)('vectors of Wycheproof', () => {
  test.each(['json_web_signature_test.json', 'json_web_key_test.json'])(
    '%s: what is invalid is taken under no key, and nothing by another algorithm',
    async (file) => {
      const { testGroups } = JSON.parse(readFileSync(join(folder!, file), 'utf8')) as { testGroups: Group[] };
      const wrong: string[] = [];
      let [taken, refused] = [0, 0];
      for (const group of testGroups) {
        const key = group.public ?? group.private!;
        for (const { tcId, comment, jws, result } of group.tests) {
          const isTaken = (await verified(key, jws)) !== null;
          const ours = SIGNING_ALGORITHMS.includes(algorithmOf(jws) as never);
          if (isTaken && (result === 'invalid' || !ours)) wrong.push(`${tcId} ${group.comment} ${comment}`);
          if (isTaken) taken += 1;
          else refused += 1;
        }
      }
      expect(wrong).toEqual(WEAK_KEYS[file] ?? []);
      expect(refused).toBeGreaterThan(10);
      if (file.includes('signature')) expect(taken).toBeGreaterThan(20);
    },
  );
});
