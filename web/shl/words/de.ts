/** The words of the page that opens links, in German. */
import type { ReceivedWords } from './en.ts';

export const de: ReceivedWords = {
  title: 'Jemand hat Ihnen etwas aus einer Patientenakte geschickt',
  lead: 'Es öffnet sich hier, in Ihrem Browser. Sie brauchen kein Konto.',
  label: 'Dazu wurde geschrieben',
  who: 'Ihr Name, und wo Sie arbeiten',
  whoHint: 'Die Person, deren Akte es ist, sieht, was Sie hier schreiben und wann Sie geöffnet haben.',
  whoMissing: 'Schreiben Sie zuerst, wer Sie sind.',
  passcode: 'Kennwort',
  passcodeHint: 'Sie haben es von der Person bekommen, die den Link geschickt hat.',
  passcodeMissing: 'Dieser Link hat ein Kennwort. Fragen Sie die Person, die ihn geschickt hat.',
  wrongPasscode: (left) =>
    left === 0
      ? 'Das war nicht das Kennwort, und es gibt keinen Versuch mehr. Bitten Sie um einen neuen Link.'
      : left === 1
        ? 'Das war nicht das Kennwort. Sie haben noch einen Versuch.'
        : `Das war nicht das Kennwort. Sie haben noch ${left} Versuche.`,
  open: 'Öffnen',
  none: 'Hier ist kein Link',
  noneText:
    'Die Adresse ist nicht vollständig. Öffnen Sie den Link noch einmal genau so, wie Sie ihn ' +
    'bekommen haben.',
  foreign: 'Dieser Link gehört zu einem anderen Server',
  foreignText:
    'Diese Seite öffnet nur Links ihres eigenen Servers und hat nichts irgendwohin geschickt. Öffnen ' +
    'Sie den Link mit ' +
    'der Seite oder App, die Ihnen genannt wurde.',
  over: 'Dieser Link öffnet sich nicht',
  overText:
    'Er ist vielleicht abgelaufen, aufgebraucht oder beendet, oder nicht vollständig. Bitten Sie um ' +
    'einen neuen.',
  throttled: 'Zu viele Versuche von hier',
  throttledText: 'Warten Sie eine Minute, und versuchen Sie es noch einmal.',
  damaged: 'Was kam, öffnet sich nicht mit diesem Link',
  damagedText: 'Vielleicht fehlt ein Stück der Adresse. Öffnen Sie den Link so, wie er kam.',
  offline: 'Der Server ist nicht erreichbar',
  offlineText: 'Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.',
  again: 'Noch einmal versuchen',
  opened: 'Was Ihnen geschickt wurde',
  openedLead:
    'Es ist eine Kopie vom Zeitpunkt, als der Link gemacht wurde. Schließen Sie die Seite danach: ' +
    'Nichts davon bleibt.',
  contents: 'Was darin ist',
  summary: 'Zusammenfassung einer Akte',
  document: 'Dokument',
  part: (number) => `Teil ${number}`,
  other: 'Etwas, das diese Seite nicht zeigen kann',
  otherText: 'Es lässt sich als FHIR-Datei sichern, für ein Programm, das sie liest.',
  save: 'Als FHIR sichern',
  patient: 'Person',
  name: 'Name',
  born: 'Geboren',
  gender: 'Geschlecht',
  made: 'Erstellt',
  nothing: 'Unter dieser Überschrift steht nichts',
  sections: {
    '48765-2': 'Allergien',
    '10160-0': 'Medikamente',
    '11450-4': 'Erkrankungen',
    '11369-6': 'Impfungen',
    '47519-4': 'Eingriffe',
    '46264-8': 'Geräte',
    '30954-2': 'Befunde',
    '18776-5': 'Behandlungsplan',
  },
  genders: { male: 'Männlich', female: 'Weiblich', other: 'Divers', unknown: 'Nicht bekannt' },
  yes: 'Ja',
  no: 'Nein',
  noValue: 'nicht vermerkt',
  severe: 'Schwer',
  /** By the codes of FHIR. */
  standings: {
    active: 'Besteht',
    recurrence: 'Wieder aufgetreten',
    relapse: 'Wieder aufgetreten',
    inactive: 'Besteht nicht mehr',
    remission: 'Zurückgegangen',
    resolved: 'Überstanden',
    unconfirmed: 'Nicht bestätigt',
    provisional: 'Noch nicht bestätigt',
    differential: 'Eine von mehreren Möglichkeiten',
    refuted: 'Ausgeschlossen',
    completed: 'Beendet',
    stopped: 'Abgesetzt',
    draft: 'Entwurf',
    unknown: 'Nicht bekannt',
    preparation: 'Geplant',
    'entered-in-error': 'Irrtümlich eingetragen',
    'on-hold': 'Ausgesetzt',
    'not-done': 'Nicht gemacht',
    'in-progress': 'Im Gang',
    'not-taken': 'Nicht genommen',
    intended: 'Geplant',
    cancelled: 'Abgesagt',
  },
  summaryNote:
    'Es steht nur darin, was weitergegeben werden darf. Dass etwas fehlt, heißt nicht, dass es das ' +
    'nicht gibt.',
};
