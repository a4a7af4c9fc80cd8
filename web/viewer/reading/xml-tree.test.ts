import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementAt, elementsAt, parseXml, textOf } from './xml-tree.ts';

test('reads elements, attributes, text, references and CDATA, without prefixes', () => {
  const tree = parseXml(
    '\ufeff<?xml version="1.0"?><!-- a --><a:r b="1 &amp; &#x32;" c=\'"\'>' +
      '<a:p>x &lt; y</a:p><p><![CDATA[<b>]]></p><p/></a:r>\n',
  );
  expect(tree?.attributes).toMatchObject({ b: '1 & 2', c: '"' });
  expect(elementsAt(tree!, 'p').map(textOf)).toEqual(['x < y', '<b>', '']);
  expect(elementAt(tree!, 'p', 'q')).toBeUndefined();
});

test.each([
  '<a><b></a></b>',
  '<a>',
  '<a/><b/>',
  '<a b="></a>',
  'no markup',
  '',
  '</a>',
  `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`,
])('refuses %j', (text) => {
  expect(parseXml(text.slice(0, 4000))).toBeNull();
});

test('makes nothing of a document type: no entity grows, none is fetched', () => {
  const lol = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
    '',
  );
  const passwords = '<!ENTITY x SYSTEM "file:///etc/passwd">';
  const text = `<!DOCTYPE a [<!ENTITY l0 "lol">${passwords}${lol}]><a>&l9; &x;</a>`;
  expect(textOf(parseXml(text)!)).toBe('&l9; &x;');
});

test('ends soon, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('<', '>', '/', '"', "'", '!', '--', '[', ']', '?', 'a', '=', ' ', '&')),
      (parts) => {
        parseXml(parts.join(''));
      },
    ),
  );
  const start = performance.now();
  for (const hard of ['<a ', '<!--', '<!DOCTYPE [', '<a b="', '<?', "<a b='c' "])
    parseXml(hard.repeat(20_000));
  expect(performance.now() - start).toBeLessThan(5000);
});
