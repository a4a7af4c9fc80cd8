import { expect, test } from 'vitest';
import type { Answer } from '../base/exchange.ts';
import { prettyAnswer } from './pretty.ts';

const answer = (text: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/fhir+json; charset=utf-8' },
  body: Buffer.from(text),
});
const pretty = (text: string) =>
  Buffer.from(prettyAnswer({ query: '_pretty=true' }, answer(text)).body as Uint8Array).toString();

test('puts each member on a line, and leaves what is empty together', () => {
  expect(pretty('{"a":1.10,"b":[],"c":{},"d":[{"e":"x"},true],"f":"{\\"[,:"}')).toBe(
    [
      '{',
      '  "a": 1.10,',
      '  "b": [],',
      '  "c": {},',
      '  "d": [',
      '    {',
      '      "e": "x"',
      '    },',
      '    true',
      '  ],',
      '  "f": "{\\"[,:"',
      '}',
      '',
    ].join('\n'),
  );
});

test('copes with a text as long as a file', () => {
  const data = `${'A'.repeat(12_000_000)}\\n${'\\\\'.repeat(500_000)}`;
  expect(pretty(`{"data":"${data}"}`)).toBe(`{\n  "data": "${data}"\n}\n`);
});

test('leaves alone what is no JSON, and what nobody wants spread', () => {
  const plain = { ...answer('{"a":1}'), headers: { 'content-type': 'text/plain' } };
  expect(prettyAnswer({ query: '_pretty=true' }, plain)).toBe(plain);
  const unasked = answer('{"a":1}');
  for (const query of ['', '_pretty=false', 'x_pretty=true'])
    expect(prettyAnswer({ query }, unasked)).toBe(unasked);
});
