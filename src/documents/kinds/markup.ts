/**
 * Text that is more than text: pages, drawings and scripts, which a browser or a shell would run, and
 * clinical documents in XML. Reads the beginning alone, forwards, without ever going back.
 */
import type { KindName } from './file-kind.ts';

/** What makes a page of a text wherever it stands; words that may follow a "<" in a report are not here. */
const PAGE = new RegExp(
  '<(?:!doctype html|html|script|iframe|svg|object|embed|applet|\\?php|[a-z0-9_-]{1,40}:' +
    '(?:script|svg|html))(?=[\\s/>])',
  'i',
);
/** Elements that begin a page for a browser (WHATWG MIME Sniffing, section 7.1), and the like. */
const PAGE_ROOTS: ReadonlySet<string> = new Set(
  (
    'html head body script iframe h1 h2 h3 h4 h5 h6 div span font table a style title b i br p pre img ' +
    'form input svg math meta link base object embed applet video audio details template stylesheet ' +
    'transform package job'
  ).split(' '),
);
const SCRIPT = /^(?:#!|@echo |windows registry editor|regedit4|%!ps|\[internetshortcut\])/i;
const CLINICAL_NAMESPACE = 'urn:hl7-org:v3';

/** What a text is by its beginning. */
export function kindOfText(text: string): KindName {
  const start = text.trimStart();
  if (/^\{\\rtf/i.test(start)) return 'older-office-document';
  if (SCRIPT.test(start)) return 'program';
  if (/^<[a-z_!?]/i.test(start)) return kindOfMarkup(start);
  return PAGE.test(text) ? 'page' : 'text';
}

/** A clinical document may hold any words in its narrative; it is never shown as it is. */
function kindOfMarkup(text: string): KindName {
  const root = readRoot(text);
  if (root?.name === 'ClinicalDocument' && root.namespace === CLINICAL_NAMESPACE) return 'ccda';
  return PAGE.test(text) || (root !== null && PAGE_ROOTS.has(root.name.toLowerCase())) ? 'page' : 'other-xml';
}

interface Root {
  readonly name: string;
  readonly namespace: string | null;
}

/** The root element after what may stand before it; null where there is none or a DTD stands before it. */
function readRoot(text: string): Root | null {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    const end = endOfProlog(text, at);
    if (end === null) break;
    at = end;
  }
  if (text.startsWith('<!', at) || text.startsWith('<?', at)) return null;
  const tag = /^<(?:([\w.-]{1,60}):)?([\w.-]{1,60})(?=[\s/>])/.exec(text.slice(at, at + 130));
  const end = text.indexOf('>', at);
  if (tag === null || end === -1) return null;
  const [, prefix, name] = tag;
  const attribute = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`;
  return { name: name!, namespace: attributeOf(text.slice(at + tag[0].length, end), attribute) };
}

/** Behind a declaration, an instruction or a comment that begins here; null where none does. */
function endOfProlog(text: string, at: number): number | null {
  for (const [open, close] of [
    ['<?', '?>'],
    ['<!--', '-->'],
  ] as const) {
    if (!text.startsWith(open, at)) continue;
    const end = text.indexOf(close, at + open.length);
    return end === -1 ? null : end + close.length;
  }
  return null;
}

function attributeOf(attributes: string, name: string): string | null {
  for (const [, found, double, single] of attributes.matchAll(
    /\s([\w.:-]{1,60})\s?=\s?(?:"([^"]*)"|'([^']*)')/g,
  )) {
    if (found === name) return double ?? single ?? '';
  }
  return null;
}
