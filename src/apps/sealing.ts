/** What the room keeps is sealed for its very row: a row that is moved, or made by hand, does not open. */
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';

/** A label that names the kind, then whatever tells the row from every other. */
export type RowPlace = readonly [label: string, ...parts: string[]];

export interface SealedJson {
  readonly keyVersion: number;
  readonly sealed: Buffer;
}

export function sealJson(keys: PracticeKeys, [label, ...parts]: RowPlace, value: unknown): SealedJson {
  const keyVersion = keys.currentVersion('log');
  const content = Buffer.from(JSON.stringify(value));
  return {
    keyVersion,
    sealed: sealBytes(keys.logSealingKey(keyVersion), labelledContext(label, ...parts), content),
  };
}

/** What `sealJson` was given. Throws `damaged` for what was sealed for another row, or by nobody. */
export function openJson<T>(
  keys: PracticeKeys,
  [label, ...parts]: RowPlace,
  { keyVersion, sealed }: SealedJson,
): T {
  const content = openBytes(keys.logSealingKey(keyVersion), labelledContext(label, ...parts), sealed);
  return JSON.parse(content.toString()) as T;
}
