/** Links as PostgreSQL keeps them, through the functions of `0062-links.sql` alone. */
import type { Pool } from 'pg';
import type { AccountId, BlobId, ChartId, PracticeId, ResourceId } from '../base/ids.ts';
import type { Transaction } from '../db/index.ts';
import { mac, macEquals, type PracticeKeys } from '../seal/index.ts';
import type { Address } from './link-address.ts';

/** What a link's row says that its MAC stands for. */
export interface LinkTerms {
  readonly id: ResourceId;
  readonly address_hash: Buffer;
  readonly account_id: AccountId;
  readonly chart_id: ChartId;
  readonly section: number;
  readonly passcode: Buffer | null;
  readonly most: number | null;
  /** In whole seconds. */
  readonly expires_at: Date;
}

/** One that can be opened. */
export interface LinkRow extends LinkTerms {
  readonly mac: Buffer;
  readonly failures: number;
}

export interface LinkFileRow {
  readonly id: ResourceId;
  readonly chart_id: ChartId;
  readonly section: number;
  readonly key_version: number;
  readonly sealed: Buffer;
}

export interface NewLinkFile extends Omit<LinkFileRow, 'chart_id'> {
  readonly blobs: readonly BlobId[];
  /** In the store. */
  readonly bytes: number;
}

export type EndedWhy = 'revoked' | 'reach' | 'passcode';

/** One as its maker, and whoever sees the access lines of the chart, sees it. */
export interface ListedLinkRow {
  readonly id: ResourceId;
  readonly account_id: AccountId;
  readonly chart_id: ChartId;
  readonly section: number;
  readonly key_version: number;
  readonly sealed: Buffer;
  readonly guarded: boolean;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly most: number | null;
  readonly opened: number;
  readonly first_at: Date | null;
  readonly last_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_why: EndedWhy | null;
  readonly files: number;
}

/** Links of one person that stand at a time. */
const MOST_AT_ONCE = 30;
/** Wrong passcodes in the life of a link. */
export const TRIES = 5;

const LINK_COLUMNS = `l.id, l.address_hash, l.account_id, l.chart_id, l.section, l.passcode, l.mac, l.most,
  l.expires_at, l.failures`;

export function linkMac(keys: PracticeKeys, terms: LinkTerms, version?: number): Buffer {
  return mac(
    keys.macKey(version),
    'postern/link/v1',
    keys.practiceId,
    terms.id,
    terms.address_hash.toString('hex'),
    terms.account_id,
    terms.chart_id,
    String(terms.section),
    terms.passcode?.toString('hex') ?? '',
    terms.most === null ? '' : String(terms.most),
    String(Math.floor(terms.expires_at.getTime() / 1000)),
  );
}

/** Whether the row is what was made; one that was written or changed by hand is none. */
export function isGenuineLink(keys: PracticeKeys, row: LinkRow): boolean {
  return keys.versions('mac').some((version) => macEquals(linkMac(keys, row, version), row.mac));
}

/** A passcode as it stands in the database, which says nothing without the practice's key. */
export function passcodeMac(keys: PracticeKeys, id: ResourceId, passcode: string, version?: number): Buffer {
  return mac(
    keys.macKey(version),
    'postern/link-passcode/v1',
    keys.practiceId,
    id,
    passcode.normalize('NFC'),
  );
}

export function isPasscode(keys: PracticeKeys, row: LinkRow, passcode: string): boolean {
  const { passcode: standing } = row;
  if (standing === null) return true;
  return keys
    .versions('mac')
    .some((version) => macEquals(passcodeMac(keys, row.id, passcode, version), standing));
}

