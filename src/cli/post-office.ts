/** The post of an installation: who sends its mails, and what would keep them waiting. */
import { systemClock } from '../base/clock.ts';
import { countWaiting, isLanguage, Postman, senderOf } from '../post/index.ts';
import { IncidentMails } from '../watch/index.ts';
import type { Postern } from './open-postern.ts';

export function makePostman(
  { configuration, database, keychain, gate }: Postern,
  onError: (what: string, error: unknown) => void,
): Postman {
  return new Postman({
    owner: database.owner,
    keys: () => keychain.installation(),
    configuration,
    clock: systemClock,
    addressOf: async (accountId) => {
      const account = await gate.accounts.describeAccount(accountId);
      if (account === null || account.disabled) return null;
      const others = (await gate.addresses.of(accountId)).map(({ email }) => email);
      const language = isLanguage(account.language) ? account.language : null;
      return { address: account.email, language, others };
    },
    timeZoneOf: async (whose) => {
      if ('practiceId' in whose) return gate.settings.timeZoneOf([whose.practiceId]);
      const practices = await gate.accounts.practicesOf(whose.accountId);
      return gate.settings.timeZoneOf(practices.map(({ practiceId }) => practiceId));
    },
    onError,
  });
}

/** Tells people of incidents, and sends what waits, until it is stopped. */
export function openPostOffice(
  postern: Postern,
  onError: (what: string, error: unknown) => void,
): { stop(): Promise<void> } {
  const { configuration, database, post } = postern;
  const parts = { owner: database.owner, post, configuration, clock: systemClock, onError };
  const [alarms, postman] = [new IncidentMails(parts), makePostman(postern, onError)];
  alarms.start();
  postman.start();
  return {
    stop: async () => {
      await alarms.stop();
      await postman.stop();
    },
  };
}

/** What keeps mails from going out, in a sentence; nothing where they do. */
export async function postGaps({ configuration, database }: Postern): Promise<string[]> {
  if (senderOf(configuration) !== null) return [];
  const waiting = await countWaiting(database.owner);
  const those = waiting === 0 ? '' : ` (${waiting} ${waiting === 1 ? 'waits' : 'wait'})`;
  return [`Mails to people wait${those}: POSTERN_SMTP_URL and POSTERN_MAIL_FROM say how they go out.`];
}
