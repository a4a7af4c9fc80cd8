/** The words of setting up single sign-on, in German. */
import type { SignOnWords } from './sign-on-en.ts';

export const signOnDe: SignOnWords = {
  title: 'Konten, die Sie anderswo führen',
  text:
    'Ihr Team kann sich mit den Konten anmelden, die Ihre Praxis bei Microsoft, Google, Okta, ' +
    'Keycloak oder einem anderen Anbieter von OpenID Connect führt. Behalten Sie für alle mit ' +
    'Leitungsrolle einen Passkey: Er öffnet, wenn der Anbieter ausfällt.',
  add: 'Anbieter einrichten',
  change: 'Ändern',
  setUp: 'Einrichten',
  returns: 'Rücksprungadresse, beim Anbieter anzugeben',
  staffLink: 'Link für Ihr Team',
  issuer: 'Adresse des Anbieters (issuer)',
  issuerHint: 'So, wie der Anbieter sie nennt, mit https:// am Anfang',
  name: 'Wie Sie es nennen',
  nameHint: 'Diesen Namen sieht Ihr Team.',
  clientId: 'Client-ID',
  clientSecret: 'Client-Geheimnis',
  secretHint: 'Mindestens 16 Zeichen. Es wird versiegelt und nie wieder gezeigt.',
  secretStays: 'Leer lassen, damit das bisherige bleibt.',
  claim: 'Claim für Rollen',
  claimHint: 'Etwa „groups“. Leer lassen, um Rollen nur hier zu vergeben.',
  value: 'Was der Anbieter sagt',
  role: 'Rolle hier',
  addRole: 'Zeile hinzufügen',
  noRole: (line) => `Zeile ${line} entfernen`,
  remove: 'Entfernen',
  save: 'Speichern',
  wrong:
    'Prüfen Sie Adresse, Client-ID und Geheimnis. Die Adresse hat https, das Geheimnis 16 Zeichen oder mehr.',
  conflict: 'Jemand anders hat es gerade geändert. Laden Sie die Seite neu.',
  saved: 'Gespeichert. Probieren Sie es mit Ihrem eigenen Konto, bevor Sie es dem Team sagen.',
  end: 'Niemanden mehr dadurch anmelden',
  endText: (name) =>
    `Von jetzt an meldet ${name} niemanden mehr an. Wer keinen anderen Weg hat, braucht eine Einladung.`,
  endIt: 'Ja, beenden',
  ended: 'Es ist beendet.',
  cancel: 'Abbrechen',
  rolesFollow: 'Rollen folgen dem Anbieter',
  yes: 'ja',
  no: 'nein, sie werden hier vergeben',
};
