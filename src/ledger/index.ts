/** The ledger: the access log, its Merkle tree, checkpoints and their verification. The room's only door. */
export * from './checkpoint.ts';
export { CheckpointFile, splitNotes } from './checkpoint-file.ts';
export { exportLines } from './export-lines.ts';
export { FINDING_KINDS, type Finding, type FindingKind, type VerifyReport } from './finding.ts';
export { lastSeen, type Watched } from './last-seen.ts';
export { leafOf, lineIdOfLeaf, type StoredLine } from './leaf.ts';
export { ledgerTicket } from './ledger-ticket.ts';
export {
  type AccessLine,
  appendLine,
  closingLine,
  type LineEntry,
  type Outcome,
  type Queryable,
  type StoredRow,
  storedColumns,
  storedLine,
} from './line.ts';
export { isLineKind, LINE_KINDS, type LineKind } from './line-kinds.ts';
export { appendLineOf, LineWriter, type LineWriterOptions } from './line-writer.ts';
export { type LinePage, type LineQuery, type ListedLine, listLines } from './list-lines.ts';
export { CompactRange, EMPTY_ROOT, leafHash, nodeHash, rootOf } from './merkle.ts';
export {
  proveConsistency,
  proveInclusion,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts';
export * from './note.ts';
export { type OperatorAct, operatorLine } from './operator-line.ts';
export { type LogKeys, logKeysOf } from './practice-log.ts';
export { logDirectory, Sequencer, type SequencerOptions } from './sequencer.ts';
export { entriesPath, tilePath } from './tile-layout.ts';
export { TileStore } from './tile-store.ts';
export {
  FACTOR_FINDING_KINDS,
  type FactorFinding,
  type FactorReport,
  verifyFactors,
} from './verify-factors.ts';
export { type VerifyOptions, verifyLog } from './verify-log.ts';
export {
  RECORD_FINDING_KINDS,
  type RecordFinding,
  type RecordReport,
  verifyRecords,
} from './verify-records.ts';
export {
  cosignatureKey,
  cosignatureTime,
  cosignedMessage,
  type HttpWitnessOptions,
  httpWitness,
  type Witness,
  withSignatures,
} from './witness.ts';
