/** What pages call the kinds of documents is what the server calls them. */
import { expect, test } from 'vitest';
import { DOCUMENT_TYPES } from '../../src/documents/index.ts';
import { DOCUMENT_KINDS, kindOfCode } from '../../web/client/index.ts';

test('the kinds that pages offer have the codes that the server files them under', () => {
  expect(DOCUMENT_KINDS).toEqual(DOCUMENT_TYPES);
  for (const [kind, { code }] of Object.entries(DOCUMENT_TYPES)) expect(kindOfCode(code)).toBe(kind);
});
