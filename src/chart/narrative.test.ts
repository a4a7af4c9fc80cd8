import { expect, test } from 'vitest';
import { narrativeFault } from './narrative.ts';

const XMLNS = 'xmlns="http://www.w3.org/1999/xhtml"';
const inDiv = (content: string): string => `<div ${XMLNS}>${content}</div>`;

test.each([
  'Plain text &amp; an entity',
  '<p>One</p><br/><hr class="x" />',
  '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
  '<a href="https://example.org/a?b=c:d">link</a> <a href="Patient/1">x</a> <a href="#a">y</a>',
  '<img src="data:image/png;base64,AAAA" alt=\'a > b\'/>',
  '<!-- a remark --> 1 > 0',
])('a narrative may hold %s', (content) => {
  expect(narrativeFault(inDiv(content))).toBeNull();
});

test.each([
  '<script>1</script>',
  '<SCRIPT>1</SCRIPT>',
  '<p onclick="x()">1</p>',
  '<p ONCLICK="x()">1</p>',
  '<img src=x onerror=x()>',
  '<iframe src="https://example.org"></iframe>',
  '<form action="x"><input name="a"/></form>',
  '<object data="x"></object>',
  '<link rel="stylesheet" href="x"/>',
  '<svg><circle/></svg>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#x09;script:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>',
  '<a href="javascript&colon;alert(1)">x</a>',
  '<a href=" \u0001javascript:alert(1)">x</a>',
  '<img src="data:text/html,x"/>',
  '<img src="data:image/svg+xml;base64,x"/>',
  '<p>not closed',
  '<b><i>crossed</b></i>',
  'a < b',
  '<![CDATA[<script>1</script>]]>',
  '<!-- a --!> <script>',
  '<?php x ?>',
  '</div><script>1</script><div>',
  '</div><p>after</p><div>',
])('a narrative may not hold %s', (content) => {
  expect(narrativeFault(inDiv(content))).not.toBeNull();
});

test('a narrative is one div', () => {
  expect(narrativeFault('text')).not.toBeNull();
  expect(narrativeFault('<p>text</p>')).not.toBeNull();
  expect(narrativeFault(`${inDiv('a')}${inDiv('b')}`)).not.toBeNull();
  expect(narrativeFault(`${inDiv('a')} text`)).not.toBeNull();
});

test('a hostile narrative takes time in proportion to its length', () => {
  const hostile = [`<p ${'a="b" '.repeat(30_000)}`, `<p${' '.repeat(200_000)}`, `<${'a'.repeat(200_000)}`];
  for (const content of hostile) {
    const start = performance.now();
    expect(narrativeFault(inDiv(content))).not.toBeNull();
    expect(performance.now() - start).toBeLessThan(1000);
  }
});
