import type { Factor, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'ein Passkey',
  passphrase: 'eine Passphrase',
  authenticator: 'eine Authenticator-App',
  'recovery-codes': 'ein Satz Wiederherstellungscodes',
  'single-sign-on': 'ein Konto Ihrer Praxis',
};

const NOT_ME =
  'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, melden Sie sich an, beenden Sie die ' +
  'anderen Sitzungen und sagen Sie Ihrer Praxis Bescheid.';

export const de: LetterWords = {
  invitation: ({ practice, link, until }) => ({
    subject: `${practice}: Ihr Zugang`,
    paragraphs: [
      `${practice} lädt Sie zum Online-Zugang ein. Öffnen Sie diesen Link, um zu beginnen:`,
      link,
      `Er gilt einmal, bis ${until}. Sie werden nach etwas gefragt, das nur Sie wissen, damit ` +
        'ihn niemand sonst benutzen kann.',
      'Wenn Sie nicht wissen, warum Sie das erhalten, tun Sie nichts: Ohne Sie öffnet der Link nichts.',
    ],
  }),
  'invitation-used': ({ practice, at }) => ({
    subject: `${practice}: Ihre Einladung wurde benutzt`,
    paragraphs: [
      `Ihre Einladung von ${practice} wurde am ${at} benutzt.`,
      'Wenn Sie das nicht waren, rufen Sie die Praxis an.',
    ],
  }),
  'new-device': ({ device, at }) => ({
    subject: 'Ein neues Gerät hat sich angemeldet',
    paragraphs: [
      `Am ${at} hat sich ein bisher unbekanntes Gerät mit Ihrem Konto angemeldet: ${device}.`,
      NOT_ME,
    ],
  }),
  'factor-added': ({ factor, at }) => ({
    subject: 'Ein Weg zur Anmeldung ist dazugekommen',
    paragraphs: [`Am ${at} ist bei Ihrem Konto ${FACTORS[factor]} dazugekommen.`, NOT_ME],
  }),
  'factor-removed': ({ factor, at }) => ({
    subject: 'Ein Weg zur Anmeldung wurde entfernt',
    paragraphs: [`Am ${at} ist bei Ihrem Konto ${FACTORS[factor]} weggefallen.`, NOT_ME],
  }),
  'recovery-asked': ({ link, until }) => ({
    subject: 'Zurück in Ihr Konto',
    paragraphs: [
      'Jemand, vermutlich Sie, kann sich nicht mehr anmelden. Öffnen Sie diesen Link, um zu beginnen:',
      link,
      `Er gilt bis ${until} und zeigt, dass diese Adresse Ihre ist. Ihre Praxis muss Sie trotzdem sehen.`,
      'Wenn Sie das nicht waren, tun Sie nichts.',
    ],
  }),
  'recovery-started': ({ ready, stop }) => ({
    subject: 'Ihr Konto wird wiederhergestellt',
    paragraphs: [
      'Jemand, vermutlich Sie, will zurück in Ihr Konto, nachdem alle Wege zur Anmeldung verloren sind.',
      `Ab ${ready} kann damit ein neuer Passkey angelegt werden. Die alten Wege zur Anmeldung enden dann.`,
      'Wenn Sie das nicht waren, halten Sie es hier an:',
      stop,
    ],
  }),
  'recovery-ready': ({ link, until, stop }) => ({
    subject: 'Legen Sie einen neuen Passkey an',
    paragraphs: [
      'Die Wartezeit ist vorbei. Legen Sie hier einen neuen Passkey an:',
      link,
      `Der Link gilt einmal, bis ${until}. Die alten Wege zur Anmeldung enden dann, ebenso alle ` +
        'offenen Sitzungen.',
      'Wenn Sie nicht darum gebeten haben, halten Sie es hier an:',
      stop,
    ],
  }),
  'recovery-done': ({ at }) => ({
    subject: 'Ihr Konto wurde wiederhergestellt',
    paragraphs: [
      `Am ${at} wurde für Ihr Konto ein neuer Passkey angelegt. Die alten Wege zur Anmeldung ` +
        'und alle Sitzungen sind beendet.',
      'Wenn Sie das nicht waren, rufen Sie sofort Ihre Praxis an.',
    ],
  }),
  'recovery-stopped': ({ at }) => ({
    subject: 'Die Wiederherstellung Ihres Kontos wurde angehalten',
    paragraphs: [`Sie wurde am ${at} angehalten. An Ihrem Konto hat sich nichts geändert.`],
  }),
  'app-connected': ({ practice, app, at }) => ({
    subject: 'Eine App wurde mit Ihrer Akte verbunden',
    paragraphs: [
      `Am ${at} wurde die App ${app} mit Ihrer Akte bei ${practice} verbunden.`,
      'Was sie lesen darf und wie Sie sie trennen, steht auf der Seite Ihres Kontos.',
    ],
  }),
  'proxy-added': ({ practice, at }) => ({
    subject: `${practice}: Jemand darf jetzt eine Ihrer Akten sehen`,
    paragraphs: [
      `Am ${at} wurde jemandem erlaubt, eine Akte zu sehen, um die Sie sich bei ${practice} kümmern.`,
      'Wer das ist und wie Sie es beenden, steht auf der Seite Ihrer Familie.',
    ],
  }),
  'sign-in-held': ({ at, until }) => ({
    subject: 'Die Anmeldung wurde angehalten',
    paragraphs: [
      `Am ${at} ist jemand viele Male daran gescheitert, sich als Sie anzumelden. Passphrasen ` +
        `und Codes gelten für Ihr Konto bis ${until} nicht; Passkeys gelten.`,
    ],
  }),
  closing: (host) =>
    `Das schrieb Postern bei ${host}. Unsere E-Mails fragen nie nach einem Code oder einer ` +
    'Passphrase. Antworten werden nicht gelesen.',
};
