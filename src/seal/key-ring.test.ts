import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AccountId, type ChartId, newId, type PracticeId } from '../base/ids.ts';
import { ACTIONS, type Action, SECTION_NAMES, type Section } from '../base/section.ts';
import { type KeyedPlace, KeyRing, type SealedRow } from './key-ring.ts';
import { createPracticeKeys, type PracticeKeys } from './practice-keys.ts';
import type { Reach } from './reach.ts';
import { openFileVault } from './vault-file.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-key-ring-'));
const practiceId = newId<PracticeId>();
const [chartId, otherChart] = [newId<ChartId>(), newId<ChartId>()];
const [author, otherAuthor] = [newId<AccountId>(), newId<AccountId>()];
const DAMAGED = expect.objectContaining({ code: 'damaged' });
const NOT_FOUND = expect.objectContaining({ code: 'not-found' });
const ENDED = expect.objectContaining({ code: 'unauthenticated' });

let keys: PracticeKeys;
beforeAll(async () => {
  keys = (await createPracticeKeys(await openFileVault(join(root, 'root.key')), practiceId)).keys;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Question = [Action, Section, ChartId | null, AccountId | null];

/** A reach that remembers what it was asked and answers by a rule that may change. */
class TestReach implements Reach {
  readonly practiceId = practiceId;
  readonly asked: Question[] = [];
  rule: (...question: Question) => boolean = () => true;

  allows(...question: Question): boolean {
    this.asked.push(question);
    return this.rule(...question);
  }
}

let reach: TestReach;
let ring: KeyRing;
beforeEach(() => {
  reach = new TestReach();
  ring = new KeyRing(reach, keys);
});

/** A row as it would lie in the database, sealed by a ring that may do everything. */
function sealedRow(place: Partial<KeyedPlace> = {}, text = 'plaintext'): SealedRow {
  const writer = new KeyRing({ practiceId, allows: () => true }, keys);
  const at = { chartId, section: 'clinical' as Section, author, type: 'Condition', ...place };
  const { wrapped, practiceKeyVersion } = writer.newChartKey(at.chartId, at.section, at.author);
  const row: KeyedPlace = {
    practiceId,
    id: newId(),
    version: 1,
    wrappedKey: wrapped,
    practiceKeyVersion,
    ...at,
  };
  return { ...row, sealed: writer.seal(row, Buffer.from(text)) };
}

describe('opening a row', () => {
  test('gives the plaintext and its origin where the reach allows it', () => {
    const row = sealedRow();
    const opened = ring.open(row);
    expect(opened?.bytes().toString()).toBe('plaintext');
    expect(opened?.origin).toMatchObject({ chartId, section: 'clinical', type: 'Condition', id: row.id });
    expect(opened?.origin).not.toHaveProperty('wrappedKey');
  });

  test('asks for read, and for open where it is a file', () => {
    ring.open(sealedRow());
    ring.open(sealedRow({ type: 'Binary' }));
    expect(reach.asked.map(([action]) => action)).toEqual(['read', 'open']);
  });

  test('answers null and unwraps nothing where the reach refuses', () => {
    const row = sealedRow();
    reach.rule = () => false;
    expect(ring.open(row)).toBeNull();
    expect(reach.asked).toEqual([['read', 'clinical', chartId, null, 'Condition']]);
    expect([ring.unwraps, ring.opens]).toEqual([0, 0]);
  });

  test('asks every time, also when the key is at hand, so a revocation counts at once', () => {
    const row = sealedRow();
    expect(ring.open(row)).not.toBeNull();
    expect(ring.open(row)).not.toBeNull();
    expect([ring.unwraps, ring.opens, reach.asked.length]).toEqual([1, 2, 2]);
    reach.rule = () => false;
    expect(ring.open(row)).toBeNull();
    expect([ring.unwraps, ring.opens, reach.asked.length]).toEqual([1, 2, 3]);
  });

  test('lets the error of an ended reach through', () => {
    reach.rule = () => {
      throw new Error('ended');
    };
    expect(() => ring.open(sealedRow())).toThrow('ended');
    expect(ring.unwraps).toBe(0);
  });

  test('refuses a row of another practice before anything is asked', () => {
    const row = { ...sealedRow(), practiceId: newId<PracticeId>() };
    expect(ring.open(row)).toBeNull();
    expect(() => ring.seal(row, Buffer.from('x'))).toThrow(NOT_FOUND);
    expect(reach.asked).toEqual([]);
  });

  test('never opens what the reach does not allow, whatever is asked in whatever order', () => {
    const rows = SECTION_NAMES.flatMap((section) =>
      [chartId, otherChart, null].map((chart) => sealedRow({ section, chartId: chart })),
    );
    const allowed = fc.tuple(fc.constantFrom(...SECTION_NAMES), fc.constantFrom(chartId, otherChart, null));
    fc.assert(
      fc.property(fc.array(allowed, { maxLength: 8 }), fc.array(fc.nat(rows.length - 1)), (pairs, order) => {
        const has = (row: { section: Section; chartId: ChartId | null }) =>
          pairs.some(([section, chart]) => section === row.section && chart === row.chartId);
        const rule = (_action: Action, section: Section, chart: ChartId | null) =>
          has({ section, chartId: chart });
        const scoped = new KeyRing({ practiceId, allows: rule }, keys, 3);
        for (const index of order) expect(scoped.open(rows[index]!) !== null).toBe(has(rows[index]!));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a row that was relabelled in the database', () => {
  const lies: [string, Partial<SealedRow>][] = [
    ['another chart', { chartId: otherChart }],
    ['no chart', { chartId: null }],
    ['another section', { section: 'administrative' }],
    ['another type', { type: 'Observation' }],
    ['another id', { id: newId() }],
    ['another version', { version: 2 }],
  ];

  test.each(lies)('with %s does not open', (_, lie) => {
    expect(() => ring.open({ ...sealedRow(), ...lie })).toThrow(DAMAGED);
  });

  test('does not open with the wrapped key of a place that is allowed', () => {
    const mine = sealedRow();
    const foreign = sealedRow({ chartId: otherChart, section: 'sensitive' });
    ring.open(mine);
    const moved = { ...mine, sealed: foreign.sealed, id: foreign.id };
    expect(() => ring.open(moved)).toThrow(DAMAGED);
    const withItsKey = { ...moved, wrappedKey: foreign.wrappedKey };
    expect(() => ring.open(withItsKey)).toThrow(DAMAGED);
  });

  test('does not meet the cached key of the same place when its own wrapped key is another', () => {
    const first = sealedRow();
    const second = sealedRow();
    expect(ring.open(first)?.bytes().toString()).toBe('plaintext');
    expect(ring.open(second)?.bytes().toString()).toBe('plaintext');
    expect(() => ring.open({ ...first, wrappedKey: second.wrappedKey })).toThrow(DAMAGED);
    expect(() => ring.open({ ...first, wrappedKey: Buffer.alloc(61, 1) })).toThrow(DAMAGED);
    expect(ring.open(first)?.bytes().toString()).toBe('plaintext');
  });

  test('naming a practice key that is not loaded is not opened by another', () => {
    const row = { ...sealedRow(), practiceKeyVersion: 7 };
    expect(() => ring.open(row)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

describe('psychotherapy notes', () => {
  test('have one key for each author, who is told to the reach', () => {
    const row = sealedRow({ section: 'psychotherapy' });
    expect(ring.open(row)).not.toBeNull();
    expect(reach.asked).toEqual([['read', 'psychotherapy', chartId, author, 'Condition']]);
    expect(() => ring.open({ ...row, author: otherAuthor })).toThrow(DAMAGED);
  });

  test('without an author are nobody’s', () => {
    const row = sealedRow({ section: 'psychotherapy' });
    expect(ring.open({ ...row, author: null })).toBeNull();
    expect(() => ring.seal({ ...row, author: null }, Buffer.from('x'))).toThrow(NOT_FOUND);
    expect(() => ring.newChartKey(chartId, 'psychotherapy', null)).toThrow(NOT_FOUND);
    expect(reach.asked).toEqual([]);
  });

  test('are the only ones with an author that counts: elsewhere none is told and any may carry on', () => {
    const row = sealedRow();
    expect(
      ring
        .open({ ...row, author: otherAuthor })
        ?.bytes()
        .toString(),
    ).toBe('plaintext');
    expect(reach.asked).toEqual([['read', 'clinical', chartId, null, 'Condition']]);
  });
});

describe('sealing', () => {
  test('asks for write, and throws not-found where it is refused', () => {
    const row = sealedRow();
    ring.seal(row, Buffer.from('x'));
    expect(reach.asked).toEqual([['write', 'clinical', chartId, null, 'Condition']]);
    reach.rule = (action) => action !== 'write';
    expect(() => ring.seal(row, Buffer.from('x'))).toThrow(NOT_FOUND);
    expect(() => ring.newChartKey(chartId, 'clinical', null)).toThrow(NOT_FOUND);
    expect(ring.open(row)).not.toBeNull();
  });

  test('does not allow reading back', () => {
    reach.rule = (action) => action === 'write';
    const row = sealedRow();
    expect(ring.open({ ...row, sealed: ring.seal(row, Buffer.from('x')) })).toBeNull();
  });

  test('uses the chart key just made without unwrapping it', () => {
    const { wrapped, practiceKeyVersion } = ring.newChartKey(chartId, 'clinical', null);
    ring.seal({ ...sealedRow(), wrappedKey: wrapped, practiceKeyVersion }, Buffer.from('x'));
    expect(ring.unwraps).toBe(0);
  });
});

describe('index keys', () => {
  const indexKey = (row: KeyedPlace, version = 1) =>
    ring.indexKey(row.chartId, row.section, row.author, row.wrappedKey, row.practiceKeyVersion, version);

  test('are the same for the same chart key and version, and for no other', () => {
    const row = sealedRow();
    const first = indexKey(row)!;
    expect(indexKey(row)!.equals(first)).toBe(true);
    const elsewhere = new KeyRing(reach, keys);
    const args = [row.chartId, row.section, null, row.wrappedKey, row.practiceKeyVersion] as const;
    expect(elsewhere.indexKey(...args, 1)!.equals(first)).toBe(true);
    expect(indexKey(row, 2)!.equals(first)).toBe(false);
    expect(indexKey(sealedRow({ chartId: otherChart }))!.equals(first)).toBe(false);
  });

  test.each(ACTIONS)('with only %s allowed are given for read and for write alone', (only) => {
    reach.rule = (action) => action === only;
    const given = indexKey(sealedRow()) !== null;
    expect(given).toBe(only === 'read' || only === 'write');
  });

  test('of the practice need a reach that is alive', () => {
    expect(ring.practiceIndexKey()!.equals(keys.indexKey())).toBe(true);
    expect(ring.practiceIndexKey(1)!.equals(keys.indexKey(1))).toBe(true);
    reach.rule = () => {
      throw new Error('ended');
    };
    expect(() => ring.practiceIndexKey()).toThrow('ended');
  });
});

describe('a key ring', () => {
  test('that was dropped answers every call with an error', () => {
    const row = sealedRow();
    ring.open(row);
    ring.drop();
    ring.drop();
    const asked = reach.asked.length;
    const calls: (() => unknown)[] = [
      () => ring.open(row),
      () => ring.seal(row, Buffer.from('x')),
      () => ring.newContentKey(row),
      () => ring.openContent(row),
      () => ring.newChartKey(chartId, 'clinical', null),
      () => ring.indexKey(chartId, 'clinical', null, row.wrappedKey, 1, 1),
      () => ring.practiceIndexKey(1),
    ];
    for (const call of calls) expect(call).toThrow(ENDED);
    expect(reach.asked).toHaveLength(asked);
  });

  test('keeps no more chart keys than its limit, and unwraps again what it gave up', () => {
    const small = new KeyRing(reach, keys, 2);
    const rows = [newId<ChartId>(), newId<ChartId>(), newId<ChartId>()].map((chart) =>
      sealedRow({ chartId: chart }),
    );
    const [a, b, c] = rows as [SealedRow, SealedRow, SealedRow];
    for (const row of [a, b, a, c, a]) small.open(row);
    expect(small.unwraps).toBe(3);
    small.open(b);
    expect(small.unwraps).toBe(4);
  });

  test('is never made for a reach of another practice', () => {
    const foreign = { practiceId: newId<PracticeId>(), allows: () => true };
    expect(() => new KeyRing(foreign, keys)).toThrow(/own practice/);
  });

  test('cannot be written down by accident', () => {
    ring.open(sealedRow());
    expect(JSON.stringify({ ring })).toBe('{"ring":"[KeyRing]"}');
    expect(`${ring} ${inspect(ring, { depth: 9, showHidden: true })}`).toBe('[KeyRing] [KeyRing]');
  });
});
