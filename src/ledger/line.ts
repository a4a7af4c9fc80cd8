/**
 * The access line: one row of the access log for one answer. The list of its columns lives here for the
 * process and in docs/spec/access-log.md for everyone else; SQL that writes a line itself (the read path of
 * `db/`) names the same ones.
 */
import {
  type AccountId,
  type ChartId,
  type LineId,
  newId,
  type PracticeId,
  type SessionHash,
} from '../base/ids.ts';
import type { StoredLine } from './leaf.ts';

/** What one answer held: the chart (`null` for what belongs to no patient), type, id and version. */
export type LineEntry = readonly [chart: ChartId | null, type: string, id: string, version: number | null];

/**
 * `ok`: released. `refused`: asked for and not given. `failed`: given up after the line was written.
 * `closed`: the closing line of a stream, which says how many bytes went out.
 */
export type Outcome = 'ok' | 'refused' | 'failed' | 'closed';

export interface AccessLine {
  practiceId: PracticeId;
  id: LineId;
  /** `null` for both where nobody was signed in. */
  sessionHash: SessionHash | null;
  accountId: AccountId | null;
  /** The account or chart on whose behalf: a proxy acts for a patient, a client for a person. */
  behalfOf: AccountId | ChartId | null;
  purpose: string;
  action: string;
  outcome: Outcome;
  client: string | null;
  address: string | null;
  entries: readonly LineEntry[];
  /** Free text (a reason), sealed by the caller. */
  detail: Buffer | null;
  /** Bytes that went out; set on a closing line. */
  bytes: number | null;
  /** The line that this one closes. */
  closes: LineId | null;
}

/** What runs SQL: a client inside a transaction, or a pool. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/** A transaction that a line is written in; by name, so that PostgreSQL reads the statement once. */
export interface Appending {
  query(query: {
    readonly name: string;
    readonly text: string;
    readonly values: unknown[];
  }): Promise<unknown>;
}

/** The closing line of a stream that `line` opened: same person and purpose, and the bytes that went out. */
export function closingLine(line: AccessLine, bytes: number): AccessLine {
  return { ...line, id: newId<LineId>(), outcome: 'closed', detail: null, bytes, closes: line.id };
}

const INSERT_LINE = `
insert into postern.access_line (
  practice_id, id, session_hash, account_id, behalf_of, purpose, action, outcome, client, address, entries,
  detail, bytes, closes)
values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

/**
 * Writes one line inside the caller's scoped transaction: it is durable when that commits, and nothing may be
 * released before. Row policy: the practice and account must be the session's own.
 */
export async function appendLine(tx: Appending, line: AccessLine): Promise<void> {
  const values = [
    line.practiceId,
    line.id,
    line.sessionHash,
    line.accountId,
    line.behalfOf,
    line.purpose,
    line.action,
    line.outcome,
    line.client,
    line.address,
    JSON.stringify(line.entries),
    line.detail,
    line.bytes,
    line.closes,
  ];
  await tx.query({ name: 'append-line', text: INSERT_LINE, values });
}

/** Columns of `postern.stored_line` that make a leaf, to be prefixed with the name the query gives it. */
const STORED_COLUMNS = [
  'practice_id',
  'id',
  'at_micros',
  'session_hash',
  'account_id',
  'behalf_of',
  'purpose',
  'action',
  'outcome',
  'client',
  'address',
  'entries_text',
  'detail',
  'bytes',
  'closes',
] as const;

/** The select list of a stored line; `alias` is the row's name in the query. */
export function storedColumns(alias: string): string {
  return STORED_COLUMNS.map((column) => `${alias}.${column}`).join(', ');
}

/** A row of `storedColumns` as node-postgres reads it: bigints come as text. */
export interface StoredRow {
  practice_id: string;
  id: string;
  at_micros: string;
  session_hash: Buffer | null;
  account_id: string | null;
  behalf_of: string | null;
  purpose: string;
  action: string;
  outcome: string;
  client: string | null;
  address: string | null;
  entries_text: string;
  detail: Buffer | null;
  bytes: string | null;
  closes: string | null;
}

export function storedLine(row: StoredRow): StoredLine {
  return {
    practiceId: row.practice_id as PracticeId,
    id: row.id,
    atMicros: BigInt(row.at_micros),
    sessionHash: row.session_hash,
    accountId: row.account_id,
    behalfOf: row.behalf_of,
    purpose: row.purpose,
    action: row.action,
    outcome: row.outcome,
    client: row.client,
    address: row.address,
    entriesText: row.entries_text,
    detail: row.detail,
    bytes: row.bytes === null ? null : BigInt(row.bytes),
    closes: row.closes,
  };
}
