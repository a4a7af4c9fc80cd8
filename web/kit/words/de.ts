/** What every page says, in German. */
import type { KitWords } from './en.ts';

export const de: KitWords = {
  practiceSoftware: 'Postern',
  skip: 'Zum Inhalt springen',
  loading: 'Wird geladen',
  tryAgain: 'Noch einmal versuchen',
  showMore: 'Mehr anzeigen',
  account: 'Konto und Einstellungen',
  signedInAs: 'Angemeldet als',
  language: 'Sprache',
  look: 'Darstellung',
  lookAuto: 'Wie das Gerät',
  lookLight: 'Hell',
  lookDark: 'Dunkel',
  lock: 'Jetzt sperren',
  signOut: 'Abmelden',
  goToPortal: 'Zu meiner eigenen Akte',
  goToDesk: 'Zum Empfang der Praxis',
  refusedTitle: 'Hier ist nichts für Sie',
  refusedText:
    'Es ist nicht da, oder es ist nicht für Sie bestimmt. Vielleicht ist die Adresse falsch oder veraltet.',
  throttledTitle: 'Eine kurze Pause',
  throttledText:
    'Es gab viele Anfragen in kurzer Zeit. Warten Sie eine Minute und versuchen Sie es noch einmal.',
  offlineTitle: 'Keine Verbindung',
  offlineText:
    'Die Praxis ist gerade nicht erreichbar. Prüfen Sie Ihre Internetverbindung und versuchen Sie es erneut.',
  invalidTitle: 'Das war nicht zu verstehen',
  invalidText:
    'Prüfen Sie, was Sie eingegeben haben, oder die Adresse der Seite, und versuchen Sie es anders.',
  offlineWait: 'Es wird von selbst wieder versucht.',
  failedTitle: 'Das hat nicht geklappt',
  failedText: 'Bei uns ist etwas schiefgegangen. Nichts ging verloren. Versuchen Sie es gleich noch einmal.',
  reportProblem: 'Eine Sicherheitslücke melden',
  stillThere: 'Sind Sie noch da?',
  lockSoon: (seconds) => `Zu Ihrer Sicherheit wird diese Seite in ${seconds} Sekunden gesperrt.`,
  stay: 'Ich bin noch da',
  male: 'Männlich',
  female: 'Weiblich',
  otherGender: 'Divers',
  years: (age) => (age === 1 ? '1 Jahr' : `${age} Jahre`),
};
