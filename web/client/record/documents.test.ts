import type { DocumentReference, Practitioner } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { ALL_DOCUMENTS, isCard, kindKey, listedDocuments, soughtDocuments } from './documents.ts';

const author: Practitioner = { resourceType: 'Practitioner', id: 'p', name: [{ text: 'Dr. Zoë Núñez' }] };

function document(id: string, more: Partial<DocumentReference> = {}): DocumentReference {
  return {
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    date: '2025-03-04T10:00:00Z',
    description: `Letter ${id}`,
    content: [{ attachment: {} }],
    ...more,
  };
}

const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }], text: 'X' });

test('lists those that stand, with kind, author and source', () => {
  const found = [
    document('a', {
      type: loinc('57133-1'),
      author: [{ reference: 'Practitioner/p' }],
      custodian: { display: 'Elm' },
    }),
    document('b', { status: 'entered-in-error' }),
    document('c', { status: 'superseded' }),
  ];
  const [one, ...others] = listedDocuments(found, [author]);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ name: 'Letter a', code: '57133-1', authors: ['Dr. Zoë Núñez'], source: 'Elm' });
});

test('finds by words of what is shown, whatever their accents, by kind and by year', () => {
  const all = listedDocuments(
    [
      document('a', { author: [{ reference: 'Practitioner/p' }] }),
      document('b', { type: loinc('53245-7'), date: '2024-01-01' }),
      document('c', { type: { text: 'Fax' } }),
    ],
    [author],
  );
  const ids = (sought: object) =>
    soughtDocuments(all, { ...ALL_DOCUMENTS, ...sought }, ({ code }) =>
      code === null ? '' : 'Photo ID',
    ).map(({ id }) => id);
  expect(ids({})).toEqual(['a', 'c', 'b']);
  expect(ids({ order: 'oldest' })).toEqual(['b', 'a', 'c']);
  expect(ids({ order: 'name' })).toEqual(['a', 'b', 'c']);
  expect(ids({ words: 'nunez  ZOE' })).toEqual(['a']);
  expect(ids({ words: 'photo letter' })).toEqual(['b']);
  expect(ids({ kind: '53245-7' })).toEqual(['b']);
  expect(ids({ kind: 'Fax' })).toEqual(['c']);
  expect(ids({ year: '2025' })).toEqual(['a', 'c']);
  expect(ids({ year: '2025', words: 'photo' })).toEqual([]);
  expect(all.map(kindKey)).toEqual(['', '53245-7', 'Fax']);
});

test('knows the cards that show a face or a number', () => {
  const [card, letter] = listedDocuments([document('a', { type: loinc('53245-7') }), document('b')], []);
  expect([isCard(card!), isCard(letter!)]).toEqual([true, false]);
});