/** False where as many of theirs stand as may. */
export async function putLink(
  tx: Transaction,
  link: LinkRow & { readonly key_version: number; readonly sealed: Buffer },
  files: readonly NewLinkFile[],
): Promise<boolean> {
  const { rows } = await tx.query<{ put: boolean }>(
    'select postern.link_put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as put',
    [
      link.id,
      link.address_hash,
      link.account_id,
      link.chart_id,
      link.section,
      link.key_version,
      link.sealed,
      link.passcode,
      link.mac,
      link.most,
      link.expires_at,
      MOST_AT_ONCE,
    ],
  );
  if (rows[0]?.put !== true) return false;
  for (const [place, { id, section, key_version: version, sealed, blobs, bytes }] of files.entries()) {
    await tx.query('select postern.link_file_put($1, $2, $3, $4, $5, $6, $7, $8)', [
      id,
      link.id,
      place,
      section,
      version,
      sealed,
      blobs,
      bytes,
    ]);
  }
  return true;
}

export async function listLinks(tx: Transaction, chartId: ChartId): Promise<ListedLinkRow[]> {
  const { rows } = await tx.query<ListedLinkRow>(
    `select l.id, l.account_id, l.chart_id, l.section, l.key_version, l.sealed, l.guarded, l.made_at,
       l.expires_at, l.most, l.opened, l.first_at, l.last_at, l.ended_at, l.ended_why, l.files
     from postern.link_list($1) l`,
    [chartId],
  );
  return rows;
}

/** The chart that it was of; null where none stands that is theirs to end. */
export async function revokeLink(tx: Transaction, id: ResourceId): Promise<ChartId | null> {
  const { rows } = await tx.query<{ chart: ChartId | null }>('select postern.link_revoke($1) as chart', [id]);
  return rows[0]?.chart ?? null;
}

/** Null for every one that cannot be opened, whatever the reason. */
export async function findLink(pool: Pool, { practiceId, hash }: Address): Promise<LinkRow | null> {
  const { rows } = await pool.query<LinkRow>({
    name: 'find-link',
    text: `select ${LINK_COLUMNS} from postern.link_find($1, $2) l`,
    values: [practiceId, hash],
  });
  return rows[0] ?? null;
}

export async function filesOf(
  pool: Pool,
  practiceId: PracticeId,
  linkId: ResourceId,
): Promise<LinkFileRow[]> {
  const { rows } = await pool.query<LinkFileRow>({
    name: 'files-of-link',
    text: `
      select f.id, f.chart_id, f.section, f.key_version, f.sealed
      from postern.link_files($1, $2) f`,
    values: [practiceId, linkId],
  });
  return rows;
}

export interface Taken {
  /** Null where it can be opened no more. */
  readonly outcome: 'ok' | 'first' | 'wrong' | null;
  readonly remaining: number | null;
}

/** Counts an opening or a wrong passcode; what comes at once comes one after the other. */
export async function takeLink(
  tx: Pick<Transaction, 'query'>,
  practiceId: PracticeId,
  id: ResourceId,
  isRight: boolean,
): Promise<Taken> {
  const { rows } = await tx.query<{ outcome: Taken['outcome']; remaining: number | null }>(
    'select t.outcome, t.remaining from postern.link_take($1, $2, $3, $4) t',
    [practiceId, id, isRight, TRIES],
  );
  return rows[0] ?? { outcome: null, remaining: null };
}

/** For good: its maker may not pass on any more what it holds. */
export async function overLink(pool: Pool, practiceId: PracticeId, id: ResourceId): Promise<void> {
  await pool.query('select postern.link_over($1, $2)', [practiceId, id]);
}

export async function putTicket(
  pool: Pool,
  ticket: Address,
  file: { readonly linkId: ResourceId; readonly fileId: ResourceId; readonly expiresAt: Date },
): Promise<void> {
  await pool.query('select postern.link_ticket_put($1, $2, $3, $4, $5)', [
    ticket.practiceId,
    ticket.hash,
    file.linkId,
    file.fileId,
    file.expiresAt,
  ]);
}

/** The link of a ticket and the file that it is for; the ticket is used up by asking. */
export async function takeTicket(
  pool: Pool,
  { practiceId, hash }: Address,
): Promise<(LinkRow & { readonly file_id: ResourceId }) | null> {
  const { rows } = await pool.query<LinkRow & { file_id: ResourceId }>(
    `select ${LINK_COLUMNS}, l.file_id from postern.link_ticket_take($1, $2) l`,
    [practiceId, hash],
  );
  return rows[0] ?? null;
}
