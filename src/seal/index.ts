/** The door of the seal room. */
export { HEADER_BYTES, plaintextSize, sealedSize } from './cobblestone.ts';
export { ContentKey } from './content-key.ts';
export { labelledContext, type RecordPlace, recordContext } from './context.ts';
export { type DpopProof, readDpopProof } from './dpop-proof.ts';
export { openBytes, sealBytes } from './envelope.ts';
export { type EnvelopeSource, openedLength, openRange } from './envelope-range.ts';
export { openStream, sealStream } from './envelope-stream.ts';
export { JobKey, newJobKey, openJobKey, type WrappedJobKey } from './job-key.ts';
export type { KeyPlace } from './key-purpose.ts';
export { type KeyedPlace, KeyRing, type SealedRow } from './key-ring.ts';
export { LinkKey } from './link-key.ts';
export { blindToken, mac, macEquals } from './mac.ts';
export { base32, codeOfStep, newCodeSecret, stepAt, stepOfCode } from './one-time-code.ts';
export { openKeyVault } from './open-vault.ts';
export { Opened } from './opened.ts';
export { hashPassphrase, matchesPassphrase, newSalt } from './passphrase-hash.ts';
export {
  createPracticeKeys,
  KEY_PURPOSES,
  type KeyPurpose,
  loadPracticeKeys,
  type PracticeKeys,
  rewrapPracticeKeys,
  type WrappedChartKey,
  type WrappedPracticeKey,
} from './practice-keys.ts';
export { readPrivateFile } from './private-file.ts';
export type { Reach } from './reach.ts';
export { type ReachSigner, reachSigner } from './reach-signer.ts';
export { newRecoveryCode, readRecoveryCode, recoveryCodeDigest } from './recovery-code.ts';
export {
  armoredReport,
  ensureReportIdentity,
  isReportRecipient,
  type ReportIdentity,
  readReportIdentity,
  sealReport,
} from './report-identity.ts';
export { newSecretToken, secretTokenHash } from './secret-token.ts';
export { createSigner, type Signer, verifySignature } from './signature.ts';
export { newSigningJwk, type PrivateJwk } from './signing-jwk.ts';
export { openTicket, sealTicket } from './ticket.ts';
export type { Part } from './tuple.ts';
export type { KeyVault, VaultOptions, WrappedByRoot } from './vault.ts';
export { unwrapKey, wrapKey } from './wrap.ts';
