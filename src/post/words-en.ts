import type { Factor, IncidentKind, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'a passkey',
  passphrase: 'a passphrase',
  authenticator: 'an authenticator app',
  'recovery-codes': 'recovery codes',
  'single-sign-on': 'an account of your practice',
};

const INCIDENTS: Readonly<Record<IncidentKind, string>> = {
  canary: 'a record was asked for that nobody may open',
  refusals: 'a session asked again and again for what is not its own; it was locked',
  'break-glass': 'a closed record was opened in an emergency',
  'key-ring': 'a row of the database was written or changed by hand',
  damaged: 'a record does not open as it was written',
  'passkey-copied': 'a passkey exists twice; the copy was not let in',
  'malicious-file': 'a file that was sent is malicious; it is kept apart and opened for nobody',
  'sign-in-burst': 'signing in failed many times within a short time',
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
  'invitation-used': ({ practice, device, at }) => ({
    subject: `${practice}: your invitation was used`,
    paragraphs: [
      `Your invitation to ${practice} was used on ${at}, with ${device}. Whoever did so goes on to make a ` +
        'way to sign in.',
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
  'app-approved': ({ practice, app, clientId, at }) => ({
    subject: `${practice}: your app is registered`,
    paragraphs: [
      `On ${at} ${practice} approved your request: ${app} is registered there. Its client id is:`,
      clientId,
      'The people of that practice decide for themselves whether to let it in.',
    ],
  }),
  'app-refused': ({ practice, at }) => ({
    subject: `${practice}: your request was refused`,
    paragraphs: [
      `On ${at} ${practice} refused a request to register an app, in which this address was given.`,
      'If it was not you who asked, there is nothing to do.',
    ],
  }),
  'access-given': ({ practice, at }) => ({
    subject: `${practice}: you were given access`,
    paragraphs: [
      `On ${at} you were given access at ${practice}.`,
      'What you may see stands there when you sign in. If you do not know why, ask the practice.',
    ],
  }),
  'access-changed': ({ practice, at }) => ({
    subject: `${practice}: your access has changed`,
    paragraphs: [
      `On ${at} your access at ${practice} was changed.`,
      'What you may see stands there when you sign in. If you do not know why, ask the practice.',
    ],
  }),
  'access-ended': ({ practice, at }) => ({
    subject: `${practice}: your access has ended`,
    paragraphs: [
      `On ${at} an access of yours at ${practice} ended.`,
      'What you may see stands there when you sign in. If you do not know why, ask the practice.',
    ],
  }),
  'ends-soon': ({ practice }) => ({
    subject: `${practice}: please look at your documents`,
    paragraphs: [
      `Something that ${practice} has of you ends soon. Sign in and look at your documents to see what.`,
      'Or bring the new one when you come next. If you have no question, there is nothing else to do.',
    ],
  }),
  'proxy-given': ({ practice, at }) => ({
    subject: `${practice}: somebody may now see a record of yours`,
    paragraphs: [
      `On ${at} somebody was allowed to see a record that you look after at ${practice}.`,
      'Who it is, and how to end it, stands on the page of your family.',
    ],
  }),
  'proxy-changed': ({ practice, at }) => ({
    subject: `${practice}: what somebody may see of a record was changed`,
    paragraphs: [
      `On ${at} it was changed what somebody may see of a record that you look after at ` + `${practice}.`,
      'Who it is, and how to end it, stands on the page of your family.',
    ],
  }),
  'proxy-ended': ({ practice, at }) => ({
    subject: `${practice}: somebody may no longer see a record of yours`,
    paragraphs: [
      `On ${at} somebody’s access to a record that you look after at ${practice} ended.`,
      'Who may still see it stands on the page of your family.',
    ],
  }),
  'link-opened': ({ practice, at }) => ({
    subject: `${practice}: a link to a record was opened`,
    paragraphs: [
      `A link that sends on something of a record at ${practice} was opened for the first time on ${at}. ` +
        'Who opened it stands under "Who looked at this record" when you sign in.',
      'If nobody should have, end the link under "Sent by link". It stops working at once.',
    ],
  }),
  'sign-in-burst': ({ at }) => ({
    subject: 'Somebody failed to sign in as you',
    paragraphs: [
      `Until ${at} somebody failed many times to sign in as you. Who goes on trying has to wait ` +
        'longer and longer; passkeys, and devices that you have signed in with, go on working. If it ' +
        'was you: passkeys need no typing.',
    ],
  }),
  'address-confirm': ({ link, until }) => ({
    subject: 'Is this your address?',
    paragraphs: [
      'Somebody, probably you, wants mails about their account to go to this address. Sign in, and ' +
        'open this link to confirm it:',
      link,
      `It works once, until ${until}. If it was not you, do nothing: nothing goes here then.`,
    ],
  }),
  'address-added': ({ address, at }) => ({
    subject: 'An address was added',
    paragraphs: [
      `On ${at} the address ${address} was added to your account. Notices go there as well.`,
      NOT_ME,
    ],
  }),
  'address-removed': ({ address, at }) => ({
    subject: 'An address was removed',
    paragraphs: [
      `On ${at} the address ${address} was removed from your account. Nothing goes there any more.`,
      NOT_ME,
    ],
  }),
  'address-primary': ({ address, at }) => ({
    subject: 'Mails go to another address first',
    paragraphs: [`From ${at} on, mails about your account go to ${address} first.`, NOT_ME],
  }),
  incident: ({ practice, what, times, at }) => ({
    subject: `${practice}: something needs your eyes`,
    paragraphs: [
      `At ${practice}: ${INCIDENTS[what]} (the last time on ${at}; times since our ` +
        `last mail: ${times}).`,
      'Who and what stands in the access log of the practice: sign in and look there for alarms, or ' +
        'have the operator ask `postern log show --kind incident`.',
    ],
  }),
  closing: (host) =>
    `Postern at ${host} wrote this. Mails from us never ask for a code or a passphrase. Replies ` +
    'are not read.',
};
