/** A whole record to take along: German. */
import type { RecordWords } from './record-en.ts';

export const de: RecordWords = {
  title: { patient: 'Ihre ganze Akte', staff: 'Die ganze Akte' },
  lead: {
    patient:
      'Alles in dieser Akte als eine Datei: eine Zusammenfassung zum Lesen und Drucken, alle ' +
      'Dokumente und Bilder, und dasselbe ' +
      'für die Computer anderer Praxen. Das dauert ein paar Minuten. Sie können die Seite solange verlassen.',
    staff:
      'Alles, was Sie in dieser Akte lesen dürfen, als eine Datei: Zusammenfassung als PDF und ' +
      'C-CDA, alle Einträge (FHIR), alle Dateien.',
  },
  begin: { patient: 'Meine ganze Akte herunterladen', staff: 'Die ganze Akte herunterladen' },
  beginFor: 'Diese ganze Akte herunterladen',
  waiting: 'Es geht gleich los.',
  working: (resources) => `Wird erstellt: bisher ${resources} Einträge.`,
  workingFiles: (files, all) => `Wird erstellt: Datei ${files} von ${all}.`,
  stop: 'Abbrechen',
  ready: 'Die Akte ist fertig.',
  readyText: (size, until) => `${size}. Sie bleibt bis ${until} hier und wird dann gelöscht.`,
  save: 'Datei speichern',
  careful: 'Speichern Sie sie nur, wo andere sie nicht finden: nicht auf einem Computer, den Sie teilen.',
  remove: 'Jetzt löschen',
  failed: 'Das hat nicht geklappt.',
  failedText:
    'Es wurde nichts gespeichert. Bitte versuchen Sie es noch einmal. Klappt es wieder nicht, ' +
    'sagen Sie es der Praxis.',
  noRoom: 'Die Praxis hat zurzeit keinen Platz dafür. Bitte sagen Sie es der Praxis.',
  touch: 'Es wurde nichts begonnen, weil nicht bestätigt wurde, dass Sie es sind.',
  again: 'Noch einmal versuchen',
  progress: 'Wie weit es ist',
};
