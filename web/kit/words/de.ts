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
  busyTitle: 'Gerade ist viel los',
  busyText:
    'Vom Server wird gerade mehr verlangt, als er beantworten kann. ' +
    'Es ging nichts verloren. Versuchen Sie es gleich noch einmal.',
  offlineTitle: 'Keine Verbindung',
  offlineText:
    'Die Praxis ist gerade nicht erreichbar. Prüfen Sie Ihre Internetverbindung und versuchen Sie es erneut.',
  invalidTitle: 'Das war nicht zu verstehen',
  invalidText:
    'Prüfen Sie, was Sie eingegeben haben, oder die Adresse der Seite, und versuchen Sie es anders.',
  againByItself: 'Es wird von selbst wieder versucht.',
  failedTitle: 'Das hat nicht geklappt',
  failedText: 'Bei uns ist etwas schiefgegangen. Nichts ging verloren. Versuchen Sie es gleich noch einmal.',
  reportProblem: 'Eine Sicherheitslücke melden',
  stillThere: 'Sind Sie noch da?',
  lockSoon: (seconds) => `Zu Ihrer Sicherheit wird diese Seite in ${seconds} Sekunden gesperrt.`,
  stay: 'Ich bin noch da',
  showTyped: 'Anzeigen, was ich tippe',
  cancel: 'Abbrechen',
  back: 'Zurück',
  confirm: 'Bestätigen',
  passphrase: 'Merksatz',
  code: 'Code',
  codeHint: 'Sechs Ziffern aus Ihrer Code-App oder einer Ihrer Ersatzcodes.',
  touchTitle: 'Sind Sie es?',
  touchText:
    'Das ist wichtig, deshalb bestätigen Sie bitte, dass Sie es sind. Danach geht es von selbst weiter.',
  touchPasskey: 'Mit meinem Passkey bestätigen',
  touchWords: 'Merksatz und Code verwenden',
  touchNoWay: 'Melden Sie sich erst neu an, mit einem Passkey oder mit Merksatz und Code.',
  whatIsPasskey:
    'Ein Passkey ist ein Schlüssel, den Ihr Telefon oder Computer für Sie aufbewahrt: Sie öffnen ihn mit ' +
    'Fingerabdruck, Gesicht oder der PIN des Geräts und müssen sich nichts merken.',
  makePasskey: 'Meinen Passkey anlegen',
  untouched: 'Es wurde nichts geändert',
  untouchedText: 'Es wurde nicht bestätigt, dass Sie es sind. Versuchen Sie es, wann immer Sie möchten.',
  waitText: (minutes) =>
    `Es gab zu viele Versuche. Warten Sie ${minutes === 1 ? 'eine Minute' : `${minutes} Minuten`} und ` +
    'versuchen Sie es noch einmal.',
  wrongTitle: 'Das hat nicht geklappt',
  wrongText: 'Prüfen Sie Ihre Eingabe und versuchen Sie es noch einmal.',
  notDone: 'Es ist noch nichts geschehen',
  notDoneText:
    'Es wurde kein Passkey verwendet. Drücken Sie noch einmal auf die Taste und folgen Sie dem, was Ihr ' +
    'Gerät zeigt.',
  knownKey: 'Dieses Gerät hat Ihren Passkey schon',
  knownKeyText:
    'Sie brauchen hier keinen zweiten. Für einen weiteren nehmen Sie ein anderes Gerät oder einen ' +
    'Sicherheitsschlüssel.',
  noPasskeys: 'Passkeys gehen hier nicht',
  noPasskeysText:
    'Dieser Browser oder diese Adresse kann sie nicht verwenden. Nehmen Sie einen anderen Browser oder ' +
    'einen anderen Weg.',
  elsewhere: 'Passkeys gehören zu einer anderen Adresse',
  elsewhereText: 'Es ist die Adresse, die Ihnen die Praxis gegeben hat.',
  goThere: (origin) => `Zu ${origin}`,
  launches: 'Apps',
  launchesFor: (whose) => `Apps für ${whose}`,
  launchesText: 'Jede öffnet sich außerhalb von Postern und fragt Sie zuerst, was sie sehen darf.',
  launch: (app) => `${app} öffnen`,
  accountLink: 'Anmeldung und Geräte',
  male: 'Männlich',
  female: 'Weiblich',
  otherGender: 'Divers',
  years: (age) => (age === 1 ? '1 Jahr' : `${age} Jahre`),
  recordKinds: {
    person: ['Angaben zur Person', 'Name, Geburtsdatum, Anschrift, Familie'],
    conditions: ['Krankheiten und Allergien', 'Diagnosen, Risiken, Krankheiten in der Familie'],
    medicines: ['Medikamente und Impfungen', 'Rezepte, was gegeben wurde'],
    results: ['Ergebnisse', 'Laborwerte, Messungen, Bilder, Befunde'],
    visits: ['Besuche', 'Termine, Behandlungen, Aufenthalte'],
    documents: ['Dokumente und Nachrichten', 'Briefe, Dateien, Fragebögen'],
    plans: ['Pläne', 'Behandlungspläne, Ziele, Überweisungen, Aufgaben'],
    money: ['Versicherung und Rechnungen', 'Versicherungsschutz, Abrechnungen, Zahlungen'],
    practice: ['Die Praxis', 'Menschen, Orte und Öffnungszeiten'],
    other: ['Alles Übrige', 'Geräte, Listen, Studien und der Rest'],
  },
};
