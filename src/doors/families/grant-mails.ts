/**
 * Mails about grants: to whoever holds one that was given, changed or ended, and to those who share the
 * record. They name the practice, and neither the record nor anybody's name; who signs in sees the rest.
 */
import type { Clock } from '../../base/clock.ts';
import { type AccountId, type ChartId, NIL_UUID, type PracticeId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { ChangedGrant, Gate } from '../../gate/index.ts';
import type { Post } from '../../post/index.ts';

export interface GrantMailParts {
  readonly gate: Gate;
  readonly post: Pick<Post, 'enqueue'>;
  readonly clock: Clock;
}

type What = 'given' | 'changed' | 'ended';

/** From here on changes of grants are told, in the transaction of the change. Once for each gate. */
export function tellOfGrants({ gate, post, clock }: GrantMailParts): void {
  gate.grants.whenChanged(async (tx, { scope }, { given, ended }) => {
    // The demo's people have no mailboxes.
    if (scope.purpose === 'demo') return;
    const { practiceId } = scope;
    const about = { practiceId, facts: { practice: await nameOf(tx, practiceId), at: clock.now() } };
    for (const [accountId, what] of byHolder(given, ended)) {
      await post.enqueue(tx as never, { kind: `access-${what}`, ...about, to: { accountId } });
    }
    for (const [accountId, what] of await bySharer(tx, practiceId, given, ended)) {
      await post.enqueue(tx as never, { kind: `proxy-${what}`, ...about, to: { accountId } });
    }
  });
}

/** Tells those who share a record that somebody else may see it now, who came by an invitation or a code. */
export async function tellSharers(
  { post, clock }: Omit<GrantMailParts, 'gate'>,
  tx: Transaction,
  practiceId: PracticeId,
  given: { readonly chartId: ChartId | null; readonly accountId: AccountId; readonly role: string },
): Promise<void> {
  const facts = { practice: await nameOf(tx, practiceId), at: clock.now() };
  for (const [accountId, what] of await bySharer(tx, practiceId, [given], [])) {
    await post.enqueue(tx as never, { kind: `proxy-${what}`, facts, practiceId, to: { accountId } });
  }
}

function byHolder(
  given: readonly ChangedGrant[],
  ended: readonly ChangedGrant[],
): ReadonlyMap<AccountId, What> {
  const holders = new Map<AccountId, What>();
  for (const { accountId } of given.filter(isTold)) holders.set(accountId, 'given');
  for (const { accountId } of ended.filter(isTold)) {
    holders.set(accountId, holders.get(accountId) === 'given' ? 'changed' : 'ended');
  }
  return holders;
}

async function bySharer(
  tx: Transaction,
  practiceId: PracticeId,
  given: readonly ChangedGrant[],
  ended: readonly ChangedGrant[],
): Promise<ReadonlyMap<AccountId, What>> {
  const told = new Map<AccountId, What>();
  const charts = new Set([...given, ...ended].filter(isTold).map(({ chartId }) => chartId));
  for (const chartId of charts) {
    if (chartId === null) continue;
    const { rows } = await tx.query<{ account: AccountId }>(
      'select s as account from postern.chart_sharers($1, $2) s',
      [practiceId, chartId],
    );
    for (const { account } of rows) {
      const others = (grants: readonly ChangedGrant[]) =>
        grants.filter(isTold).some((grant) => grant.chartId === chartId && grant.accountId !== account);
      const [came, went] = [others(given), others(ended)];
      if (came || went) told.set(account, came && went ? 'changed' : came ? 'given' : 'ended');
    }
  }
  return told;
}

/** Broken glass is an incident, which officers are told of; apps have mails of their own. */
function isTold({ role, accountId }: ChangedGrant): boolean {
  return accountId !== NIL_UUID && role !== 'break-glass' && role !== 'client';
}

async function nameOf(tx: Transaction, practiceId: PracticeId): Promise<string> {
  const { rows } = await tx.query<{ name: string }>(
    'select p.name from postern.practices() p where p.practice_id = $1',
    [practiceId],
  );
  return rows[0]?.name ?? '';
}
