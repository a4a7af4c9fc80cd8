import type { Factor, IncidentKind, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'ein Passkey',
  passphrase: 'eine Passphrase',
  authenticator: 'eine Authenticator-App',
  'recovery-codes': 'ein Satz Wiederherstellungscodes',
  'single-sign-on': 'ein Konto Ihrer Praxis',
};

const INCIDENTS: Readonly<Record<IncidentKind, string>> = {
  canary: 'nach einer Akte wurde gefragt, die niemand öffnen darf',
  refusals: 'eine Sitzung fragte immer wieder nach Fremdem; sie wurde gesperrt',
  'break-glass': 'eine verschlossene Akte wurde im Notfall geöffnet',
  'key-ring': 'eine Zeile der Datenbank wurde von Hand geschrieben oder geändert',
  damaged: 'ein Eintrag öffnet sich nicht so, wie er geschrieben wurde',
  'passkey-copied': 'einen Passkey gibt es zweimal; die Kopie kam nicht hinein',
  'malicious-file': 'eine gesendete Datei ist schädlich; sie liegt abseits und öffnet sich niemandem',
  'sign-in-burst': 'in kurzer Zeit sind viele Anmeldungen gescheitert',
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
  'invitation-used': ({ practice, device, at }) => ({
    subject: `${practice}: Ihre Einladung wurde benutzt`,
    paragraphs: [
      `Ihre Einladung von ${practice} wurde am ${at} benutzt, mit ${device}. Wer das war, legt als ` +
        'Nächstes einen Weg zur Anmeldung an.',
      'Wenn Sie es nicht waren, rufen Sie die Praxis an.',
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
  'app-approved': ({ practice, app, clientId, at }) => ({
    subject: `${practice}: Ihre App ist registriert`,
    paragraphs: [
      `Am ${at} hat ${practice} Ihrer Anfrage zugestimmt: ${app} ist dort registriert. Die Client-ID lautet:`,
      clientId,
      'Ob sie die App einlassen, entscheiden die Menschen dieser Praxis selbst.',
    ],
  }),
  'app-refused': ({ practice, at }) => ({
    subject: `${practice}: Ihre Anfrage wurde abgelehnt`,
    paragraphs: [
      `Am ${at} hat ${practice} eine Anfrage zur Registrierung einer App abgelehnt, in der diese ` +
        'Adresse angegeben war.',
      'Wenn nicht Sie gefragt haben, ist nichts zu tun.',
    ],
  }),
  'access-given': ({ practice, at }) => ({
    subject: `${practice}: Sie haben Zugang erhalten`,
    paragraphs: [
      `Am ${at} haben Sie bei ${practice} Zugang erhalten.`,
      'Was Sie sehen dürfen, steht dort, wenn Sie sich anmelden. Wenn Sie nicht wissen, warum, ' +
        'fragen Sie die Praxis.',
    ],
  }),
  'access-changed': ({ practice, at }) => ({
    subject: `${practice}: Ihr Zugang wurde geändert`,
    paragraphs: [
      `Am ${at} wurde Ihr Zugang bei ${practice} geändert.`,
      'Was Sie sehen dürfen, steht dort, wenn Sie sich anmelden. Wenn Sie nicht wissen, warum, ' +
        'fragen Sie die Praxis.',
    ],
  }),
  'access-ended': ({ practice, at }) => ({
    subject: `${practice}: Ihr Zugang ist beendet`,
    paragraphs: [
      `Am ${at} endete ein Zugang, den Sie bei ${practice} hatten.`,
      'Was Sie sehen dürfen, steht dort, wenn Sie sich anmelden. Wenn Sie nicht wissen, warum, ' +
        'fragen Sie die Praxis.',
    ],
  }),
  'ends-soon': ({ practice }) => ({
    subject: `${practice}: Bitte sehen Sie Ihre Dokumente an`,
    paragraphs: [
      `Etwas, das ${practice} von Ihnen hat, läuft bald ab. Was es ist, steht bei Ihren Dokumenten.`,
      'Oder bringen Sie beim nächsten Mal das neue mit. Sonst ist nichts zu tun.',
    ],
  }),
  'proxy-given': ({ practice, at }) => ({
    subject: `${practice}: Jemand darf jetzt eine Ihrer Akten sehen`,
    paragraphs: [
      `Am ${at} wurde jemandem erlaubt, eine Akte zu sehen, um die Sie sich bei ${practice} kümmern.`,
      'Wer das ist und wie Sie es beenden, steht auf der Seite Ihrer Familie.',
    ],
  }),
  'proxy-changed': ({ practice, at }) => ({
    subject: `${practice}: Was jemand von einer Akte sehen darf, wurde geändert`,
    paragraphs: [
      `Am ${at} wurde geändert, was jemand von einer Akte sehen darf, um die Sie sich bei ` +
        `${practice} kümmern.`,
      'Wer das ist und wie Sie es beenden, steht auf der Seite Ihrer Familie.',
    ],
  }),
  'proxy-ended': ({ practice, at }) => ({
    subject: `${practice}: Jemand darf eine Ihrer Akten nicht mehr sehen`,
    paragraphs: [
      `Am ${at} endete der Zugang von jemandem zu einer Akte, um die Sie sich bei ${practice} kümmern.`,
      'Wer sie noch sehen darf, steht auf der Seite Ihrer Familie.',
    ],
  }),
  'link-opened': ({ practice, at }) => ({
    subject: `${practice}: ein Link zu einer Akte wurde geöffnet`,
    paragraphs: [
      `Ein Link, der etwas aus einer Akte bei ${practice} weitergibt, wurde am ${at} zum ersten Mal ` +
        'geöffnet. Wer ihn geöffnet hat, steht nach dem Anmelden unter „Wer in die Akte gesehen hat“.',
      'Sollte das nicht sein, beenden Sie den Link unter „Per Link gesendet“. Er wirkt sofort nicht mehr.',
    ],
  }),
  'sign-in-burst': ({ at }) => ({
    subject: 'Jemand ist daran gescheitert, sich als Sie anzumelden',
    paragraphs: [
      `Bis ${at} ist jemand viele Male daran gescheitert, sich als Sie anzumelden. Wer weiter ` +
        'probiert, muss immer länger warten; Passkeys und Geräte, mit denen Sie schon angemeldet ' +
        'waren, gehen weiter. Waren Sie es selbst: Bei Passkeys ist nichts zu tippen.',
    ],
  }),
  'address-confirm': ({ link, until }) => ({
    subject: 'Ist das Ihre Adresse?',
    paragraphs: [
      'Jemand, vermutlich Sie, möchte E-Mails zum eigenen Konto an diese Adresse bekommen. Melden ' +
        'Sie sich an und öffnen Sie diesen Link, um sie zu bestätigen:',
      link,
      `Er gilt einmal, bis ${until}. Wenn Sie das nicht waren, tun Sie nichts: Dann kommt hier ` +
        'nichts an.',
    ],
  }),
  'address-added': ({ address, at }) => ({
    subject: 'Eine Adresse ist dazugekommen',
    paragraphs: [
      `Am ${at} kam die Adresse ${address} zu Ihrem Konto dazu. Nachrichten gehen auch dorthin.`,
      NOT_ME,
    ],
  }),
  'address-removed': ({ address, at }) => ({
    subject: 'Eine Adresse wurde entfernt',
    paragraphs: [
      `Am ${at} wurde die Adresse ${address} aus Ihrem Konto entfernt. Dorthin geht nichts mehr.`,
      NOT_ME,
    ],
  }),
  'address-primary': ({ address, at }) => ({
    subject: 'E-Mails gehen zuerst an eine andere Adresse',
    paragraphs: [`Ab ${at} gehen E-Mails zu Ihrem Konto zuerst an ${address}.`, NOT_ME],
  }),
  incident: ({ practice, what, times, at }) => ({
    subject: `${practice}: Bitte sehen Sie nach`,
    paragraphs: [
      `Bei ${practice}: ${INCIDENTS[what]} (zuletzt am ${at}; so oft seit unserer ` +
        `letzten E-Mail: ${times}).`,
      'Wer und was, steht im Zugriffsprotokoll der Praxis: Melden Sie sich an und sehen Sie dort ' +
        'nach Alarmen, oder der Betreiber fragt `postern log show --kind incident`.',
    ],
  }),
  closing: (host) =>
    `Das schrieb Postern bei ${host}. Unsere E-Mails fragen nie nach einem Code oder einer ` +
    'Passphrase. Antworten werden nicht gelesen.',
};
