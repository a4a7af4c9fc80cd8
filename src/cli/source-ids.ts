/** Ids and digests of what comes from outside, keyed so that they say nothing to whoever has no key. */
import type { ResourceId } from '../base/ids.ts';
import type { DeriveId, DigestOf } from '../intake/index.ts';
import { mac, type PracticeKeys } from '../seal/index.ts';

/** The same id for the same type and source key in the same practice: a UUID of version 8 (RFC 9562). */
export function deriveIdWith(keys: PracticeKeys): DeriveId {
  return (type, key) => {
    const bytes = mac(keys.macKey(), 'postern/source-id/v1', type, key).subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    return parts.join('-') as ResourceId;
  };
}

export function digestWith(keys: PracticeKeys): DigestOf {
  return (text) => mac(keys.macKey(), 'postern/source-digest/v1', text).subarray(0, 16);
}
