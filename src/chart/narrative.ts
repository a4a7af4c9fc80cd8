/**
 * What a narrative may hold: the XHTML subset of https://hl7.org/fhir/R4/narrative.html#xhtml, so that no
 * resource carries a script to whoever reads it. This is a check at the door, and viewers still treat
 * narrative as hostile: every tag must be well formed by a grammar stricter than any browser's, and closed
 * in order.
 */
const ELEMENTS = new Set(
  (
    'a abbr acronym address b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 ' +
    'h2 h3 h4 h5 h6 hr i img kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th ' +
    'thead tr tt ul var'
  ).split(' '),
);

const ATTRIBUTES = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char ' +
    'charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id ' +
    'lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex ' +
    'title type valign value vspace width xml:lang xmlns xmlns:xhtml'
  ).split(' '),
);

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9:]*)((?:\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const COMMENT = /<!--(?!-?>)[^<>]*?-->/y;
/** Safe as it stands: most links are. */
const PLAIN_LINK = /^(?:https?:\/\/|#)[\w./#?=:-]*$/;
/** HTML's names, `&nbsp;` among them, are not XML's. */
const UNKNOWN_ENTITY = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\dA-Fa-f]{1,6});)/;
const IGNORED = /[\p{Cc}\s]+/gu;
const SAFE_LINK = /^(?:https?:|mailto:|tel:|urn:|data:image\/(?:png|jpeg|gif);|cid:|#|[^:]*$|[^:]*[/?#])/i;

/** What is wrong with a narrative's `div`, in words that do not repeat it; `null` where it is in order. */
export function narrativeFault(text: string): string | null {
  const trimmed = text.trim();
  if (!/^<(?:\w+:)?div[\s/>]/.test(trimmed)) return 'must be one XHTML div';
  if (UNKNOWN_ENTITY.test(trimmed)) return 'holds an entity that XML does not define';
  const open: string[] = [];
  let at = 0;
  while (at !== -1) {
    const tag = matchAt(TAG, trimmed, at);
    const found = tag ?? matchAt(COMMENT, trimmed, at);
    if (found === null) break;
    const fault = tag === null ? null : tagFault(tag, open);
    if (fault !== null) return fault;
    at += found[0].length;
    if (open.length === 0) return at === trimmed.length ? null : 'must be one XHTML div';
    at = trimmed.indexOf('<', at);
  }
  return 'is not well-formed XHTML';
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function tagFault(tag: RegExpExecArray, open: string[]): string | null {
  const [, closing, qualified, attributes, empty] = tag;
  const name = qualified!.startsWith('xhtml:') ? qualified!.slice(6) : qualified!;
  if (closing === '/') return open.pop() === name ? null : 'is not well-formed XHTML';
  if (!ELEMENTS.has(name)) return 'holds an element that narratives may not hold';
  if (empty !== '/') open.push(name);
  if (attributes === '') return null;
  for (const [, key, double, single] of attributes!.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(key!)) return 'holds an attribute that narratives may not hold';
    const link = key === 'href' || key === 'src' || key === 'cite' || key === 'longdesc';
    if (link && !isSafe(double ?? single ?? '')) return 'holds a link of a kind that is not allowed';
  }
  return null;
}

function isSafe(link: string): boolean {
  return PLAIN_LINK.test(link) || SAFE_LINK.test(unescaped(link));
}

/** Character references and the white space that browsers ignore can hide a scheme. */
function unescaped(link: string): string {
  return link
    .replace(/&#(x?)([0-9a-f]+);?/gi, (_, hex: string, digits: string) => {
      const code = Number.parseInt(digits, hex === '' ? 10 : 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/&colon;/gi, ':')
    .replace(/&(?:tab|newline);/gi, '')
    .replace(IGNORED, '');
}
