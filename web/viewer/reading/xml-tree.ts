/**
 * XML as a tree, to be read and nothing else: no entities but the five of XML and those by number, no
 * document type, nothing fetched. The browser's own parser makes markup out of text, which our pages forbid
 * (ADR 0126). Pure; null for what is not well formed or out of all proportion.
 */

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

const MOST_DEEP = 128;
const MOST_NODES = 400_000;

/** One piece of markup: what is passed over, then CDATA, the end of an element, the beginning of one. */
const MARKUP = new RegExp(
  [
    /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/,
    /<!\[CDATA\[([\s\S]*?)\]\]>/,
    /<\/([^\s>]+)\s*>/,
    /<([^\s/>!?]+)((?:[^"'>]|"[^"]*"|'[^']*')*?)(\/?)>/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open extends XmlElement {
  readonly whole: string;
  readonly children: XmlNode[];
}

export function parseXml(text: string): XmlElement | null {
  const root: Open = { name: '', whole: '', attributes: {}, children: [] };
  const open = [root];
  let nodes = 0;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('<', at);
    const here = open.at(-1)!;
    if (next !== at) {
      const words = text.slice(at, next < 0 ? text.length : next);
      here.children.push(unescaped(words));
      at += words.length;
      continue;
    }
    MARKUP.lastIndex = at;
    const found = MARKUP.exec(text);
    nodes += 1;
    if (found === null || nodes > MOST_NODES) return null;
    const [whole, data, closed, name, attributes = '', empty] = found;
    at += whole.length;
    if (data !== undefined) here.children.push(data);
    if (closed !== undefined) {
      if (open.length === 1 || here.whole !== closed) return null;
      open.pop();
    }
    if (name === undefined) continue;
    const element: Open = {
      name: local(name),
      whole: name,
      attributes: attributesOf(attributes),
      children: [],
    };
    here.children.push(element);
    if (empty === '') open.push(element);
    if (open.length > MOST_DEEP) return null;
  }
  const elements = root.children.filter((child) => typeof child !== 'string');
  return open.length === 1 && elements.length === 1 ? elements[0]! : null;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    attributes[local(name)] = unescaped(double ?? single ?? '');
  }
  return attributes;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** The elements of that name right below, or below those on the way. */
export function elementsAt(from: XmlElement | undefined, ...path: readonly string[]): XmlElement[] {
  return path.reduce(
    (found, name) => found.flatMap((each) => each.children.filter((child) => isNamed(child, name))),
    from === undefined ? [] : [from],
  );
}

export function elementAt(from: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return elementsAt(from, ...path)[0];
}

function isNamed(node: XmlNode, name: string): node is XmlElement {
  return typeof node !== 'string' && node.name === name;
}

/** All letters in it, with white space as it is read. */
export function textOf(node: XmlNode | undefined): string {
  if (node === undefined) return '';
  const letters = (each: XmlNode): string =>
    typeof each === 'string' ? each : each.children.map(letters).join(' ');
  return letters(node).replace(/\s+/g, ' ').trim();
}
