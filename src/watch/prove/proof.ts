/**
 * Proofs: rows that say which edition of Postern held its promises, where. They carry a MAC under the
 * installation's key, which the database does not hold, so that none can be written by hand.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Keychain } from '../../gate/index.ts';
import { mac, macEquals, type PracticeKeys } from '../../seal/index.ts';

export interface Proof {
  readonly id: string;
  readonly at: Date;
  readonly edition: string;
  /** Origin of the address that was proved. */
  readonly url: string;
  readonly passed: boolean;
}

/** Keeps what came of a run. Authority: the operator's. */
export async function keepProof(owner: Pool, keychain: Keychain, kept: Omit<Proof, 'id'>): Promise<void> {
  const proof = { id: randomUUID(), ...kept };
  await owner.query(
    `insert into postern.proof (proof_id, at, edition, url, passed, mac)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      proof.id,
      proof.at,
      proof.edition,
      proof.url,
      proof.passed,
      proofMac(await keychain.installation(), proof),
    ],
  );
}

/** When that edition was last proved at that address; null where it was not, or only by a row of no worth. */
export async function provedAt(
  server: Pool,
  keychain: Keychain,
  { edition, url }: Pick<Proof, 'edition' | 'url'>,
): Promise<Date | null> {
  const { rows } = await server.query<{ proof_id: string; at: Date; url: string; mac: Buffer }>(
    'select p.proof_id, p.at, p.url, p.mac from postern.proofs_passed($1) p',
    [edition],
  );
  if (rows.length === 0) return null;
  const keys = await keychain.installation();
  const genuine = rows.find((row) => {
    const proof = { id: row.proof_id, at: row.at, edition, url: row.url, passed: true };
    return row.url === url && madeByUs(keys, row.mac, (version) => proofMac(keys, proof, version));
  });
  return genuine?.at ?? null;
}

function proofMac(installation: PracticeKeys, proof: Proof, version?: number): Buffer {
  const { id, at, edition, url, passed } = proof;
  return mac(
    installation.macKey(version),
    'postern/proof/v1',
    id,
    at.toISOString(),
    edition,
    url,
    String(passed),
  );
}

export type CanaryKind = 'practice' | 'account';

/** What a canary's mark certifies: that `postern prove` made it, and may remove it. */
export function canaryMac(
  installation: PracticeKeys,
  kind: CanaryKind,
  id: string,
  version?: number,
): Buffer {
  return mac(installation.macKey(version), 'postern/canary/v1', kind, id);
}

export function isCanaryMark(
  installation: PracticeKeys,
  kind: CanaryKind,
  id: string,
  stored: Buffer,
): boolean {
  return madeByUs(installation, stored, (version) => canaryMac(installation, kind, id, version));
}

/** A row keeps the MAC it was written with when the key is rotated. */
function madeByUs(keys: PracticeKeys, stored: Buffer, make: (version: number) => Buffer): boolean {
  return keys.versions('mac').some((version) => macEquals(make(version), stored));
}
