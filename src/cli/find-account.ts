/** Accounts and their practices, as an operator names them. */
import { PosternError } from '../base/errors.ts';
import type { AccountId, PracticeId } from '../base/ids.ts';
import { listPractices, type Postern, type PracticeLine } from './open-postern.ts';

export async function accountByEmail(postern: Postern, email: string): Promise<AccountId> {
  const account = await postern.gate.accounts.findAccount(email);
  if (account !== null) return account;
  throw new PosternError(
    'not-found',
    'No account has that e-mail address; postern account add EMAIL --name NAME makes one.',
  );
}

/** The account that shall sign in. Throws `not-found`, and `conflict` where it is disabled. */
export async function liveAccountByEmail(postern: Postern, email: string): Promise<AccountId> {
  const accountId = await accountByEmail(postern, email);
  const described = await postern.gate.accounts.describeAccount(accountId);
  if (described?.disabled !== true) return accountId;
  throw new PosternError('conflict', `The account is disabled; postern account enable ${email} lets it in.`);
}

/** Throws `conflict` where the account holds no grant in any practice: a sign-in would lead nowhere. */
export async function checkHoldsGrant({ gate }: Postern, accountId: AccountId): Promise<void> {
  if ((await gate.accounts.practicesOf(accountId)).length === 0) throw new PosternError('conflict', NO_GRANT);
}

const NO_GRANT =
  'The account has no grant in any practice; postern grant add EMAIL --practice SLUG --role ROLE gives one.';

/** The practice the account acts in: the one that is named, or the only one it has. */
export async function practiceOfAccount(
  postern: Postern,
  accountId: AccountId,
  slug: string | undefined,
): Promise<PracticeLine> {
  const { rows } = await postern.database.server.query<{ practice_id: PracticeId }>(
    'select a.practice_id from postern.account_practices($1) a',
    [accountId],
  );
  const ids = new Set(rows.map((row) => row.practice_id));
  const own = (await listPractices(postern)).filter(({ practiceId }) => ids.has(practiceId));
  const slugs = own.map((practice) => practice.slug).join(', ');
  if (slug !== undefined) {
    const named = own.find((practice) => practice.slug === slug);
    if (named !== undefined) return named;
    throw new PosternError(
      'not-found',
      `The account has nothing in that practice; it is in: ${slugs || 'none'}.`,
    );
  }
  if (own.length === 1) return own[0]!;
  throw new PosternError(
    'invalid',
    own.length === 0 ? NO_GRANT : `The account is in several practices; add --practice with one of ${slugs}.`,
  );
}
