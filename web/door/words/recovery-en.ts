/** The words of getting back in, in English. */
export const recoveryEn = {
  lost: 'Getting back in',
  lostText: 'Your records are safe and stay as they are. Your practice lets you in again.',
  steps: [
    [
      'Go to your practice',
      'Bring an identity card or a passport. They see that it is you and give you a code.',
    ],
    ['Type the code here', 'It works one day later, so that nobody gets in unnoticed.'],
    ['Make a new passkey', 'Then you sign in with one touch. What you had before no longer opens anything.'],
  ],
  sooner: 'Is it urgent? Have a link sent to your e-mail and open it: then the code works at once.',
  haveCode: 'I have a code',
  sendLink: 'Send me the link',
  toDoor: 'Back to signing in',
  mail: 'A link to your e-mail',
  mailText: 'It shows that this address is yours. Your practice still has to see you.',
  email: 'E-mail address',
  emailHint: 'The one that your practice writes to.',
  send: 'Send the link',
  sent: 'Look into your mail',
  sentText:
    'If somebody signs in here with this address, a link is there in a few minutes. It works for a day, on ' +
    'any device.',
  code: 'The code from your practice',
  codeText: 'It is on the paper that they gave you when you were there.',
  codeLabel: 'Code',
  codeHint: 'Twelve letters and digits. Capitals and hyphens do not matter.',
  useCode: 'Continue',
  codeWrong:
    'Check the e-mail address and the code, letter by letter. If both are right, the code is over: ' +
    'ask your practice for a new one.',
  waits: 'Your code is right',
  waitsText: (when: string) =>
    `It works from ${when} on. Come back then with the same code. We wait so that nobody gets in unnoticed.`,
  begin: 'Did you ask to get back in?',
  beginText:
    'Somebody asked for this link because they cannot sign in any more. If it was not you, close this page.',
  beginYes: 'Yes, that was me',
  beginOver: 'This link no longer works',
  beginOverText: 'Each link works for a day. Have a new one sent to you.',
  seen: 'This address is yours',
  seenText: 'Now your practice has to see you.',
  seenSteps: [
    ['Go to your practice', 'Bring an identity card or a passport. They give you a code.'],
    [
      'Type the code here',
      'On this page, or under “I have none of these” where you sign in. It works at once.',
    ],
  ],
  stop: 'Was it not you?',
  stopText:
    'Somebody is getting back into your account. If you did not ask for that, stop it: their code will not ' +
    'work, and you go on signing in as before.',
  stopIt: 'Stop it now',
  stopLeave: 'It was you? Then close this page: it goes on.',
  stopped: 'It is stopped',
  stoppedText: 'Nothing about your account has changed. Tell your practice that somebody tried to get in.',
  stopOver: 'There is nothing left to stop',
  stopOverText:
    'It was stopped before, or it is finished. Try to sign in. If you cannot, call your practice now.',
};

export type RecoveryWords = typeof recoveryEn;
