/** The words of the door, in German. */
import type { DoorWords } from './en.ts';

export const de: DoorWords = {
  title: 'Anmelden',
  welcome: 'Willkommen',
  welcomeText:
    'Ihre Akte, offen für Sie und für alle, denen Sie vertrauen. Öffnen Sie den Link, den Ihre Praxis ' +
    'Ihnen gegeben hat.',
  withLink: 'Link verwenden',
  linkLabel: 'Ihr Anmeldelink',
  linkHint: 'Fügen Sie den ganzen Link hier ein, falls er sich nicht von selbst geöffnet hat.',
  linkBad: 'Das sieht nicht wie ein Anmeldelink aus. Er enthält „/signin#“ und einen langen Code.',
  ready: 'Ihr Link ist bereit',
  readyText: 'Er gilt einmal. Drücken Sie auf die Taste, um sich auf diesem Gerät anzumelden.',
  signIn: 'Anmelden',
  spent: 'Dieser Link gilt nicht mehr',
  spentText: 'Jeder Link gilt einmal und fünf Minuten lang. Bitten Sie Ihre Praxis um einen neuen.',
  which: 'Welche Praxis?',
  whichText: 'Sie sind in mehreren bekannt. Jede führt ihre eigene Akte.',
  idle: 'Gesperrt',
  idleText:
    'Eine Weile war niemand an dieser Seite. Sie wurde gesperrt und alles weggeräumt. Ein neuer Link ' +
    'bringt Sie dorthin zurück, wo Sie waren.',
  ended: 'Ihre Sitzung ist zu Ende',
  endedText: 'Bitte melden Sie sich neu an. Ein neuer Link bringt Sie dorthin zurück, wo Sie waren.',
  out: 'Sie sind abgemeldet',
  outText: 'Alles ist weggeräumt. Sie können diese Seite schließen.',
  known: (name) => `Angemeldet als ${name}`,
  goOn: 'Weiter',
  toDesk: 'Empfang der Praxis',
  toPortal: 'Meine eigene Akte',
  nothing: 'Mit diesem Konto gibt es im Browser nichts zu sehen.',
  notMe: 'Abmelden',
  trust: 'Nur für Sie geöffnet. Jeder Blick in eine Akte wird notiert, und Sie sehen, wer hineingesehen hat.',
};
