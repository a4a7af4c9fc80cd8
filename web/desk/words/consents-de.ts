import type { ConsentWords } from './consents-en.ts';

export const de: ConsentWords = {
  title: 'Einwilligungen',
  covers: 'Was dieses Formular umfasst',
  none: 'Keine Einwilligung eingetragen',
  noneHere: 'Noch hat niemand vermerkt, was dieses Formular umfasst.',
  kinds: {
    treatment: 'Behandlung',
    procedure: 'Ein Eingriff',
    privacy: 'Datenschutzhinweise',
    release: 'Herausgabe an eine Person',
    financial: 'Zahlungsvereinbarung',
  },
  other: 'Andere Einwilligung',
  kind: 'Sie umfasst',
  about: { procedure: 'Welcher Eingriff?', release: 'An wen?' },
  aboutHint: 'Wie es auf dem Formular steht.',
  until: 'Bis',
  untilHint: 'Leer lassen, wenn sie kein Ende hat.',
  note: 'Vermerken',
  noted: 'Es ist vermerkt.',
  failed: 'Es ging nicht. Sehen Sie die Seite noch einmal an und versuchen Sie es erneut.',
  signed: (day) => `Unterschrieben am ${day}`,
  ends: (day) => `bis ${day}`,
  standing: { active: 'Gilt', ended: 'Abgelaufen', revoked: 'Widerrufen', other: 'Gilt nicht' },
  revoke: 'Widerrufen',
  reallyRevoke: 'Ja, widerrufen',
  keep: 'So lassen',
  form: 'Das unterschriebene Formular',
  all: 'Alle Einwilligungen',
  opensNothing:
    'Eine Einwilligung sagt, was unterschrieben wurde. Sie öffnet niemandem die Akte: Das tut der Zugang.',
};
