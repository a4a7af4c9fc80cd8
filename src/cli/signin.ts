/** `postern signin`: a one-time sign-in link. */
import type { AccountId } from '../base/ids.ts';
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, UsageError } from './command.ts';
import { checkHoldsGrant, liveAccountByEmail } from './find-account.ts';
import { type Postern, withPostern } from './open-postern.ts';

export const SIGNIN_SECONDS = 300;

export const signin: Command = {
  summary: 'Prints a sign-in link for an account that works once, for five minutes',
  positionals: 'EMAIL',
  options: {},
  notes:
    'Whoever may run this command may sign in as anyone. Open the link in a browser. A program exchanges ' +
    'the part behind the # with POST /signin {"code": "..."}; the answer holds a bearer token.',
  run: async (invocation) => {
    const [email] = invocation.positionals;
    if (email === undefined || invocation.positionals.length > 1)
      throw new UsageError('Name one e-mail address');
    const link = await withPostern(invocation.configuration, async (postern) => {
      const accountId = await liveAccountByEmail(postern, email);
      await checkHoldsGrant(postern, accountId);
      return issueSigninLink(postern, accountId, { client: 'postern signin', seconds: SIGNIN_SECONDS });
    });
    invocation.print(link);
  },
};

export interface IssuedLink {
  /** The command, as the log names it. */
  readonly client: string;
  /** How long it may be used. */
  readonly seconds: number;
}

/** A link that signs in once as that account; its line is written before. */
export async function issueSigninLink(
  postern: Postern,
  accountId: AccountId,
  { client, seconds }: IssuedLink,
): Promise<string> {
  const entries = [[null, 'Account', accountId, null]] as const;
  const act = { practiceId: INSTALLATION, client, action: 'sign-in-link', entries };
  await appendLine(postern.database.owner, operatorLine(act));
  const code = await postern.gate.accounts.signinCode(accountId, seconds);
  return signinLink(postern.configuration.publicUrl, code);
}

/** The code goes behind the `#`, which no server and no log ever sees. */
export function signinLink(publicUrl: string, code: string): string {
  return `${publicUrl}/signin#${code}`;
}
