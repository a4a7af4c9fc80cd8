/** The words of the disclosure desk, in German. */
import type { DeskWords } from './words-en.ts';

export const de: DeskWords = {
  language: 'de',
  name: 'Deutsch',
  skip: 'Zum Inhalt',
  pages: 'Seiten zur Sicherheit',
  languages: 'Sprachen',
  policyLink: 'Richtlinie',
  reportLink: 'Melden',
  receiptLink: 'Beleg',
  nobody: 'Hier ist kein Kontakt eingerichtet. Bitte rufen Sie in der Praxis an.',
  policy: {
    title: 'Eine Schwachstelle gefunden? Danke.',
    lead:
      'Menschen vertrauen dieser Praxis ihre Gesundheitsdaten an. Wenn Sie einen Weg gefunden haben, den ' +
      'es nicht geben sollte, möchten wir davon hören, wer immer Sie sind. Hier steht, was Sie dürfen ' +
      'und was Sie von uns erwarten können.',
    before: [
      {
        heading: 'Sie haben von uns nichts zu befürchten',
        paragraphs: [
          'Wenn Sie sich bei der Suche nach Schwachstellen redlich bemühen, diese Richtlinie ' +
            'einzuhalten, betrachten wir Ihr Handeln als erlaubt. Wir arbeiten mit Ihnen zusammen, um ' +
            'die Sache rasch zu verstehen und zu beheben, und wir werden keine rechtlichen Schritte ' +
            'gegen Sie einleiten oder empfehlen.',
          'Geht jemand anderes wegen etwas gegen Sie vor, das Sie im Rahmen dieser Richtlinie getan ' +
            'haben, so machen wir bekannt, dass Sie unsere Erlaubnis hatten.',
        ],
      },
      {
        heading: 'Worum wir Sie bitten',
        paragraphs: ['Bitte bei der Suche:'],
        list: [
          'Sagen Sie uns so bald wie möglich, was Sie gefunden haben.',
          'Hören Sie beim ersten Datensatz auf. Wenn Sie irgendetwas von Patienten sehen (einen Namen, ' +
            'ein Datum, ein Dokument), gehen Sie nicht weiter, behalten Sie keine Kopie und sagen Sie es ' +
            'uns sofort.',
          'Gehen Sie nur so weit, wie nötig ist, um die Schwachstelle zu zeigen. Bleiben Sie nicht im ' +
            'System, und gelangen Sie damit nirgendwo anders hin.',
          'Schonen Sie alle, die hier arbeiten oder behandelt werden: Ändern, löschen und bremsen Sie ' +
            'nichts.',
          'Geben Sie uns 90 Tage Zeit, bevor Sie öffentlich darüber sprechen.',
          'Gute Berichte statt vieler: Die Ausgabe eines Scanners allein hilft nicht.',
        ],
      },
      {
        heading: 'Was nicht erlaubt ist',
        paragraphs: [],
        list: [
          'Versuche, die einen Dienst lahmlegen (Denial of Service) oder Daten beschädigen könnten.',
          'Räume zu betreten, Beschäftigte oder Patienten zu täuschen, Phishing und alles andere, was ' +
            'nicht technisch ist.',
          'Sich als jemand anzumelden, der dem nicht zugestimmt hat.',
        ],
      },
      {
        heading: 'Worum es geht',
        paragraphs: [
          'Um alles unter {url}: die Seiten, die Programmierschnittstelle unter /fhir und was sonst ' +
            'unter dieser Adresse antwortet.',
          'Alles andere fällt nicht darunter, auch nicht andere Dienste der Praxis und ihrer Partner. ' +
            'Wenn Sie unsicher sind, fragen Sie uns, bevor Sie beginnen. Was Sie bei anderen finden, ' +
            'melden Sie bitte dort.',
        ],
      },
    ],
    reporting: {
      heading: 'Wie Sie melden',
      form:
        'Am besten mit dem Formular. Es braucht weder Konto noch Namen. Was Sie schreiben, wird in Ihrem ' +
        'Browser versiegelt, sodass nur die Verantwortlichen für Sicherheit es lesen können, und Sie ' +
        'bekommen sofort einen Beleg.',
      button: 'Schwachstelle melden',
      others: 'Sie erreichen uns auch hier:',
      machines: 'Programme finden dasselbe in',
    },
    after: [
      {
        heading: 'Was uns hilft',
        paragraphs: ['Ein guter Bericht:'],
        list: [
          'sagt, wo die Schwachstelle ist und was jemand damit anrichten könnte;',
          'sagt Schritt für Schritt, wie man sie nachvollzieht (ein Skript oder ein Bild hilft);',
          'ist möglichst auf Deutsch, Englisch oder Spanisch.',
        ],
      },
      {
        heading: 'Was Sie erwarten können',
        paragraphs: ['Wenn Sie sagen, wie wir Sie erreichen, sind wir so offen zu Ihnen, wie wir können:'],
        list: [
          'Innerhalb von drei Arbeitstagen bestätigen wir, dass Ihr Bericht gelesen wurde.',
          'Soweit wir können, sagen wir, ob es sich so verhält, was wir tun und was uns aufhält.',
          'Wir bleiben mit Ihnen im Gespräch, bis die Sache erledigt ist, und nennen Sie als Finder, ' +
            'wenn Sie das möchten.',
        ],
      },
      {
        heading: 'Fragen',
        paragraphs: [
          'Fragen Sie auf demselben Weg, gern auch vorher. Über Vorschläge zu dieser Richtlinie freuen ' +
            'wir uns.',
        ],
      },
    ],
  },
  report: {
    title: 'Schwachstelle melden',
    lead:
      'Schreiben Sie in eigenen Worten, was Sie gefunden haben. Sie brauchen kein Konto und müssen nicht ' +
      'sagen, wer Sie sind.',
    closed:
      'Versiegelte Meldungen sind hier noch nicht eingerichtet. Bitte sagen Sie es uns auf anderem Weg; ' +
      'wir sind froh darüber.',
    rules: 'Was Sie dürfen und was Sie erwarten können',
    noScript:
      'Dieses Formular versiegelt in Ihrem Browser, was Sie schreiben, bevor es gesendet wird; dafür ' +
      'braucht es JavaScript. Ohne JavaScript schreiben Sie uns bitte; wir lesen es ebenso:',
    byHand:
      'Wenn Sie das Programm age kennen, können Sie Ihren Text an diesen Empfänger versiegeln und mailen:',
    what: { label: 'Was haben Sie gefunden?', hint: 'Und was könnte jemand damit anrichten?' },
    where: { label: 'Wo ist es?', hint: 'Eine Adresse, eine Seite oder ein Teil der Software.' },
    how: {
      label: 'Wie können wir es nachvollziehen?',
      hint: 'Schritt für Schritt. Bitte ohne das, was Patienten gehört: Namen, Daten, Dokumente.',
    },
    contact: {
      label: 'Wie erreichen wir Sie?',
      hint:
        'Eine E-Mail-Adresse oder etwas anderes. Ohne sie können wir nicht nachfragen, und es bleibt nur ' +
        'der Beleg.',
    },
    optional: 'wenn Sie möchten',
    sealed: 'Versiegelt in Ihrem Browser. Nur die Verantwortlichen für Sicherheit können es öffnen.',
    send: 'Versiegeln und senden',
    sealing: 'Wird versiegelt…',
    sending: 'Wird gesendet…',
    failures: {
      empty: 'Bitte schreiben Sie, was Sie gefunden haben.',
      long:
        'Das ist mehr, als auf einmal gesendet werden kann. Bitte kürzen Sie es oder senden Sie es in ' +
        'Teilen.',
      offline:
        'Es konnte nicht gesendet werden: Die Verbindung ist weg. Ihr Text steht noch hier. Bitte senden ' +
        'Sie ihn noch einmal.',
      throttled:
        'Aus Ihrem Netz sind viele Meldungen gekommen. Ihr Text steht noch hier. Bitte senden Sie ihn in ' +
        '{minutes} min noch einmal.',
      full:
        'Es kann gerade nicht angenommen werden. Ihr Text steht noch hier. Bitte versuchen Sie es noch ' +
        'einmal, oder schreiben Sie uns.',
      broken:
        'Bei uns ist etwas schiefgegangen. Ihr Text steht noch hier. Bitte versuchen Sie es noch einmal, ' +
        'oder schreiben Sie uns.',
    },
    done: {
      heading: 'Es ist angekommen. Danke.',
      keep: 'Das ist Ihr Beleg. Heben Sie ihn auf: Damit können Sie fragen, was aus Ihrer Meldung wurde.',
      next: 'Wir lesen Meldungen innerhalb von drei Arbeitstagen.',
      ask: 'Fragen, was daraus geworden ist',
    },
  },
  receipt: {
    title: 'Was aus einer Meldung wurde',
    lead: 'Geben Sie die Nummer Ihres Belegs ein.',
    label: 'Nummer des Belegs',
    ask: 'Fragen',
    unknown: 'Es gibt keine Meldung mit dieser Nummer. Bitte vergleichen Sie sie mit Ihrem Beleg.',
    received: 'Eingegangen am {date}.',
    waiting: 'Noch hat niemand bestätigt, dass sie gelesen wurde.',
    read: 'Gelesen und bestätigt am {date}.',
  },
};
