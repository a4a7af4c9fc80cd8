/** The words of the page for developers, in German. */
import type { DeveloperWords } from './en.ts';

export const de: DeveloperWords = {
  title: (practice) => `Eine App bei ${practice} registrieren`,
  lead:
    'Erzählen Sie der Praxis von Ihrer App. Die Leitung sieht sich die Anfrage an; bis sie ' +
    'genehmigt ist, ist ' +
    'nichts registriert. Danach bittet Ihre App Patienten und Mitarbeitende dieser Praxis um ihre ' +
    'Einwilligung, ' +
    'mit SMART App Launch.',
  closed: 'Hier keine Anfragen',
  closedText:
    'Diese Praxis nimmt keine Anfragen für Apps an, oder die Adresse stimmt nicht. Fragen Sie die ' +
    'Praxis nach ' +
    'der Adresse dieser Seite, oder bitten Sie die Betreiber ihres Postern um die Registrierung.',
  name: 'Name der App',
  nameHint: 'Man sieht ihn, wenn um die Einwilligung gebeten wird.',
  purpose: 'Wozu sie dient',
  purposeHint: 'Ein oder zwei Sätze, die die Leitung einer Praxis versteht.',
  contact: 'Ihre E-Mail-Adresse',
  contactHint: 'Dorthin geht die Entscheidung der Praxis. Patienten sehen sie nicht.',
  uri: 'Seite der App (kann wegbleiben)',
  redirects: 'Redirect-Adressen',
  redirectsHint:
    'Eine je Zeile, höchstens fünf: https, dieser Rechner (http://127.0.0.1) oder ein eigenes Schema.',
  launch: 'Launch-Adresse (kann wegbleiben)',
  launchHint: 'Wo ein Start aus dem Arbeitsplatz oder dem Portal beginnt.',
  keys: 'Authentisierung',
  keyless: 'Keine: eine öffentliche App, mit PKCE',
  keyed: 'Eigene Schlüssel (private_key_jwt)',
  jwksUri: 'Adresse der öffentlichen Schlüssel (JWKS)',
  jwksHint: 'Gemeinsame Geheimnisse gibt es hier nicht.',
  send: 'Anfrage senden',
  invalid: 'Etwas davon ist nicht möglich. Prüfen Sie die Adressen: https, ohne Fragment.',
  wait: 'Gerade gab es viele Anfragen. Versuchen Sie es später noch einmal.',
  failed: 'Das hat nicht geklappt. Es wurde nichts gesendet.',
  receipt: 'Ihre Anfrage',
  states: {
    waiting: 'Sie wartet auf die Leitung der Praxis.',
    approved: 'Sie ist genehmigt. Ihre App ist registriert.',
    refused: 'Die Praxis hat sie abgelehnt.',
  },
  keep: 'Bewahren Sie die Adresse dieser Seite auf: Nur mit ihr sehen Sie, was aus der Anfrage wurde.',
  clientId: 'Client-ID',
  where: 'Was der Autorisierungsserver bietet',
  gone: 'Diese Anfrage gibt es nicht',
  goneText: 'Sie ist vielleicht älter als neunzig Tage, oder die Adresse ist nicht vollständig.',
  again: 'Eine weitere Anfrage',
};
