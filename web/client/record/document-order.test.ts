import type { DocumentReference } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { changed, dayOn, differences, documentState, folderName, folderOf } from './document-order.ts';

const sender = { identifier: { system: 'urn:postern:account', value: 'a' }, display: 'Georgia' };
const SENT: DocumentReference = {
  resourceType: 'DocumentReference',
  id: 'd',
  status: 'current',
  docStatus: 'preliminary',
  description: 'A letter',
  author: [sender],
  category: [{ text: 'Clinical Note' }],
  content: [{ attachment: { url: 'Binary/b', title: 'A letter', creation: '2026-02-03', size: 7 } }],
};
const kind = () => '';

describe('a change of a document', () => {
  test('leaves alone what it does not speak of', () => {
    expect(changed(SENT, {})).toEqual(SENT);
    expect(changed(SENT, { title: 'From Dr. Lam' })).toEqual({
      ...SENT,
      description: 'From Dr. Lam',
      content: [{ attachment: { url: 'Binary/b', title: 'From Dr. Lam', creation: '2026-02-03', size: 7 } }],
    });
  });

  test('takes a day away, and a folder, and never who sent it', () => {
    expect(dayOn(changed(SENT, { date: '' }))).toBe('');
    const filed = changed(SENT, { folder: '  Old   letters ' });
    expect(folderOf(filed)).toBe('Old letters');
    expect(changed(filed, { folder: '' })).toEqual(SENT);
    expect(changed(SENT, { author: 'Dr. Lam' }).author).toEqual([sender, { display: 'Dr. Lam' }]);
    expect(changed(changed(SENT, { author: 'Dr. Lam' }), { author: '' }).author).toEqual([sender]);
  });

  test('accepts, sends back, withdraws and replaces', () => {
    expect(documentState(SENT)).toBe('waiting');
    expect(documentState(changed(SENT, { accepted: true }))).toBe('standing');
    expect(documentState(changed(SENT, { withdrawn: 'Too dark' }))).toBe('sent-back');
    const own = changed({ ...SENT, author: [] }, { withdrawn: 'Wrong chart' });
    expect([documentState(own), own.docStatus]).toEqual(['withdrawn', 'entered-in-error']);
    expect(own.extension).toEqual([{ url: 'urn:postern:withdrawn-reason', valueString: 'Wrong chart' }]);
    expect(documentState(changed(SENT, { superseded: true }))).toBe('superseded');
  });
});

test('what somebody else changed meanwhile is said by what it was and what it is', () => {
  const after = changed(SENT, { title: 'From Dr. Lam', folder: 'Letters' });
  expect(differences(SENT, after, kind)).toEqual([
    { what: 'title', from: 'A letter', to: 'From Dr. Lam' },
    { what: 'folder', from: '', to: 'Letters' },
  ]);
});

test('a folder has one name however it was typed', () => {
  expect(folderName(' Old \n letters ')).toBe('Old letters');
  expect(folderName('x'.repeat(99))).toHaveLength(60);
});
