/** The words of getting back in, in German. */
import type { RecoveryWords } from './recovery-en.ts';

export const recoveryDe: RecoveryWords = {
  lost: 'Wieder hineinkommen',
  lostText: 'Ihre Akte ist sicher und bleibt, wie sie ist. Ihre Praxis lässt Sie wieder herein.',
  steps: [
    [
      'Gehen Sie in Ihre Praxis',
      'Nehmen Sie Ausweis oder Pass mit. Man sieht, dass Sie es sind, und gibt Ihnen einen Code.',
    ],
    ['Tippen Sie den Code hier ein', 'Er gilt einen Tag später, damit niemand unbemerkt hineinkommt.'],
    [
      'Legen Sie einen neuen Passkey an',
      'Danach genügt eine Berührung. Was Sie vorher hatten, öffnet nichts mehr.',
    ],
  ],
  sooner: 'Eilt es? Lassen Sie sich einen Link mailen und öffnen Sie ihn: Dann gilt der Code sofort.',
  haveCode: 'Ich habe einen Code',
  sendLink: 'Link zuschicken',
  toDoor: 'Zurück zur Anmeldung',
  mail: 'Ein Link an Ihre E-Mail',
  mailText: 'Er zeigt, dass diese Adresse Ihre ist. Ihre Praxis muss Sie trotzdem sehen.',
  email: 'E-Mail-Adresse',
  emailHint: 'Die, an die Ihre Praxis schreibt.',
  send: 'Link schicken',
  sent: 'Sehen Sie in Ihre E-Mails',
  sentText:
    'Wenn sich hier jemand mit dieser Adresse anmeldet, ist in wenigen Minuten ein Link da. Er gilt ' +
    'einen Tag, auf jedem Gerät.',
  code: 'Der Code aus Ihrer Praxis',
  codeText: 'Er steht auf dem Blatt, das Sie dort bekommen haben.',
  codeLabel: 'Code',
  codeHint: 'Zwölf Buchstaben und Ziffern. Groß oder klein, mit oder ohne Striche.',
  useCode: 'Weiter',
  codeWrong:
    'Prüfen Sie Adresse und Code, Zeichen für Zeichen. Stimmt beides, so gilt der Code nicht mehr: ' +
    'Bitten Sie Ihre Praxis um einen neuen.',
  waits: 'Ihr Code stimmt',
  waitsText: (when) =>
    `Er gilt ab ${when}. Kommen Sie dann mit demselben Code wieder. Wir warten, damit niemand ` +
    'unbemerkt hineinkommt.',
  begin: 'Möchten Sie wieder hinein?',
  beginText:
    'Jemand hat diesen Link verlangt, weil die Anmeldung nicht mehr geht. Waren Sie es nicht, so ' +
    'schließen Sie diese Seite.',
  beginYes: 'Ja, das war ich',
  beginOver: 'Dieser Link gilt nicht mehr',
  beginOverText: 'Jeder Link gilt einen Tag. Lassen Sie sich einen neuen schicken.',
  seen: 'Diese Adresse ist Ihre',
  seenText: 'Nun muss Ihre Praxis Sie sehen.',
  seenSteps: [
    ['Gehen Sie in Ihre Praxis', 'Nehmen Sie Ausweis oder Pass mit. Sie bekommen dort einen Code.'],
    [
      'Tippen Sie den Code hier ein',
      'Auf dieser Seite, oder bei der Anmeldung unter „Nichts davon“. Er gilt sofort.',
    ],
  ],
  stop: 'Waren Sie das nicht?',
  stopText:
    'Jemand verschafft sich wieder Zugang zu Ihrem Konto. Haben Sie das nicht verlangt, so halten ' +
    'Sie es an: Der Code gilt dann nicht, und Sie melden sich an wie bisher.',
  stopIt: 'Jetzt anhalten',
  stopLeave: 'Waren Sie es selbst? Dann schließen Sie diese Seite, und es geht weiter.',
  stopped: 'Es ist angehalten',
  stoppedText:
    'An Ihrem Konto hat sich nichts geändert. Sagen Sie Ihrer Praxis, dass es jemand versucht hat.',
  stopOver: 'Es gibt nichts mehr anzuhalten',
  stopOverText:
    'Es wurde schon angehalten oder ist zu Ende. Versuchen Sie, sich anzumelden. Geht es nicht, so ' +
    'rufen Sie jetzt Ihre Praxis an.',
};
