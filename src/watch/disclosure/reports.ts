/**
 * Reports as the operator handles them, at the command line and as the database's owner: to whom they are
 * sealed, which there are, and that one has been read. What stands in one is opened elsewhere, by whoever
 * holds the identity.
 */
import type { Pool } from 'pg';

export interface ReportLine {
  readonly receipt: string;
  readonly receivedAt: Date;
  /** Bytes, sealed. */
  readonly bytes: number;
  /** Null until somebody has read it and said so. */
  readonly acknowledgedAt: Date | null;
}

export interface SealedReport extends ReportLine {
  readonly sealed: Buffer;
  /** What was noted with the acknowledgement, sealed as the report is. */
  readonly note: Buffer | null;
}

/** From now on reports are sealed to this recipient; false where they are already. */
export async function sealReportsTo(owner: Pool, recipient: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    `insert into postern.disclosure_recipient as r (recipient, since)
     select $1, clock_timestamp()
     where postern.disclosure_recipient_now() is distinct from $1
     on conflict (recipient) do update
     set since = excluded.since`,
    [recipient],
  );
  return rowCount === 1;
}

/** To whom reports are sealed; null before the desk has been set up. */
export async function recipientNow(owner: Pool): Promise<string | null> {
  const { rows } = await owner.query<{ recipient: string | null }>(
    'select postern.disclosure_recipient_now() as recipient',
  );
  return rows[0]!.recipient;
}

const COLUMNS = `r.receipt, r.received_at as "receivedAt", octet_length(r.sealed) as bytes,
       r.acknowledged_at as "acknowledgedAt"`;

/** All of them, the newest first; `waiting` leaves out those that have been acknowledged. */
export async function listReports(owner: Pool, { waiting }: { waiting: boolean }): Promise<ReportLine[]> {
  const { rows } = await owner.query<ReportLine>(
    `select ${COLUMNS}
     from postern.disclosure_report r
     where r.acknowledged_at is null or not $1
     order by r.received_at desc, r.receipt`,
    [waiting],
  );
  return rows;
}

/** Null where no report has that receipt. */
export async function findReport(owner: Pool, receipt: string): Promise<SealedReport | null> {
  const { rows } = await owner.query<SealedReport>(
    `select ${COLUMNS}, r.sealed, r.note
     from postern.disclosure_report r
     where r.receipt = $1`,
    [receipt],
  );
  return rows[0] ?? null;
}

/**
 * Notes that a report has been read, and when; the first time stays, a new note takes the place of an older
 * one. Answers the time, null where no report has that receipt.
 */
export async function acknowledgeReport(
  owner: Pool,
  receipt: string,
  note: Uint8Array | null,
): Promise<Date | null> {
  const { rows } = await owner.query<{ at: Date }>(
    `update postern.disclosure_report r
     set acknowledged_at = coalesce(r.acknowledged_at, clock_timestamp()),
       note = coalesce($2, r.note)
     where r.receipt = $1
     returning r.acknowledged_at as at`,
    [receipt, note],
  );
  return rows[0]?.at ?? null;
}

/** Removes a report for good; false where none that has been acknowledged has that receipt. */
export async function removeReport(owner: Pool, receipt: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    `delete from postern.disclosure_report r
     where r.receipt = $1
       and r.acknowledged_at is not null`,
    [receipt],
  );
  return rowCount === 1;
}
