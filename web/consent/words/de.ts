/** The words of the page of consent, in German. */
import type { ConsentWords } from './en.ts';

export const de: ConsentWords = {
  title: (app) => `${app} bittet um Einlass`,
  intro: (person, practice) =>
    `Sie sind als ${person} bei ${practice} angemeldet. Sie bestimmen, was diese App sehen ` +
    `darf, und können es jederzeit zurücknehmen.`,
  whose: 'Wessen Akte?',
  mine: 'Meine eigene Akte',
  find: 'Patienten suchen',
  findHint: 'Ein Name oder ein Geburtsdatum',
  nobodyFound: 'Damit wird niemand gefunden.',
  launched: (name) => `Für ${name}`,
  what: 'Was darf sie sehen?',
  changes: 'Sie darf Einträge auch ändern und ergänzen',
  changesHint: 'Darum hat sie gebeten. Ohne dies kann sie nur lesen.',
  protectedToo: 'Auch vertrauliche Behandlungen',
  protectedHint: 'HIV, Sucht, seelische, sexuelle und reproduktive Gesundheit',
  identity:
    'Sie fragt auch, wer Sie sind. Sie erfährt Ihre Nummer hier und, wenn Sie Patient sind, ' +
    'welche Akte die Ihre ist.',
  howLong: 'Für wie lange?',
  oneHour: 'Nur eine Stunde',
  whileHere: 'Nur solange ich angemeldet bin',
  notStaying: 'Sie wollte verbunden bleiben. Das erlauben Sie ihr nicht, und sie muss wieder fragen.',
  staying: 'Sie bleibt bis dahin verbunden, auch wenn Sie nicht da sind. Sie können es jederzeit beenden.',
  day: 'Einen Tag',
  month: '30 Tage',
  quarter: '90 Tage',
  year: 'Ein Jahr',
  hour: 'Sie darf eine Stunde lang nachsehen und muss Sie danach wieder fragen.',
  session: 'Sie darf nachsehen, solange Sie hier angemeldet sind.',
  back: (host) =>
    `Ihr Browser geht dann zu ${host}. Was die App dort aufbewahrt, liegt bei denen, die sie machen.`,
  yes: (app) => `${app} einlassen`,
  no: 'Nicht einlassen',
  someone: 'Wählen Sie, wessen Akte sie sehen darf.',
  something: 'Lassen Sie wenigstens eine Art von Einträgen an.',
  gone: 'Diese Frage ist nicht mehr offen',
  goneText:
    'Sie wurde beantwortet, es dauerte zu lange, oder sie begann in einem anderen Browser. ' +
    'Gehen Sie zur App zurück und beginnen Sie von vorn.',
  failed: 'Die App konnte nicht eingelassen werden',
  failedText:
    'Was sie geschickt hat, war nicht richtig, also wurde niemand eingelassen. Sagen Sie es ' +
    'denen, die die App machen.',
  notMe: 'Das bin ich nicht: abmelden',
};
