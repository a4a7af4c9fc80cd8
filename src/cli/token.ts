/** `postern token`: a bearer token for scripts. */
import { type Command, count, UsageError } from './command.ts';
import { liveAccountByEmail, practiceOfAccount } from './find-account.ts';
import { withPostern } from './open-postern.ts';

const DAY_SECONDS = 86_400;

export const token: Command = {
  summary: 'Prints a bearer token that acts as an account',
  positionals: 'EMAIL',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'the practice; needed where the account is in several' },
    ttl: { type: 'string', value: 'SECONDS', help: 'how long it works; 3600 when not given, a day at most' },
  },
  notes: 'Whoever may run this command may act as anyone: the session it opens is in the access log.',
  run: async (invocation) => {
    const [email] = invocation.positionals;
    if (email === undefined || invocation.positionals.length > 1)
      throw new UsageError('Name one e-mail address');
    const ttlSeconds = count(invocation, 'ttl') ?? 3600;
    if (ttlSeconds > DAY_SECONDS) throw new UsageError('--ttl is a day (86400) at most');
    const text = await withPostern(invocation.configuration, async (postern) => {
      const accountId = await liveAccountByEmail(postern, email);
      const practice = await practiceOfAccount(postern, accountId, invocation.text('practice'));
      const { practiceId } = practice;
      return postern.gate.openSession({
        practiceId,
        accountId,
        purpose: 'script',
        client: 'command line',
        ttlSeconds,
      });
    });
    invocation.print(text);
  },
};
