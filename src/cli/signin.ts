/** `postern signin`: a one-time sign-in link. */
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, UsageError } from './command.ts';
import { liveAccountByEmail } from './find-account.ts';
import { withPostern } from './open-postern.ts';

export const SIGNIN_SECONDS = 300;

export const signin: Command = {
  summary: 'Prints a sign-in link for an account that works once, for five minutes',
  positionals: 'EMAIL',
  options: {},
  notes:
    'Whoever may run this command may sign in as anyone. There is no sign-in page yet: ' +
    'exchange the part behind the ' +
    '# with POST /signin {"code": "..."}; the answer holds a bearer token.',
  run: async (invocation) => {
    const [email] = invocation.positionals;
    if (email === undefined || invocation.positionals.length > 1)
      throw new UsageError('Name one e-mail address');
    const link = await withPostern(invocation.configuration, async (postern) => {
      const accountId = await liveAccountByEmail(postern, email);
      const entries = [[null, 'Account', accountId, null]] as const;
      const act = { practiceId: INSTALLATION, client: 'postern signin', action: 'sign-in-link', entries };
      await appendLine(postern.database.owner, operatorLine(act));
      const code = await postern.gate.accounts.signinCode(accountId, SIGNIN_SECONDS);
      return signinLink(invocation.configuration.publicUrl, code);
    });
    invocation.print(link);
  },
};

/** The code goes behind the `#`, which no server and no log ever sees. */
export function signinLink(publicUrl: string, code: string): string {
  return `${publicUrl}/signin#${code}`;
}
