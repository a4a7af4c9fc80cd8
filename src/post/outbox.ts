/** The rows of the outbox, as whoever sends them sees them. Authority: the owner's. */
import type { Pool } from 'pg';

export interface WaitingMail {
  readonly mailId: string;
  readonly kind: string;
  readonly sealed: Buffer;
  readonly until: Date;
  /** How often it has been tried, this time included. */
  readonly tried: number;
}

export type MailState = 'waits' | 'sent' | 'given up';

export interface MailLine {
  readonly mailId: string;
  readonly kind: string;
  readonly madeAt: Date;
  readonly tried: number;
  readonly state: MailState;
  /** When that came about; of one that waits, when it is tried next. */
  readonly at: Date;
}

/** Whoever tries a mail has it alone for so long; longer than any attempt takes. */
const LEASE_MINUTES = 10;
/** What is over is kept for so long, without its content, to answer whether it went out. */
const KEPT_DAYS = 30;

/** Takes the next mail that may be tried now; nobody else gets it meanwhile. Null where there is none. */
export async function takeMail(owner: Pool, now: Date): Promise<WaitingMail | null> {
  const { rows } = await owner.query<WaitingMail>(
    `update postern.mail m
     set tried = m.tried + 1, try_at = $1::timestamptz + make_interval(mins => $2)
     where m.mail_id = (
       select n.mail_id
       from postern.mail n
       where n.sealed is not null
         and n.try_at <= $1
       order by n.try_at, n.mail_id
       limit 1
       for update skip locked
     )
     returning m.mail_id as "mailId", m.kind, m.sealed, m.until, m.tried`,
    [now, LEASE_MINUTES],
  );
  return rows[0] ?? null;
}

export async function noteSent(owner: Pool, { mailId }: WaitingMail, now: Date): Promise<void> {
  await owner.query('update postern.mail m set sent_at = $2, sealed = null where m.mail_id = $1', [
    mailId,
    now,
  ]);
}

export async function noteGivenUp(owner: Pool, { mailId }: WaitingMail, now: Date): Promise<void> {
  await owner.query('update postern.mail m set given_up_at = $2, sealed = null where m.mail_id = $1', [
    mailId,
    now,
  ]);
}

/** It is tried again after one minute, two, four, and so on up to an hour. */
export async function noteFailed(owner: Pool, { mailId, tried }: WaitingMail, now: Date): Promise<void> {
  const minutes = Math.min(60, 2 ** Math.min(tried - 1, 10));
  await owner.query('update postern.mail m set try_at = $2 where m.mail_id = $1', [
    mailId,
    new Date(now.getTime() + minutes * 60_000),
  ]);
}

/** Removes what has been over for a month. */
export async function forgetMails(owner: Pool, now: Date): Promise<void> {
  await owner.query(
    `delete from postern.mail m
     where m.sealed is null
       and m.made_at < $1::timestamptz - make_interval(days => $2)`,
    [now, KEPT_DAYS],
  );
}

/** The newest mails, without what they say and to whom. */
export async function listMails(owner: Pool, limit: number): Promise<MailLine[]> {
  const { rows } = await owner.query<MailLine>(
    `select m.mail_id as "mailId", m.kind, m.made_at as "madeAt", m.tried,
       case
         when m.sent_at is not null then 'sent'
         when m.given_up_at is not null then 'given up'
         else 'waits'
       end as state,
       coalesce(m.sent_at, m.given_up_at, m.try_at) as at
     from postern.mail m
     order by m.made_at desc, m.mail_id
     limit $1`,
    [limit],
  );
  return rows;
}

export async function countWaiting(owner: Pool): Promise<number> {
  const { rows } = await owner.query<{ waiting: number }>(
    'select count(*)::integer as waiting from postern.mail m where m.sealed is not null',
  );
  return rows[0]!.waiting;
}

/** Everything that waits may be tried at once. */
export async function hurryMails(owner: Pool, now: Date): Promise<void> {
  await owner.query('update postern.mail m set try_at = $1 where m.sealed is not null and m.try_at > $1', [
    now,
  ]);
}
