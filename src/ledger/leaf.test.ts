import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type PracticeId } from '../base/ids.ts';
import { leafOf, lineIdOfLeaf, type StoredLine } from './leaf.ts';

const base: StoredLine = {
  practiceId: '11111111-1111-4111-8111-111111111111' as PracticeId,
  id: '22222222-2222-4222-8222-222222222222',
  atMicros: 1_763_700_000_123_456n,
  sessionHash: Buffer.alloc(32, 7),
  accountId: '33333333-3333-4333-8333-333333333333',
  behalfOf: null,
  purpose: 'TREAT',
  action: 'read',
  outcome: 'ok',
  client: null,
  address: '192.0.2.7',
  entriesText:
    '[["44444444-4444-4444-8444-444444444444", "Observation", "55555555-5555-4555-8555-555555555555", 3]]',
  detail: null,
  bytes: null,
  closes: null,
};

const entries = (...list: unknown[]) => JSON.stringify(list);
const text = fc.string({ unit: 'binary', maxLength: 40 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const anyLine: fc.Arbitrary<StoredLine> = fc.record({
  practiceId: fc.uuid().map((id) => id as PracticeId),
  id: fc.uuid(),
  atMicros: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  sessionHash: optional(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
  accountId: optional(fc.uuid()),
  behalfOf: optional(fc.uuid()),
  purpose: text,
  action: text,
  outcome: text,
  client: optional(text),
  address: optional(text),
  entriesText: fc
    .array(fc.tuple(optional(fc.uuid()), text, text, optional(fc.maxSafeInteger())), { maxLength: 5 })
    .map((list) => JSON.stringify(list)),
  detail: optional(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
  bytes: optional(fc.bigInt({ min: 0n, max: 2n ** 62n })),
  closes: optional(fc.uuid()),
});

describe('the leaf of a line', () => {
  it('is the bytes that docs/spec/access-log.md shows for its example', () => {
    expect(leafOf(base).toString('hex')).toBe(
      [
        '01',
        '0111111111111141118111111111111111',
        '0122222222222242228222222222222222',
        '0006441367ff6a40',
        `010020${'07'.repeat(32)}`,
        '0133333333333343338333333333333333',
        '00',
        '0100055452454154',
        '01000472656164',
        '0100026f6b',
        '00',
        '0100093139322e302e322e37',
        '0100000001',
        '0144444444444444448444444444444444',
        `01000b${Buffer.from('Observation').toString('hex')}`,
        `010024${Buffer.from('55555555-5555-4555-8555-555555555555').toString('hex')}`,
        '010000000000000003',
        '00',
        '00',
        '00',
      ].join(''),
    );
    const spec = readFileSync(new URL('../../docs/spec/access-log.md', import.meta.url), 'utf8');
    const shown = /```\n(01 01 1111[^`]+)```/.exec(spec)?.[1]?.replace(/\s/g, '');
    expect(leafOf(base).toString('hex')).toBe(shown);
    expect(lineIdOfLeaf(leafOf(base))).toBe(base.id);
    expect(lineIdOfLeaf(Buffer.from('no leaf'))).toBeNull();
  });

  it('differs for any two lines that differ', () => {
    fc.assert(
      fc.property(anyLine, anyLine, (a, b) => {
        const leafA = leafOf(a);
        const same = fc.stringify(a) === fc.stringify(b);
        expect(leafA.equals(leafOf(b))).toBe(same);
        // One field at a time is the harder case.
        for (const field of Object.keys(a) as (keyof StoredLine)[]) {
          if (fc.stringify(a[field]) === fc.stringify(b[field])) continue;
          expect(leafA.equals(leafOf({ ...a, [field]: b[field] })), field).toBe(false);
        }
      }),
    );
  });

  it('does not let text wander from one field to the next', () => {
    const a = leafOf({ ...base, purpose: 'ab', action: 'c' });
    expect(a.equals(leafOf({ ...base, purpose: 'a', action: 'bc' }))).toBe(false);
    expect(leafOf({ ...base, client: '' }).equals(leafOf({ ...base, client: null }))).toBe(false);
  });

  it('stays below 65,536 bytes for lines of any size and still tells them apart', () => {
    const chart = newId<PracticeId>();
    const many = (count: number) =>
      entries(...Array.from({ length: count }, (_, i) => [chart, 'Observation', newIdOf(i), 1]));
    const seen = new Set<string>();
    for (const count of [0, 1, 800, 900, 20_000]) {
      const long = 'x'.repeat(count * 10);
      const line = {
        ...base,
        entriesText: many(count),
        client: long,
        address: long,
        purpose: long,
        action: long,
      };
      const leaf = leafOf(line);
      expect(leaf.length).toBeLessThan(65_536);
      expect(leafOf({ ...line, client: `${long}y` }).equals(leaf)).toBe(false);
      seen.add(leaf.toString('hex'));
    }
    expect(seen.size).toBe(5);
    const changed = many(20_000).replace(newIdOf(7), newIdOf(20_001));
    const original = leafOf({ ...base, entriesText: many(20_000) });
    expect(original.equals(leafOf({ ...base, entriesText: changed }))).toBe(false);
  });

  it('exists for entries of the wrong shape, so that nobody can stop the log with one', () => {
    const odd = [
      '{}',
      'null',
      '"x"',
      '[1]',
      '[[null, "Patient"]]',
      '[["not a uuid", "Patient", "x", 1]]',
      '[[null, "Patient", "x", 1.5]]',
      '[[null, "Patient", "x", 9007199254740993]]',
      '[[null, "Patient", "x", 9007199254740992]]',
    ];
    const leaves = odd.map((entriesText) => leafOf({ ...base, entriesText }).toString('hex'));
    expect(new Set(leaves).size).toBe(odd.length);
  });
});

function newIdOf(i: number): string {
  return `55555555-5555-4555-8555-${String(i).padStart(12, '0')}`;
}
