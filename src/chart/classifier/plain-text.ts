/**
 * Text as a reader sees it: markup and entities gone, invisible characters out, words that are spelled out or
 * run together brought into the form in which a term is looked for. It is looked through beside the text as
 * it stands, so what is lost here loses nothing.
 */

/** What a text has that reads otherwise than it is written; most texts have none of it. */
const DISGUISED = /[<&]|\p{Cf}|\p{L}[.\-\s·]\p{L}(?!\p{L})|\p{Lu}{2}\p{Ll}{2}/u;

const BLOCKS =
  'address|article|blockquote|br|caption|d[dlt]|div|h[1-6]|hr|li|[ou]l|p|pre|section|t[dhr]|table|tbody';
const BREAKS = new RegExp(`</?(?:${BLOCKS})\\b[^>]*>`, 'gi');
const TAGS = /<[^>]*>/g;
const ENTITIES = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** `H.I.V.`, `A-I-D-S`, `h i v`: single letters in a row. */
const SPELLED = /(?<![\p{L}\d])\p{L}(?:[.\-\s·]+\p{L}(?![\p{L}\d])){2,}/gu;
const BETWEEN_LETTERS = /[.\-\s·]+/g;
/** `HIVpos` */
const RUN_TOGETHER = /(\p{Lu}{2,})(?=\p{Ll}{2})/gu;

/** The text as it reads, or null where it reads as it is written. */
export function plainText(text: string): string | null {
  if (!DISGUISED.test(text)) return null;
  const plain = text
    .replace(BREAKS, ' ')
    .replace(TAGS, '')
    .replace(ENTITIES, characterOf)
    .replace(/\p{Cf}/gu, '')
    .replace(SPELLED, (letters) => letters.replace(BETWEEN_LETTERS, ''))
    .replace(RUN_TOGETHER, '$1 ');
  return plain === text ? null : plain;
}

function characterOf(entity: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? ' ';
  const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hexadecimal!, 16);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : entity;
}

/** Attached text in the encoding that its type or its own first bytes name; UTF-8 otherwise. */
export function decodedText(content: Buffer, contentType: string): string {
  const [first, second] = content;
  const little = first === 0xff && second === 0xfe;
  const big = first === 0xfe && second === 0xff;
  if (big || /utf-?16be/i.test(contentType)) return new TextDecoder('utf-16be').decode(content);
  if (little || /utf-?16/i.test(contentType) || content.subarray(0, 64).includes(0))
    return new TextDecoder('utf-16le').decode(content);
  return content.toString('utf8');
}
