/** Mails that a link was opened for the first time: to whoever made it, and to those who share the record. */
import type { AccountId, PracticeId } from '../base/ids.ts';
import type { Transaction } from '../db/index.ts';
import type { LinkParts } from './link-parts.ts';
import type { LinkRow } from './link-rows.ts';

/** In the transaction that counts the opening. The mail says neither what was opened nor by whom. */
export async function tellOfOpening(
  { post, clock }: Pick<LinkParts, 'post' | 'clock'>,
  tx: Transaction,
  practiceId: PracticeId,
  { account_id: maker, chart_id: chartId }: LinkRow,
): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    'select p.name from postern.practices() p where p.practice_id = $1',
    [practiceId],
  );
  const sharers = await tx.query<{ account: AccountId }>(
    'select s as account from postern.chart_sharers($1, $2) s',
    [practiceId, chartId],
  );
  const facts = { practice: rows[0]?.name ?? '', at: clock.now() };
  for (const accountId of new Set([maker, ...sharers.rows.map(({ account }) => account)])) {
    await post.enqueue(tx as never, { kind: 'link-opened', facts, practiceId, to: { accountId } });
  }
}
