/** What a browser shows where single sign-on does not go on: one sentence, and the way back to the door. */
import type { Answer, Request } from '../../base/exchange.ts';
import { headerOf } from '../../base/exchange.ts';

export type Trouble = 'absent' | 'refused' | 'unknown' | 'no-role' | 'unavailable';
type Language = 'en' | 'es' | 'de';

const STATUS: Readonly<Record<Trouble, number>> = {
  absent: 404,
  refused: 400,
  unknown: 403,
  'no-role': 403,
  unavailable: 503,
};

const BACK: Readonly<Record<Language, string>> = {
  en: 'Back to signing in',
  es: 'Volver a iniciar sesión',
  de: 'Zurück zur Anmeldung',
};

const SENTENCES: Readonly<Record<Trouble, Readonly<Record<Language, string>>>> = {
  absent: {
    en: 'There is no single sign-on here for that practice. Sign in with a passkey.',
    es: 'Aquí no hay inicio de sesión único para esa consulta. Inicie sesión con una llave de acceso.',
    de: 'Für diese Praxis gibt es hier keine gemeinsame Anmeldung. Melden Sie sich mit einem Passkey an.',
  },
  refused: {
    en: 'Signing in did not work. Begin again, in this browser. If it fails again, ask your practice.',
    es: 'No se pudo iniciar sesión. Empiece de nuevo en este navegador, o pregunte a su consulta.',
    de: 'Die Anmeldung hat nicht geklappt. Beginnen Sie hier neu, oder fragen Sie in Ihrer Praxis.',
  },
  unknown: {
    en: 'Your practice’s account is not joined to yours here. Sign in with a passkey and join it.',
    es: 'La cuenta de su consulta no está unida a la suya. Entre con una llave de acceso y únala.',
    de: 'Ihr Praxiskonto ist hier nicht verbunden. Melden Sie sich an und verbinden Sie es.',
  },
  'no-role': {
    en: 'Your account has no role in this practice now. Ask its owner.',
    es: 'Su cuenta no tiene ahora ninguna función en esta consulta. Pregunte a su titular.',
    de: 'Ihr Konto hat in dieser Praxis zurzeit keine Rolle. Fragen Sie deren Inhaberin oder Inhaber.',
  },
  unavailable: {
    en: 'Your practice’s sign-in does not answer. Try again later, or sign in with a passkey.',
    es: 'El inicio de sesión de su consulta no responde. Inténtelo más tarde o use una llave de acceso.',
    de: 'Die Anmeldung Ihrer Praxis antwortet nicht. Versuchen Sie es später oder mit einem Passkey.',
  },
};

const TITLES: Readonly<Record<Trouble, Readonly<Record<Language, string>>>> = {
  absent: { en: 'Not here', es: 'Aquí no', de: 'Hier nicht' },
  refused: { en: 'That did not work', es: 'No ha funcionado', de: 'Das hat nicht geklappt' },
  unknown: { en: 'Join your account first', es: 'Una antes su cuenta', de: 'Erst das Konto verbinden' },
  'no-role': { en: 'No role at the moment', es: 'Sin función por ahora', de: 'Zurzeit keine Rolle' },
  unavailable: { en: 'No answer just now', es: 'Ahora no responde', de: 'Gerade keine Antwort' },
};

/** For the test of its digest. */
export const TROUBLE_STYLE =
  'body{margin:0;min-height:100vh;display:grid;place-items:center;font:1.125rem/1.6 system-ui,sans-' +
  'serif;background:#f6f4ef;color:#22302d}main{box-sizing:border-box;width:min(30rem,100%);padding:' +
  '2rem}h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.3}p{margin:0 0 1.5rem}a{display:inline-' +
  'block;padding:.75rem 1.25rem;border-radius:.6rem;background:#1e5c4c;color:#fff;font-weight:600;t' +
  'ext-decoration:none}a:focus-visible{outline:3px solid #1e5c4c;outline-offset:3px}@media (prefers' +
  '-color-scheme:dark){body{background:#161d1c;color:#e6e9e7}a{background:#8fd0b5;color:#12201c}a:f' +
  'ocus-visible{outline-color:#8fd0b5}}';

/** SHA-256 of the style, in base64: nothing else of a page may style it. */
const POLICY =
  `default-src 'none'; style-src 'sha256-5AgK+/geh0mCajnzhZZ+dZTnASbs8PjanUthL/fqlaM='; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function troublePage(
  request: Pick<Request, 'headers'>,
  trouble: Trouble,
  cookies: readonly string[],
): Answer {
  const language = languageOf(request);
  const title = TITLES[trouble][language];
  const sentence = SENTENCES[trouble][language];
  const page =
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">' +
    `<title>${title} · Postern</title><style>${TROUBLE_STYLE}</style></head>` +
    `<body><main><h1>${title}</h1><p>${sentence}</p>` +
    `<p><a href="/">${BACK[language]}</a></p></main></body></html>`;
  return {
    status: STATUS[trouble],
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
    },
    cookies,
    body: Buffer.from(page),
  };
}

function languageOf(request: Pick<Request, 'headers'>): Language {
  const wanted = (headerOf(request, 'accept-language') ?? '').toLowerCase().match(/\b(en|es|de)\b/);
  return (wanted?.[1] ?? 'en') as Language;
}
