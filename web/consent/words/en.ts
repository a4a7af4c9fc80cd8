/** The words of the page of consent, in English. */
export const en = {
  title: (app: string) => `${app} asks to come in`,
  intro: (person: string, practice: string) =>
    `You are signed in as ${person} at ${practice}. You decide what this app may see, and you ` +
    `can take it back at any time.`,
  whose: 'Whose records?',
  mine: 'My own records',
  find: 'Find a patient',
  findHint: 'A name, or a date of birth',
  nobodyFound: 'Nobody is found by that.',
  launched: (name: string) => `For ${name}`,
  what: 'What may it see?',
  changes: 'It may also change and add entries',
  changesHint: 'It asked for that. Without it, it can only read.',
  protectedToo: 'Confidential care too',
  protectedHint: 'HIV, addiction, mental health, sexual and reproductive health',
  identity:
    'It also asks who you are. It learns your number here and, if you are a patient, which ' +
    'record is yours.',
  howLong: 'For how long?',
  oneHour: 'One hour only',
  whileHere: 'Only while I am signed in',
  notStaying: 'It asked to stay connected. You are not letting it, and it must ask you again.',
  staying: 'It stays connected until then, also while you are away. You can end it at any time.',
  day: 'One day',
  month: '30 days',
  quarter: '90 days',
  year: 'One year',
  hour: 'It may look for one hour, and must ask you again after that.',
  session: 'It may look for as long as you are signed in here.',
  back: (host: string) => `Your browser then goes to ${host}. What the app keeps there is up to its makers.`,
  yes: (app: string) => `Let ${app} in`,
  no: 'Do not let it in',
  someone: 'Choose whose records it may see.',
  something: 'Leave at least one kind of record on.',
  gone: 'This question is no longer open',
  goneText:
    'It was answered, took too long, or began in another browser. Go back to the app and start again.',
  failed: 'The app could not be let in',
  failedText: 'What it sent was not right, so nobody was let in. Tell the people who make the app.',
  notMe: 'That is not me: sign out',
};

export type ConsentWords = typeof en;
