import fc from 'fast-check';
import { expect, test } from 'vitest';
import { itemsOf, membersOf, type Span } from './json-spans.ts';

const textAt = (bytes: Uint8Array, span: Span): string =>
  Buffer.from(bytes.subarray(span.start, span.end)).toString();

test('the members and items of any JSON are found where they are', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.constantFrom(0, 1, 2), (list, indent) => {
      const bytes = Buffer.from(
        `\n${JSON.stringify({ a: 'x', entry: list, b: -1.5, c: null }, null, indent)}\n`,
      );
      const members = membersOf(bytes);
      expect([...members.keys()]).toEqual(['a', 'entry', 'b', 'c']);
      expect(textAt(bytes, members.get('b')!)).toBe('-1.5');
      const items = [...itemsOf(bytes, members.get('entry')!)].map((span) => JSON.parse(textAt(bytes, span)));
      expect(items).toEqual(JSON.parse(JSON.stringify(list)));
    }),
  );
});

test('a byte order mark before the object is passed over', () => {
  expect([...membersOf(Buffer.from('\ufeff{"a":1}')).keys()]).toEqual(['a']);
});

test('text that is cut off anywhere is refused', () => {
  const whole = '{"resourceType":"Bundle","entry":[{"resource":{"text":"a \\" b"}},2],"n":3}';
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => membersOf(Buffer.from(whole.slice(0, length)))).toThrow(/not JSON/);
  }
  expect(() => membersOf(Buffer.from(`${whole}}`))).toThrow(/not JSON/);
  expect([...membersOf(Buffer.from(whole)).keys()]).toEqual(['resourceType', 'entry', 'n']);
});

test('arbitrary bytes never run past the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
      const bytes = Buffer.concat([Buffer.from('{"entry":['), noise]);
      try {
        for (const span of itemsOf(bytes, membersOf(bytes).get('entry')!)) {
          expect(span.end).toBeLessThanOrEqual(bytes.length);
        }
      } catch (error) {
        expect((error as { code?: string }).code).toBe('invalid');
      }
    }),
  );
});
