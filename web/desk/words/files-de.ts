/** The words of what the practice sets and keeps of files, in German. */
import type { FilesWords } from './files-en.ts';

export const filesDe: FilesWords = {
  page: 'Dateien',
  lead: 'Was die Praxis annimmt, was sie aufbewahrt und wie lange.',
  closed: 'Diese Seite ist für die Leitung und den Datenschutz',
  closedText: 'Wenden Sie sich an die Leitung der Praxis.',
  kinds: 'Welche Dateien angenommen werden',
  kindsHint:
    'Bilder, PDF, Text, Röntgenbilder und klinische Dokumente immer. Was auf einem Rechner laufen ' +
    'kann, wird nie gezeigt.',
  groups: {
    office: 'Office-Dokumente',
    videos: 'Videos',
    pages: 'Webseiten und Zeichnungen, die laufen können',
    programs: 'Programme und Dateien, die zweierlei zugleich sind',
    macros: 'Office-Dokumente mit Programmen darin',
    archives: 'Archive (ZIP und ähnliche)',
    others: 'Alles andere',
  },
  handlings: { shown: 'Angenommen und gezeigt', inert: 'Nur zum Speichern', refused: 'Abgelehnt' },
  officeTaken: 'Angenommen, für ihre Programme',
  limits: 'Wie viel aufbewahrt wird',
  limitsHint: 'Leer lassen heißt: so viel, wie der Betreiber gibt.',
  limitNames: {
    bytesOfFile: 'Eine Datei, in MiB',
    bytesOfPractice: 'Alle Dateien, in GiB',
    filesOfPractice: 'Anzahl der Dateien',
    openOfPerson: 'Dateien, die jemand zugleich sendet',
  },
  atMost: (most) => `Höchstens ${most}`,
  originals: 'Das Original von Fotos aufbewahren',
  originalsHint:
    'Fotos verlieren, wo und wann sie aufgenommen wurden. Das Original bleibt versiegelt daneben, ' +
    'nur für Mitarbeitende. Karten behalten keines.',
  save: 'Speichern',
  saved: 'Gespeichert.',
  failed: 'Das hat nicht geklappt. Es wurde nichts geändert.',
  invalid: 'Eine der Angaben ist nicht möglich. Es wurde nichts geändert.',
  touch: 'Nichts geschehen: Dazu müssen Sie zeigen, dass Sie da sind.',
  conflict:
    'Inzwischen hat jemand anders das geändert. Sehen Sie nach, was jetzt gilt, und ändern Sie es erneut.',
  apart: 'Zurückgehaltene Dateien',
  apartHint:
    'Der Scanner hat darin etwas gefunden. Niemand kann sie öffnen. Nach zwei Wochen werden sie ' +
    'von selbst entfernt.',
  noneApart: 'Es gibt keine.',
  sentBy: (name) => `Gesendet von ${name}`,
  somebody: 'jemandem ohne Namen',
  found: (finding) => `Der Scanner sagt: ${finding}`,
  sentAt: (when) => `Gesendet ${when}`,
  goneAt: (when) => `von selbst entfernt ${when}`,
  incident: (id) => `Vorfall ${id}`,
  toRecord: 'Akte öffnen',
  remove: 'Jetzt entfernen',
  removed: 'Die Datei ist entfernt.',
  release: 'Es ist ein Fehlalarm',
  releaseHint: 'Sie wird noch einmal geprüft und dann dort abgelegt, wohin sie gesendet wurde.',
  stillFound:
    'Der Scanner findet noch dasselbe. Wenn Sie sicher sind, geben Sie sie trotzdem frei: Dann ' +
    'kann man sie speichern, gezeigt wird sie nie.',
  releaseAnyway: 'Trotzdem freigeben',
  released: 'Die Datei ist jetzt in der Akte.',
  reason: 'Warum',
  reasonHint: 'Wenigstens ein paar Worte. Sie werden versiegelt aufbewahrt.',
  cancel: 'Abbrechen',
  keeping: 'Wie lange Dokumente aufbewahrt werden',
  keepingHint:
    'Für immer, wo hier nichts steht. Mehrere Regeln für eine Art gelten zusammen: Die letzte zählt.',
  noRules: 'Alles wird aufbewahrt.',
  type: 'Art des Dokuments',
  after: 'Gerechnet ab',
  bases: {
    'last-visit': 'dem letzten Besuch',
    'document-date': 'dem Datum des Dokuments',
    'birthday-18': 'dem 18. Geburtstag',
  },
  years: 'Jahre',
  rule: (type, years, base) => `${type}: ${years} Jahre nach ${base}`,
  addRule: 'Regel hinzufügen',
  removeRule: 'Wegnehmen',
  due: 'Fällige Dokumente',
  dueHint: 'Nichts wird vernichtet, bevor der Datenschutz es genehmigt hat.',
  noneDue: 'Nichts ist fällig.',
  dueSince: (day) => `Fällig seit ${day}`,
  closedRecord: 'In einem Teil einer Akte, der Ihnen verschlossen ist',
  held: 'Gesperrt',
  destroyed: (when) => `Vernichtet ${when}`,
  approve: (count) =>
    count === 1 ? '1 Dokument endgültig vernichten' : `${count} Dokumente endgültig vernichten`,
  approved: (count) => (count === 1 ? '1 Dokument ist vernichtet.' : `${count} Dokumente sind vernichtet.`),
  choose: (name) => `Auswählen: ${name}`,
  holds: 'Sperren',
  holdsHint:
    'Was gesperrt ist, wird nicht vernichtet, wer auch immer es genehmigt, bis jemand die Sperre beendet.',
  noHolds: 'Nichts ist gesperrt.',
  wholeRecord: 'Eine ganze Akte',
  oneDocument: 'Ein Dokument einer Akte',
  heldBy: (name, when) => `Gesperrt von ${name}, ${when}`,
  record: 'Die Akte',
  recordHint:
    'Fügen Sie die Adresse ihrer Seite ein oder ihre Nummer aus dem Zugriffsprotokoll. Die Adresse eines ' +
    'Dokuments sperrt dieses Dokument allein.',
  recordWrong: 'Das ist keine Adresse oder Nummer einer Akte.',
  noRecord: 'Diese Akte gibt es nicht.',
  hold: 'Sperren',
  holdDocument: 'Dieses Dokument sperren',
  thisDocument: 'Dieses Dokument',
  holdOfDocument: 'Sperre',
  notHeld: 'Dieses Dokument ist nicht gesperrt.',
  holdText:
    'Solange es gesperrt ist, kann niemand es vernichten: nicht wenn seine Zeit um ist, nicht mit der ' +
    'Akte, und kein Original eines Fotos dieser Akte. Lesen, umbenennen, ersetzen und zurückziehen ' +
    'kann man es weiterhin.',
  heldText:
    'Dieses Dokument ist gesperrt. Bis die Sperre endet, kann niemand es vernichten: nicht wenn seine ' +
    'Zeit um ist, nicht mit der Akte, und kein Original eines Fotos dieser Akte. Lesen, umbenennen, ' +
    'ersetzen und zurückziehen kann man es weiterhin.',
  toDocument: 'Dokument öffnen',
  endHold: 'Sperre beenden',
};
