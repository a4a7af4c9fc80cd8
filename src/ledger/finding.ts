/** What verification reports: one finding for each thing that is not as it was signed. */

/**
 * `edit`: a line or its leaf says something else than was signed. `deletion`: a line that was signed is gone.
 * `insertion`: a line or leaf stands where nothing was signed. `reordering`: lines stand in another order.
 * `truncation`: the end of the log is gone. `rollback`: the database was set back to an earlier state.
 * `fork`: two signed checkpoints, or a checkpoint and the lines, tell different histories. `bad-signature`: a
 * checkpoint that the log's key did not sign. `damaged-file`: tiles or files beside the database are not what
 * was signed; they can be made again from the lines. `damaged-index`: a chart's list of lines is not complete
 * or lists too many.
 */
export const FINDING_KINDS = [
  'edit',
  'deletion',
  'insertion',
  'reordering',
  'truncation',
  'rollback',
  'fork',
  'bad-signature',
  'damaged-file',
  'damaged-index',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  kind: FindingKind;
  /** The leaf it concerns, or the first of several. */
  seq: number | null;
  /** The last of several leaves (inclusive). */
  upTo: number | null;
  lineId: string | null;
  /** One sentence for people; holds ids and numbers only. */
  message: string;
}

export interface VerifyReport {
  practiceId: string;
  /** Whether nothing was found. */
  sound: boolean;
  /** Access lines of the practice. */
  lines: number;
  /** Lines that are not yet under a checkpoint, which nothing protects yet. */
  pending: number;
  /** When the oldest of them was written, or `null`. */
  pendingSince: Date | null;
  /** The newest signed checkpoint that the lines were checked against. */
  checkpoint: { size: number; root: string } | null;
  /** Signed checkpoints that were checked. */
  checkpoints: number;
  /** At most 1,000; `moreFindings` counts the rest. */
  findings: Finding[];
  moreFindings: number;
}

export function finding(
  kind: FindingKind,
  message: string,
  at: { seq?: number; upTo?: number; lineId?: string | null } = {},
): Finding {
  return { kind, seq: at.seq ?? null, upTo: at.upTo ?? null, lineId: at.lineId ?? null, message };
}
