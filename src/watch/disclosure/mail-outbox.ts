/**
 * Mails that tell the operator of reports, as rows: each is made once, in the statement that says which
 * reports it is about, and is the same mail however often it is tried. So none is lost when the mail server
 * is down or the process ends, and none is made twice when two servers look at the same time.
 */
import type { Pool } from 'pg';
import { newId } from '../../base/ids.ts';

export interface OutboxMail {
  readonly mailId: string;
  /** Of the reports that it tells of. */
  readonly receipts: readonly string[];
  /** Whether it reminds of reports that nobody has acknowledged. */
  readonly reminds: boolean;
  /** How often it has been tried, this time included. */
  readonly tried: number;
}

/** How many mails are made about one report: the first and two reminders, so many days apart. */
const MAILS = 3;
const REMIND_DAYS = 2;
/** Whoever tries a mail has it alone for so long; longer than any attempt takes. */
const LEASE_MINUTES = 10;

/** Makes the mail about what is new, and the one about what has waited too long; whether there was any. */
export async function makeMails(owner: Pool, now: Date): Promise<boolean> {
  let made = 0;
  for (const reminds of [false, true]) {
    const { rowCount } = await owner.query(
      `with due as (
         update postern.disclosure_report r
         set mails = r.mails + 1
         where r.acknowledged_at is null
           and case
             when $2 then r.mails between 1 and $4 - 1
               and r.received_at + r.mails * make_interval(days => $5) <= $3
             else r.mails = 0
           end
         returning r.receipt, r.received_at
       )
       insert into postern.disclosure_mail (mail_id, made_at, receipts, reminds, try_at)
       select $1, $3, array_agg(d.receipt order by d.received_at), $2, $3
       from due d
       having count(*) > 0`,
      [newId(), reminds, now, MAILS, REMIND_DAYS],
    );
    made += rowCount ?? 0;
  }
  return made > 0;
}

/** Takes the next mail that may be tried now; nobody else gets it meanwhile. Null where there is none. */
export async function takeMail(owner: Pool, now: Date): Promise<OutboxMail | null> {
  const { rows } = await owner.query<OutboxMail>(
    `update postern.disclosure_mail m
     set tried = m.tried + 1, try_at = $1::timestamptz + make_interval(mins => $2)
     where m.mail_id = (
       select n.mail_id
       from postern.disclosure_mail n
       where n.sent_at is null
         and n.try_at <= $1
       order by n.made_at, n.mail_id
       limit 1
       for update skip locked
     )
     returning m.mail_id as "mailId", m.receipts, m.reminds, m.tried`,
    [now, LEASE_MINUTES],
  );
  return rows[0] ?? null;
}

export async function noteSent(owner: Pool, { mailId }: OutboxMail, now: Date): Promise<void> {
  await owner.query('update postern.disclosure_mail m set sent_at = $2 where m.mail_id = $1', [mailId, now]);
}

/** It is tried again after one minute, two, four, and so on up to an hour. */
export async function noteFailed(owner: Pool, { mailId, tried }: OutboxMail, now: Date): Promise<void> {
  const minutes = Math.min(60, 2 ** (tried - 1));
  await owner.query('update postern.disclosure_mail m set try_at = $2 where m.mail_id = $1', [
    mailId,
    new Date(now.getTime() + minutes * 60_000),
  ]);
}
