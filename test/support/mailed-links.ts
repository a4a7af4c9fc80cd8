/** Mails of a served practice, sent for real to a listener, and the links in them. */
import { Postman } from '../../src/post/index.ts';
import { type MailListener, mailListener } from './mail-listener.ts';
import type { ServedPractices } from './served-practices.ts';

export interface MailedLinks {
  readonly listener: MailListener;
  /** Sends what waits; answers the newest link to that address that holds this. */
  link(to: string, holding: string): Promise<string>;
  /** Sends what waits. */
  round(): Promise<void>;
  /** What was sent to that address, as it arrived, with lines that the mail folded put together. */
  to(address: string): string[];
  close(): Promise<void>;
}

export async function mailedLinks(served: ServedPractices): Promise<MailedLinks> {
  const listener = await mailListener();
  await listener.start();
  const postman = new Postman({
    owner: served.database.owner,
    keys: () => served.keychain.installation(),
    configuration: {
      publicUrl: served.publicUrl,
      securityContacts: [],
      smtpUrl: `smtp://127.0.0.1:${listener.port}`,
      mailFrom: 'care@practice.org',
    },
    clock: served.clock,
    addressOf: async (accountId) => {
      const account = await served.gate.accounts.describeAccount(accountId);
      return account === null ? null : { address: account.email, language: null };
    },
    timeZoneOf: async () => null,
    onError: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  return {
    listener,
    link: async (to, holding) => {
      await postman.round();
      const links = listener.mails
        .filter((mail) => mail.to.includes(to))
        // In mails, a sign that equals may stand as its number (RFC 2045 section 6.7).
        .flatMap(({ text }) => text.replaceAll('=3D', '=').match(/https?:\/\/\S+/g) ?? [])
        .filter((link) => link.includes(holding));
      const last = links.at(-1);
      if (last === undefined) throw new Error(`No mail to ${to} holds ${holding}`);
      return last;
    },
    round: async () => {
      await postman.round();
    },
    to: (address) =>
      listener.mails
        .filter((mail) => mail.to.includes(address))
        .map(({ text }) => text.replaceAll(/=?\r\n/g, ' ')),
    close: () => listener.stop(),
  };
}
