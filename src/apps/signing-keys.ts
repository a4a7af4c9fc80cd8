/** Keys that sign ID tokens: sealed in the database, one for all processes, rotated by the operator. */
import type { Pool } from 'pg';
import { newId } from '../base/ids.ts';
import { INSTALLATION, type Keychain } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { newSigningJwk, type PrivateJwk } from '../seal/index.ts';
import { openJson, type RowPlace, sealJson } from './sealing.ts';

interface KeyRow {
  key_id: string;
  key_version: number;
  sealed: Buffer;
}

const placeOf = (keyId: string): RowPlace => ['postern/app-signing-key/v1', keyId];

/** The newest first; one is made where there is none. */
export async function signingKeys(server: Pool, keychain: Keychain): Promise<PrivateJwk[]> {
  const standing = await readKeys(server, keychain);
  if (standing.length > 0) return standing;
  const { keyId, keyVersion, sealed } = await newKey(keychain);
  await server.query('select postern.app_signing_key_first($1, $2, $3)', [keyId, keyVersion, sealed]);
  return readKeys(server, keychain);
}

/**
 * Makes a new key, which signs from then on, and removes those that are older than the one before it: what
 * that one signed can still be checked. Answers the new key's id. Authority: the operator's.
 */
export async function rotateSigningKey(owner: Pool, keychain: Keychain): Promise<string> {
  const { keyId, keyVersion, sealed } = await newKey(keychain);
  const entries = [[null, 'SigningKey', keyId, null]] as const;
  const act = { practiceId: INSTALLATION, client: 'postern keys', action: 'rotate-app-key', entries };
  await appendLine(owner, operatorLine(act));
  await owner.query(
    `delete from postern.app_signing_key k
     where k.made_at < (select max(n.made_at) from postern.app_signing_key n)`,
  );
  await owner.query('insert into postern.app_signing_key (key_id, key_version, sealed) values ($1, $2, $3)', [
    keyId,
    keyVersion,
    sealed,
  ]);
  return keyId;
}

async function newKey(keychain: Keychain) {
  const keyId = newId() as string;
  const jwk = await newSigningJwk(keyId);
  return { keyId, ...sealJson(await keychain.installation(), placeOf(keyId), jwk) };
}

async function readKeys(server: Pool, keychain: Keychain): Promise<PrivateJwk[]> {
  const { rows } = await server.query<KeyRow>(
    'select k.key_id, k.key_version, k.sealed from postern.app_signing_keys() k',
  );
  const keys = await keychain.installation();
  return rows.map(({ key_id, key_version: keyVersion, sealed }) =>
    openJson<PrivateJwk>(keys, placeOf(key_id), { keyVersion, sealed }),
  );
}
