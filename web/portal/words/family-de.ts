/** The words of families, in German. */
import type { FamilyWords } from './family-en.ts';

export const familyDe: FamilyWords = {
  title: 'Wer diese Akte sehen kann',
  lead:
    'Menschen außerhalb der Praxis. Wer Sie behandelt, sieht, was die Arbeit ' +
    'braucht; jeden Blick nennt „Einblicke“.',
  people: 'Diese Personen',
  roles: {
    patient: 'Eigene Akte',
    proxy: 'Hat Zugang bekommen',
    parent: 'Elternteil',
    guardian: 'Gesetzliche Betreuung',
    carer: 'Pflegt oder begleitet',
    'break-glass': 'Zugang im Notfall',
  },
  you: 'Sie',
  unnamed: 'Jemand',
  sections: {
    administrative: 'Persönliche Angaben und Termine',
    clinical: 'Gesundheit: Erkrankungen, Medikamente, Befunde',
    financial: 'Rechnungen und Versicherung',
    sensitive: 'Vertrauliche Behandlung',
  },
  sectionsShort: {
    administrative: 'Angaben',
    clinical: 'Gesundheit',
    financial: 'Rechnungen',
    sensitive: 'vertrauliche Behandlung',
  },
  sensitiveDetail:
    'Sexuelle und seelische Gesundheit, Sucht, HIV. Geben Sie es nur jemandem, der davon wissen soll.',
  sees: (what) => `Sieht ${what}`,
  until: (date) => `bis ${date}`,
  noEnd: 'ohne Ende',
  sensitiveUntil: (date) => `Vertrauliche Behandlung bis ${date}`,
  byPractice: 'Von der Praxis eingetragen. Bitten Sie die Praxis, es zu ändern.',
  change: 'Ändern',
  changeOf: (name) => `Ändern, was ${name} sieht`,
  end: 'Zugang beenden',
  endOf: (name) => `Zugang von ${name} beenden`,
  sure: (name) => `Sobald Sie drücken, sieht ${name} nichts mehr von dieser Akte.`,
  sureEnd: 'Ja, jetzt beenden',
  keep: 'Behalten',
  save: 'Speichern',
  cancel: 'Abbrechen',
  ended: 'Der Zugang ist beendet.',
  changed: 'Geändert.',
  given: 'Die Person kann sie jetzt sehen.',
  nobodyElse: 'Niemand außer Ihnen',
  nobodyElseText: 'Niemand außerhalb der Praxis kann diese Akte sehen.',
  give: 'Jemanden diese Akte sehen lassen',
  giveLead: 'Wählen Sie, was und wie lange. Sie können es jederzeit ändern oder beenden.',
  whom: 'Wer',
  somebodyElse: 'Jemand anderes: Code erstellen',
  what: 'Was die Person sieht',
  howLong: 'Bis (leer lassen für kein Ende)',
  passedOn:
    'Die Person kann sie ihrerseits anderen zeigen, auch mit einem Code: nicht mehr davon und nicht ' +
    'länger. Wer das ist, steht dann hier, und Sie können es beenden.',
  giveNow: 'Zugang geben',
  makeCode: 'Code erstellen',
  codeIs: 'Geben Sie diesen Code weiter',
  codeText: (date) =>
    `Die Person meldet sich hier an und tippt ihn unter „Ich habe einen Code bekommen“ ein. ` +
    `Er gilt einmal, bis ${date}.`,
  noAccount: 'Noch kein Konto hier?',
  linkText:
    'Senden Sie der Person diesen Link, und nur ihr. Sie sagt, wann der Patient geboren ist, gibt ihre ' +
    'eigene Adresse an und legt einen Passkey an; dann sieht sie, was Sie gewählt haben. Er steht für ' +
    'denselben Code.',
  linkTitle: 'Ein Link zu einer Akte',
  linkSend: 'Link senden',
  linkCopy: 'Link kopieren',
  linkCopied: 'Kopiert. Fügen Sie ihn in eine Nachricht ein.',
  linkByHand: 'Das ging hier nicht. Kopieren Sie ihn von hier:',
  noLink:
    'Die Akte sagt nicht, an welchem Tag der Patient geboren ist; es braucht daher eine Einladung der ' +
    'Praxis. Danach meldet sich die Person an und tippt den Code ein.',
  waiting: 'Codes, die noch niemand benutzt hat',
  offered: (what) => `Ein Code für ${what}`,
  offerUntil: (date) => `Gilt bis ${date}`,
  takeBack: 'Zurücknehmen',
  takenBack: 'Der Code gilt nicht mehr.',
  acting: 'Akten, die Sie sehen dürfen',
  actingNone: 'Niemand lässt Sie eine andere Akte sehen.',
  actingOf: (name) => `Akte von ${name}`,
  actingAs: {
    proxy: 'Sie dürfen sie sehen',
    parent: 'Als Elternteil',
    guardian: 'Als gesetzliche Betreuung',
    carer: 'Als Begleitung',
  },
  haveCode: 'Ich habe einen Code bekommen',
  code: 'Code',
  codeHint: '12 Buchstaben und Ziffern, etwa 7K3M-Q9ZD-1XWP',
  useCode: 'Code einlösen',
  codeUsed: 'Sie können die Akte jetzt sehen.',
  codeWrong: 'Dieser Code gilt nicht: vielleicht vertippt, benutzt oder zu alt.',
  failed: 'Das ging nicht. Nichts wurde geändert.',
  choose: 'Wählen Sie mindestens einen Teil.',
  touch:
    'Melden Sie sich zu Ihrer Sicherheit ab und wieder an, und tun Sie es dann innerhalb von fünf Minuten.',
  notYours: 'Wer diese Akte noch sieht, bestimmen andere',
  notYoursText: 'Sie dürfen sie sehen und nichts weitergeben. Fragen Sie die Person oder die Praxis.',
};
