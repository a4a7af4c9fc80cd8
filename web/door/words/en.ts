/** The words of the door, in English. */
export const en = {
  title: 'Sign in',
  welcome: 'Welcome',
  welcomeText:
    'Your records, open to you and to those you trust. Open the sign-in link that your practice gave you.',
  withLink: 'Use your link',
  linkLabel: 'Your sign-in link',
  linkHint: 'Paste the whole link here if it did not open by itself.',
  linkBad: 'That does not look like a sign-in link. It contains “/signin#” and a long code.',
  ready: 'Your link is ready',
  readyText: 'It works once. Press the button to sign in on this device.',
  signIn: 'Sign in',
  spent: 'This link no longer works',
  spentText: 'Each link works once and for five minutes. Ask your practice for a new one.',
  which: 'Which practice?',
  whichText: 'You are known at more than one. Each keeps its own records.',
  idle: 'Locked',
  idleText:
    'Nobody was at this page for a while, so it was locked and everything on it was put away. A new ' +
    'link brings you back to where you were.',
  ended: 'Your session has ended',
  endedText: 'Please sign in again. A new link brings you back to where you were.',
  out: 'You are signed out',
  outText: 'Everything was put away. You can close this page.',
  known: (name: string) => `Signed in as ${name}`,
  goOn: 'Continue',
  toDesk: 'Practice desk',
  toPortal: 'My own records',
  nothing: 'There is nothing to see in a browser with this account.',
  notMe: 'Sign out',
  trust: 'Opened only for you. Every look at a record is written down, and you can see who looked.',
};

export type DoorWords = typeof en;
