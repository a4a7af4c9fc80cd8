import { expect, test } from 'vitest';
import { soughtBy } from './patient-search.ts';

test.each([
  ['', {}],
  ['  haddad ', { name: ['haddad'] }],
  ['sam had', { name: ['sam', 'had'] }],
  ['O’Sullivan', { name: ['O’Sullivan'] }],
  ['Haddad, Samir', { name: ['Haddad', 'Samir'] }],
  ['ann|bo $ c\\d 100 %', { name: ['ann', 'bo', 'c', 'd', '100'] }],
  ['1980-02-29', { birthdate: '1980-02-29' }],
  ['1981', { birthdate: '1981' }],
  ['1981-06', { birthdate: '1981-06' }],
  ['1981-06-15', { birthdate: '1981-06-15' }],
  ['6/15/1981', { birthdate: '1981-06-15' }],
  ['15.6.1981', { birthdate: '1981-06-15' }],
  ['(920) 555-0140', { phone: '(920) 555-0140' }],
  ['+49 5530140', { phone: '+49 5530140' }],
  ['lf-10659-692', { identifier: 'LF-10659-692' }],
])('%o is looked for as %o', (typed, sought) => {
  expect(soughtBy(typed)).toEqual(sought);
});

test('a day comes first where people write it so, and with dots everywhere', () => {
  expect(soughtBy('3/4/1980', false)).toEqual({ birthdate: '1980-03-04' });
  expect(soughtBy('3/4/1980', true)).toEqual({ birthdate: '1980-04-03' });
  expect(soughtBy('3.4.1980', false)).toEqual({ birthdate: '1980-04-03' });
});

test.each(['6/15', '06/15/19', '198', '13/45/1980', '1/2/0980', '1980-13', '1981-02-29', '920 555', 'a1'])(
  'for %o nothing is asked: it is not yet whole',
  (typed) => {
    expect(soughtBy(typed)).toBeNull();
  },
);

test.each(['%', '%%%', ',', '$|\\', '. - _', "''", '😀'])(
  'for %o nothing is asked: it is no name',
  (typed) => {
    expect(soughtBy(typed)).toBeNull();
  },
);
