import type { Factor, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'a passkey',
  passphrase: 'a passphrase',
  authenticator: 'an authenticator app',
  'recovery-codes': 'recovery codes',
  'single-sign-on': 'an account of your practice',
};

const NOT_ME =
  'If this was you, there is nothing to do. If it was not, sign in, end the other sessions and ' +
  'tell your practice.';

export const en: LetterWords = {
  invitation: ({ practice, link, until }) => ({
    subject: `${practice}: your access`,
    paragraphs: [
      `${practice} invites you to its online access. Open this link to begin:`,
      link,
      `It works once, until ${until}. You will be asked for something that only you know, so ` +
        'that nobody else can use it.',
      'If you do not know why you receive this, do nothing: without you the link opens nothing.',
    ],
  }),
  'invitation-used': ({ practice, at }) => ({
    subject: `${practice}: your invitation was used`,
    paragraphs: [
      `Your invitation to ${practice} was used on ${at}.`,
      'If it was not you, call the practice.',
    ],
  }),
  'new-device': ({ device, at }) => ({
    subject: 'A new device has signed in',
    paragraphs: [
      `On ${at} a device that was not known before signed in with your account: ${device}.`,
      NOT_ME,
    ],
  }),
  'factor-added': ({ factor, at }) => ({
    subject: 'A way to sign in was added',
    paragraphs: [`On ${at} ${FACTORS[factor]} was added to your account.`, NOT_ME],
  }),
  'factor-removed': ({ factor, at }) => ({
    subject: 'A way to sign in was removed',
    paragraphs: [`On ${at} ${FACTORS[factor]} was removed from your account.`, NOT_ME],
  }),
  'recovery-asked': ({ link, until }) => ({
    subject: 'Getting back into your account',
    paragraphs: [
      'Somebody, probably you, said that they can no longer sign in. Open this link to begin:',
      link,
      `It works until ${until} and shows that this address is yours. Your practice still has to see you.`,
      'If it was not you, do nothing.',
    ],
  }),
  'recovery-started': ({ ready, stop }) => ({
    subject: 'Your account is being recovered',
    paragraphs: [
      'Somebody, probably you, is getting back into your account after losing every way to sign in.',
      `From ${ready} on they can make a new passkey. The old ways to sign in end then.`,
      'If it was not you, stop it here:',
      stop,
    ],
  }),
  'recovery-ready': ({ link, until, stop }) => ({
    subject: 'Make a new passkey',
    paragraphs: [
      'The waiting time is over. Make a new passkey here:',
      link,
      `It works once, until ${until}. The old ways to sign in end then, and so do all open sessions.`,
      'If it was not you who asked, stop it here:',
      stop,
    ],
  }),
  'recovery-done': ({ at }) => ({
    subject: 'Your account was recovered',
    paragraphs: [
      `On ${at} a new passkey was made for your account. The old ways to sign in have ended, ` +
        'and so have all sessions.',
      'If it was not you, call your practice now.',
    ],
  }),
  'recovery-stopped': ({ at }) => ({
    subject: 'The recovery of your account was stopped',
    paragraphs: [`It was stopped on ${at}. Nothing about your account has changed.`],
  }),
  'app-connected': ({ practice, app, at }) => ({
    subject: 'An app was connected to your record',
    paragraphs: [
      `On ${at} the app ${app} was connected to your record at ${practice}.`,
      'What it may read, and how to disconnect it, stands on the page of your account.',
    ],
  }),
  'proxy-added': ({ practice, at }) => ({
    subject: `${practice}: somebody may now see a record of yours`,
    paragraphs: [
      `On ${at} somebody was allowed to see a record that you look after at ${practice}.`,
      'Who it is, and how to end it, stands on the page of your family.',
    ],
  }),
  'sign-in-held': ({ at, until }) => ({
    subject: 'Signing in was held',
    paragraphs: [
      `On ${at} somebody failed many times to sign in as you. Passphrases and codes are not ` +
        `taken for your account until ${until}; passkeys work.`,
    ],
  }),
  closing: (host) =>
    `Postern at ${host} wrote this. Mails from us never ask for a code or a passphrase. Replies ` +
    'are not read.',
};
