/**
 * What patients read while the portal is closed: in three languages, without a script, and with whom to
 * turn to instead. It is closed until `postern prove` has passed, which nobody who reads it can do.
 */
import type { Answer } from '../base/exchange.ts';

const STYLE =
  'body{margin:0;min-height:100vh;display:grid;place-items:center;font:1.125rem/1.6 system-ui,sans-serif;' +
  'background:#f6f4ef;color:#22302d}main{max-width:34rem;padding:2rem}section+section{margin-top:2rem;' +
  'padding-top:2rem;border-top:1px solid #d8d3c6}h1,h2{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}' +
  'p{margin:0}@media (prefers-color-scheme:dark){body{background:#161d1c;color:#e6e9e7}section+section' +
  '{border-color:#35403d}}';

/** SHA-256 of the style, in base64; `closed-page.test.ts` says when it is another. */
const STYLE_DIGEST = 'sha256-pg9zLqVIbl2hO51851nh9zq34dStmqAqnO5/LA2rRhs=';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>The portal is closed for a moment</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<section>
<h1>The portal is closed for a moment</h1>
<p>Your practice is checking that your records are safe here before it opens the portal. Nothing is lost.
Please come back a little later. If it is urgent, call your practice.</p>
</section>
<section lang="es">
<h2>El portal está cerrado por un momento</h2>
<p>Su consulta comprueba que sus datos estén seguros aquí antes de abrir el portal. No se ha perdido nada.
Vuelva un poco más tarde, por favor. Si es urgente, llame a su consulta.</p>
</section>
<section lang="de">
<h2>Das Portal ist gerade geschlossen</h2>
<p>Ihre Praxis prüft, dass Ihre Daten hier sicher sind, bevor sie das Portal öffnet. Es ist nichts verloren.
Bitte kommen Sie etwas später wieder. Wenn es eilt, rufen Sie Ihre Praxis an.</p>
</section>
</main>
</body>
</html>
`;

export const CLOSED_PAGE: Answer = {
  status: 503,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; style-src '${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; ` +
      "frame-ancestors 'none'",
    'retry-after': '300',
  },
  body: Buffer.from(PAGE),
};

/** For the test of the digest. */
export const CLOSED_STYLE = STYLE;
