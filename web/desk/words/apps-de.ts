/** The words of the apps of a practice, in German. */
import type { AppsWords } from './apps-en.ts';

export const appsDe: AppsWords = {
  page: 'Apps',
  lead:
    'Apps, um deren Registrierung Entwickler bitten, und die dieser Praxis. Ob eine App hereindarf, ' +
    'entscheidet weiterhin jede Person selbst.',
  closed: 'Apps sind Sache der Inhaberin oder des Inhabers',
  closedText: 'Wenden Sie sich an die Leitung der Praxis.',
  off: 'Entwickler können gerade nicht anfragen',
  offText: 'Die Leitung erlaubt es in den Einstellungen.',
  toSettings: 'Zu den Einstellungen',
  address: 'Entwickler fragen unter dieser Adresse an:',
  requests: 'Anfragen',
  noRequests: 'Niemand wartet.',
  apps: 'Apps dieser Praxis',
  noApps: 'Es gibt keine.',
  shared: 'Apps, die hier benutzt werden',
  sharedLead:
    'Diese hat der Betreiber für alle registriert. Sie sehen, wie viele eine App eingelassen haben und ' +
    'was ihr jemand erlaubt hat, aber nicht, wer.',
  noShared: 'Niemand hier hat eine App eingelassen, die der Betreiber registriert hat.',
  usedBy: 'Benutzt von',
  nobody: 'niemandem',
  staffCount: (count: number) => (count === 1 ? '1 Person vom Team' : `${count} Personen vom Team`),
  othersCount: (count: number | null) =>
    count === null
      ? 'weniger als fünf Patienten oder Menschen, die für sie handeln'
      : `${count} Patienten oder Menschen, die für sie handeln`,
  sees: 'Darf sehen',
  writes: 'Darf ändern',
  protectedKind: 'Besonders Vertrauliches',
  protectedBySome: 'von manchen erlaubt',
  close: 'Für die Praxis schließen',
  closeOf: (name: string) => `${name} für die Praxis schließen`,
  closeSure:
    'Alle hier, die sie eingelassen haben, werden sofort getrennt, und niemand kann sie einlassen, bis Sie ' +
    'sie wieder öffnen. In anderen Praxen geht sie weiter.',
  closeNow: 'Schließen',
  closedHere: 'Geschlossen. Niemand hier kann sie einlassen.',
  closedSince: (date: string) => `geschlossen seit ${date}`,
  open: 'Wieder öffnen',
  openOf: (name: string) => `${name} wieder öffnen`,
  opened: 'Wieder offen. Alle entscheiden neu.',
  contact: 'Entwickler',
  goesTo: 'Schickt zurück zu',
  launch: 'Wird gestartet unter',
  site: 'Seite',
  kind: 'Art',
  keyed: 'Hat eigene Schlüssel',
  keyless: 'Bewahrt kein Geheimnis (Telefon oder Browser)',
  asked: (date) => `angefragt am ${date}`,
  since: (date) => `seit ${date}`,
  approve: 'Genehmigen',
  approveOf: (name) => `${name} genehmigen`,
  refuse: 'Ablehnen',
  refuseOf: (name) => `${name} ablehnen`,
  end: 'Beenden',
  endOf: (name) => `${name} beenden`,
  endSure:
    'Alle, die sie hereingelassen haben, werden sofort getrennt. Das lässt sich nicht rückgängig machen.',
  endNow: 'Für alle beenden',
  cancel: 'Abbrechen',
  approved: (id) => `Genehmigt. Die Client-ID ist ${id}; der Entwickler sieht sie mit der Quittung.`,
  refused: 'Abgelehnt. Der Entwickler sieht es mit der Quittung.',
  ended: 'Beendet.',
  failed: 'Das hat nicht geklappt. Es wurde nichts geändert.',
  touch: 'Nicht ausgeführt: Dazu müssen Sie zeigen, dass Sie da sind.',
  gone: 'Das ist schon entschieden oder vorbei.',
};
