import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NIL_UUID, newId } from '../base/ids.ts';
import { SECTION_NAMES } from '../base/section.ts';
import { type RecordPlace, recordContext } from './context.ts';

const id = fc.uuid().map((text) => text.toLowerCase()) as fc.Arbitrary<never>;
const place: fc.Arbitrary<RecordPlace> = fc.record({
  practiceId: id,
  chartId: fc.option(id),
  section: fc.constantFrom(...SECTION_NAMES),
  author: fc.option(id),
  type: fc.constantFrom('Observation', 'Observatio', 'Binary', 'n'),
  id,
  version: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});

const sample: RecordPlace = {
  practiceId: '11111111-1111-4111-8111-111111111111' as never,
  chartId: null,
  section: 'psychotherapy',
  author: '22222222-2222-4222-8222-222222222222' as never,
  type: 'Observation',
  id: '33333333-3333-4333-8333-333333333333' as never,
  version: 258,
};

test('is laid out as the specification says', () => {
  const expected = [
    'postern/record/v1\0\x05',
    sample.practiceId,
    NIL_UUID,
    sample.author,
    sample.id,
    '\0\0\x01\x02',
    'Observation',
  ];
  expect(recordContext(sample).toString('latin1')).toBe(expected.join(''));
});

test('differs wherever one part of the place differs', () => {
  fc.assert(
    fc.property(place, place, fc.constantFrom(...Object.keys(sample)), (a, b, part) => {
      const other = { ...a, section: 'psychotherapy', [part]: b[part as keyof RecordPlace] } as RecordPlace;
      const first = { ...a, section: 'psychotherapy' } as RecordPlace;
      const same = first[part as keyof RecordPlace] === other[part as keyof RecordPlace];
      expect(recordContext(first).equals(recordContext(other))).toBe(same);
    }),
  );
});

test('binds the author in psychotherapy only, so that elsewhere another may carry a record on', () => {
  const by = (section: RecordPlace['section']) =>
    recordContext({ ...sample, section, author: newId() as never });
  expect(by('clinical').equals(by('clinical'))).toBe(true);
  expect(by('psychotherapy').equals(by('psychotherapy'))).toBe(false);
});

test('refuses what is no id and what is no version', () => {
  expect(() => recordContext({ ...sample, id: 'x' as never })).toThrow(/UUID/);
  for (const version of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
    expect(() => recordContext({ ...sample, version })).toThrow(/version/);
  }
});
