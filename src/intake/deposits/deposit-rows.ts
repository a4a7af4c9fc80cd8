/** The rows of deposits: `postern.deposit` and `postern.deposit_content` (0011). */
import type { AccountId, ChartId, DepositId, ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { RecordPlace } from '../../seal/index.ts';
import type { DepositLine, DepositState, Receipt } from './deposit.ts';

/**
 * Where a deposit's envelope belongs. Its key is its own, filed under its id like a chart's; the content is a
 * file's, so that the key ring asks for `open`.
 */
export function placeOf({ scope }: Visit, id: DepositId): RecordPlace & { readonly chartId: ChartId } {
  return {
    practiceId: scope.practiceId,
    chartId: id as string as ChartId,
    section: 'deposit',
    author: null,
    type: 'Binary',
    id: id as string as ResourceId,
    version: 1,
  };
}

export interface KnownDeposits {
  /** The same content, where it waits already. */
  readonly same: { readonly id: DepositId; readonly receivedAt: Date } | null;
  readonly waiting: number;
  readonly waitingBytes: number;
}

/** Of the caller's own deposits. Until the transaction ends nobody else looks for that digest. */
export async function knownDeposits(tx: Transaction, digest: Buffer): Promise<KnownDeposits> {
  const { rows } = await tx.query<{
    deposit_id: DepositId | null;
    received_at: Date;
    waiting: string;
    waiting_bytes: string;
  }>('select k.deposit_id, k.received_at, k.waiting, k.waiting_bytes from postern.deposit_known($1) k', [
    digest,
  ]);
  const { deposit_id: id, received_at: receivedAt, waiting, waiting_bytes: bytes } = rows[0]!;
  return {
    same: id === null ? null : { id, receivedAt },
    waiting: Number(waiting),
    waitingBytes: Number(bytes),
  };
}

export interface NewDeposit {
  readonly id: DepositId;
  readonly receivedAt: Date;
  readonly mediaType: string;
  readonly bytes: number;
  readonly digest: Buffer;
  readonly sealed: Buffer;
}

/** Row policy: the session must leave it in its own name. */
export async function insertDeposit(tx: Transaction, { scope }: Visit, deposit: NewDeposit): Promise<void> {
  const { practiceId, accountId } = scope;
  const { id, receivedAt, mediaType, bytes, digest, sealed } = deposit;
  await tx.query(
    `insert into postern.deposit (practice_id, deposit_id, partner, received_at, media_type, bytes, digest)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [practiceId, id, accountId, receivedAt, mediaType, bytes, digest],
  );
  await tx.query(
    'insert into postern.deposit_content (practice_id, deposit_id, sealed) values ($1, $2, $3)',
    [practiceId, id, sealed],
  );
}

/** Null where it is not the caller's own. */
export async function ownReceipt(tx: Transaction, id: DepositId): Promise<Receipt | null> {
  const { rows } = await tx.query<{ received_at: Date; waiting: boolean }>(
    'select s.received_at, s.waiting from postern.deposit_state($1) s',
    [id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return { id, receivedAt: row.received_at, state: row.waiting ? 'waiting' : 'settled' };
}

interface DepositRow {
  deposit_id: DepositId;
  partner: AccountId;
  received_at: Date;
  media_type: string;
  bytes: number;
  state: DepositState;
  filed_as: ResourceId[] | null;
  decided_by: AccountId | null;
  decided_at: Date | null;
  earlier_id: DepositId | null;
  earlier_state: DepositState | null;
}

const LINE_COLUMNS = `
  d.deposit_id, d.partner, d.received_at, d.media_type, d.bytes, d.state, d.filed_as, d.decided_by,
  d.decided_at, e.deposit_id as earlier_id, e.state as earlier_state`;

const EARLIER = `
  left join lateral (
    select o.deposit_id, o.state
    from postern.deposit o
    where o.practice_id = d.practice_id
      and o.digest = d.digest
      and o.deposit_id <> d.deposit_id
      and o.state <> 'waiting'
    order by o.decided_at desc
    limit 1
  ) e on true`;

function toLine(row: DepositRow): DepositLine {
  const { earlier_id: id, earlier_state: state } = row;
  return {
    id: row.deposit_id,
    partner: row.partner,
    receivedAt: row.received_at,
    mediaType: row.media_type,
    bytes: row.bytes,
    state: row.state,
    filedAs: row.filed_as ?? [],
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    earlier: id === null || state === null ? null : { id, state },
  };
}

export interface ListQuery {
  readonly state: DepositState;
  /** Those after this one; null: from the oldest on. */
  readonly after: DepositId | null;
  readonly count: number;
}

/** Oldest first: what has waited longest is looked at first. */
export async function listDeposits(
  tx: Transaction,
  { scope }: Visit,
  { state, after, count }: ListQuery,
): Promise<DepositLine[]> {
  const { rows } = await tx.query<DepositRow>(
    `select ${LINE_COLUMNS}
     from postern.deposit d ${EARLIER}
     where d.practice_id = $1
       and d.state = $2
       and ($3::uuid is null or (d.received_at, d.deposit_id) > (
         select p.received_at, p.deposit_id
         from postern.deposit p
         where p.practice_id = $1 and p.deposit_id = $3))
     order by d.received_at, d.deposit_id
     limit $4`,
    [scope.practiceId, state, after, count],
  );
  return rows.map(toLine);
}

export interface FoundDeposit {
  readonly line: DepositLine;
  /** Null where it has been decided, or is not the session's to open. */
  readonly content: {
    readonly sealed: Buffer;
    readonly wrappedKey: Buffer;
    readonly practiceKeyVersion: number;
  } | null;
}

type ContentRow = DepositRow & {
  sealed: Buffer | null;
  wrapped: Buffer | null;
  practice_key_version: number | null;
};

export async function findDeposit(
  tx: Transaction,
  { scope }: Visit,
  id: DepositId,
): Promise<FoundDeposit | null> {
  const { rows } = await tx.query<ContentRow>(
    `select ${LINE_COLUMNS}, c.sealed, k.wrapped, k.practice_key_version
     from postern.deposit d ${EARLIER}
       left join postern.deposit_content c on c.practice_id = d.practice_id and c.deposit_id = d.deposit_id
       left join postern.chart_key k on k.practice_id = d.practice_id
         and k.chart_id = d.deposit_id
         and k.section = 7
     where d.practice_id = $1
       and d.deposit_id = $2`,
    [scope.practiceId, id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { sealed, wrapped: wrappedKey, practice_key_version: practiceKeyVersion } = row;
  const whole = sealed !== null && wrappedKey !== null && practiceKeyVersion !== null;
  return { line: toLine(row), content: whole ? { sealed, wrappedKey, practiceKeyVersion } : null };
}

/** False where none waits under that id that the session may open. Content and key are gone with it. */
export async function decideDeposit(
  tx: Transaction,
  id: DepositId,
  state: 'filed' | 'discarded',
  filedAs: readonly ResourceId[] | null,
): Promise<boolean> {
  const { rows } = await tx.query<{ decided: boolean }>(
    'select postern.deposit_decide($1, $2, $3) as decided',
    [id, state, filedAs],
  );
  return rows[0]?.decided === true;
}
