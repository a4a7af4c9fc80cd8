/** The letter to print: whole without a script, under a policy that lets nothing in but its own style. */
import qrcode from 'qrcode-generator';
import type { Answer } from '../../base/exchange.ts';
import type { Language } from '../../post/index.ts';
import { secretTokenHash } from '../../seal/index.ts';

export interface LetterParts {
  readonly practice: string;
  readonly name: string;
  readonly code: string;
  readonly link: string;
  readonly expires: Date;
  /** IANA; the day on which it expires is that of the practice. */
  readonly timeZone: string;
  /** Staff are asked for none. */
  readonly asksBirthDate: boolean;
  readonly language: Language;
}

interface LetterWords {
  readonly title: (practice: string) => string;
  readonly greeting: (name: string) => string;
  readonly what: (practice: string) => string;
  readonly scan: string;
  readonly type: (address: string) => string;
  readonly code: string;
  readonly prove: string;
  readonly proveStaff: string;
  readonly until: (time: string) => string;
  readonly careful: string;
}

const WORDS: Readonly<Record<Language, LetterWords>> = {
  en: {
    title: (practice) => `Your access at ${practice}`,
    greeting: (name) => `For ${name}`,
    what: (practice) => `${practice} invites you to its online access. It takes about three minutes.`,
    scan: 'Point the camera of your phone at this square and open the link.',
    type: (address) => `Or type this address into any browser, and then the code: ${address}`,
    code: 'Your code',
    prove: 'You will be asked for a date of birth and for your e-mail address.',
    proveStaff: 'You will be asked for your e-mail address.',
    until: (time) => `The code works once, until ${time}.`,
    careful: 'Keep this letter to yourself until you have used it. We never ask for the code by telephone.',
  },
  de: {
    title: (practice) => `Ihr Zugang bei ${practice}`,
    greeting: (name) => `Für ${name}`,
    what: (practice) => `${practice} lädt Sie zum Online-Zugang ein. Es dauert etwa drei Minuten.`,
    scan: 'Richten Sie die Kamera Ihres Telefons auf dieses Quadrat und öffnen Sie den Link.',
    type: (address) => `Oder geben Sie diese Adresse in einen Browser ein, und dann den Code: ${address}`,
    code: 'Ihr Code',
    prove: 'Sie werden nach einem Geburtsdatum und nach Ihrer E-Mail-Adresse gefragt.',
    proveStaff: 'Sie werden nach Ihrer E-Mail-Adresse gefragt.',
    until: (time) => `Der Code gilt einmal, bis ${time}.`,
    careful:
      'Behalten Sie diesen Brief für sich, bis Sie ihn benutzt haben. ' +
      'Wir fragen nie am Telefon nach dem Code.',
  },
  es: {
    title: (practice) => `Su acceso en ${practice}`,
    greeting: (name) => `Para ${name}`,
    what: (practice) => `${practice} le invita a su acceso en línea. Se tarda unos tres minutos.`,
    scan: 'Apunte la cámara de su teléfono a este cuadrado y abra el enlace.',
    type: (address) => `O escriba esta dirección en un navegador, y después el código: ${address}`,
    code: 'Su código',
    prove: 'Se le preguntará una fecha de nacimiento y su dirección de correo electrónico.',
    proveStaff: 'Se le preguntará su dirección de correo electrónico.',
    until: (time) => `El código funciona una sola vez, hasta el ${time}.`,
    careful: 'Guarde esta carta para usted hasta que la haya usado. Nunca pedimos el código por teléfono.',
  },
};

const STYLE = `
@page { margin: 25mm 20mm }
body { font: 13pt/1.5 system-ui, sans-serif; max-width: 42em; margin: 2em auto; padding: 0 1em; color: #111;
  background: #fff }
h1 { font-size: 1.5em }
svg { width: 45mm; height: 45mm }
.code { font: 700 1.9em/1.4 ui-monospace, monospace; letter-spacing: .08em }
.link { overflow-wrap: anywhere }
`;
/** CSP 3 section 2.3.1: the digest of the one style that there is. */
const STYLE_DIGEST = Buffer.from(secretTokenHash(STYLE), 'hex').toString('base64');
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_DIGEST}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function letterAnswer(parts: LetterParts): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
    body: Buffer.from(letterPage(parts)),
  };
}

export function letterPage(parts: LetterParts): string {
  const { practice, name, code, link, expires, timeZone, language, asksBirthDate } = parts;
  const words = WORDS[language];
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(expires);
  const address = link.slice(0, link.indexOf('#'));
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    `<head><meta charset="utf-8"><title>${html(words.title(practice))}</title><style>${STYLE}</style></head>`,
    '<body><main>',
    `<h1>${html(words.title(practice))}</h1>`,
    `<p>${html(words.greeting(name))}</p>`,
    `<p>${html(words.what(practice))}</p>`,
    `<p>${html(words.scan)}</p>`,
    squareOf(link),
    `<p class="link">${html(words.type(address))}</p>`,
    `<p>${html(words.code)}<br><span class="code">${html(code)}</span></p>`,
    `<p>${html(asksBirthDate ? words.prove : words.proveStaff)} ${html(words.until(time))}</p>`,
    `<p>${html(words.careful)}</p>`,
    '</main></body></html>',
    '',
  ].join('\n');
}

/** The QR code of a link as one path; quiet zone of four modules (ISO/IEC 18004). */
function squareOf(link: string): string {
  const code = qrcode(0, 'M');
  code.addData(link);
  code.make();
  const count = code.getModuleCount();
  const dots: string[] = [];
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) dots.push(`M${column + 4} ${row + 4}h1v1h-1z`);
    }
  }
  const size = count + 8;
  return [
    `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="QR">`,
    `<rect width="${size}" height="${size}" fill="#fff"/><path fill="#000" d="${dots.join('')}"/></svg>`,
  ].join('');
}

/** Text as HTML; nothing else may come between tags or quotes. */
function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
