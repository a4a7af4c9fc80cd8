import { expect, test } from 'vitest';
import { faultsOf } from './finders.ts';

const terms = { now: new Date('2026-11-21T12:00:00Z'), production: true };
const sound = ['Contact: mailto:security@practice.org', 'Expires: 2027-02-01T00:00:00Z'];

test('a security.txt with what RFC 9116 requires has no fault', () => {
  const full = [
    ...sound,
    '# words',
    'Preferred-Languages: en, es, de',
    'Policy: https://care.practice.org/security',
  ];
  expect(faultsOf(full.join('\r\n'), terms)).toEqual([]);
  expect(
    faultsOf(sound.join('\n').replace('mailto:security@practice.org', 'http://127.0.0.1/x'), {
      ...terms,
      production: false,
    }),
  ).toEqual([]);
});

test.each([
  ['no Contact', [sound[1]!], /no Contact/],
  ['a Contact over plain http', ['Contact: http://practice.org/form', sound[1]!], /no mailto:/],
  ['no Expires', [sound[0]!], /0 Expires/],
  ['two of them', [...sound, sound[1]!], /2 Expires/],
  ['one that is past', [sound[0]!, 'Expires: 2026-11-21T11:59:59Z'], /has expired/],
  ['one far away', [sound[0]!, 'Expires: 2028-11-21T00:00:00Z'], /more than a year/],
  ['one that is no time', [sound[0]!, 'Expires: soon'], /no time/],
  ['languages twice', [...sound, 'Preferred-Languages: en', 'Preferred-Languages: de'], /more than one/],
])('one with %s has', (_what, lines, fault) => {
  expect(faultsOf(lines.join('\n'), terms)).toEqual([expect.stringMatching(fault)]);
});
