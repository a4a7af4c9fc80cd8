/** XML as it is written (https://www.w3.org/TR/xml/): what is no letter of XML is left out, the rest escaped. */

export type Xml = { readonly xml: string } | string | null | readonly Xml[];

export type Attributes = Readonly<Record<string, string | null | undefined>>;

/** Texts among the children are escaped; attributes that are null are left out. */
export function el(name: string, attributes: Attributes = {}, ...children: readonly Xml[]): { xml: string } {
  const said = Object.entries(attributes)
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('');
  const inner = children.map(written).join('');
  return { xml: inner === '' ? `<${name}${said}/>` : `<${name}${said}>${inner}</${name}>` };
}

function written(child: Xml): string {
  if (child === null) return '';
  if (typeof child === 'string') return escaped(child);
  return 'xml' in child ? child.xml : child.map(written).join('');
}

const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  const plain = text.toWellFormed().replace(NOT_XML, '\ufffd');
  return plain.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
