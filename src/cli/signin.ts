/** `postern signin`: a one-time sign-in link. */
import type { AccountId } from '../base/ids.ts';
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, UsageError } from './command.ts';
import { checkHoldsGrant, liveAccountByEmail } from './find-account.ts';
import { type Postern, withPostern } from './open-postern.ts';
import { runningServer } from './running-server.ts';

export const SIGNIN_SECONDS = 300;

export const signin: Command = {
  summary: 'Prints a sign-in link for an account that works once, for five minutes',
  positionals: 'EMAIL',
  options: {},
  notes:
    'The link leads to the server that runs on this data, whatever the settings here say.\n' +
    'Whoever may run this command may sign in as anyone. Open the link in a browser. A program exchanges ' +
    'the part behind the # with POST /signin {"code": "..."}; the answer holds a bearer token.',
  run: async (invocation) => {
    const [email] = invocation.positionals;
    if (email === undefined || invocation.positionals.length > 1)
      throw new UsageError('Name one e-mail address');
    const { configuration, say } = invocation;
    const link = await withPostern(configuration, async (postern) => {
      const running = await runningServer(configuration.dataFolder);
      const accountId = await liveAccountByEmail(postern, email);
      await checkHoldsGrant(postern, accountId);
      const publicUrl = running?.publicUrl ?? configuration.publicUrl;
      if (running === null && postern.database.kind === 'embedded') say(NOBODY_SERVES);
      const issued = { client: 'postern signin', seconds: SIGNIN_SECONDS, publicUrl };
      return issueSigninLink(postern, accountId, issued);
    });
    invocation.print(link);
  },
};

const NOBODY_SERVES =
  'No server runs on this data: start it first, within the five minutes, for the link to lead somewhere.';

export interface IssuedLink {
  /** The command, as the log names it. */
  readonly client: string;
  /** How long it may be used. */
  readonly seconds: number;
  /** Where people reach the server. */
  readonly publicUrl: string;
}

/** A link that signs in once as that account; its line is written before. */
export async function issueSigninLink(
  postern: Postern,
  accountId: AccountId,
  { client, seconds, publicUrl }: IssuedLink,
): Promise<string> {
  const entries = [[null, 'Account', accountId, null]] as const;
  const act = { practiceId: INSTALLATION, client, action: 'sign-in-link', entries };
  await appendLine(postern.database.owner, operatorLine(act));
  const code = await postern.gate.accounts.signinCode(accountId, seconds);
  return signinLink(publicUrl, code);
}

/** The code goes behind the `#`, which no server and no log ever sees. */
export function signinLink(publicUrl: string, code: string): string {
  return `${publicUrl}/signin#${code}`;
}
