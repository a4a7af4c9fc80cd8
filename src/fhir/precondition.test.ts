import { describe, expect, test } from 'vitest';
import { isKnown, requiredVersion, versionHeaders } from './precondition.ts';

const updatedAt = new Date('2026-03-04T05:06:07.890Z');

describe('If-Match', () => {
  test.each([
    [undefined, null],
    ['*', null],
    ['W/"3"', 3],
    ['"12"', 12],
    ['W/"abc"', -1],
    ['W/""', -1],
    ['W/"0"', -1],
  ])('%s asks for version %s', (text, version) => {
    expect(requiredVersion({ headers: text === undefined ? {} : { 'if-match': text } })).toBe(version);
  });

  test.each(['3', 'W/3', 'W/"1", W/"2"', ''])('%j is no version and is refused', (text) => {
    expect(() => requiredVersion({ headers: { 'if-match': text } })).toThrow('If-Match');
  });
});

describe('what the asker has already', () => {
  const known = (headers: Record<string, string>) => isKnown({ headers }, { version: 2, updatedAt });

  test('is known by its tag, weak or strong, alone or among others', () => {
    expect(known({ 'if-none-match': 'W/"2"' })).toBe(true);
    expect(known({ 'if-none-match': '"1", "2"' })).toBe(true);
    expect(known({ 'if-none-match': '*' })).toBe(true);
    expect(known({ 'if-none-match': 'W/"1"' })).toBe(false);
    expect(known({})).toBe(false);
  });

  test('is known by its date to the second, which is all that the header can say', () => {
    expect(known({ 'if-modified-since': versionHeaders({ version: 2, updatedAt })['last-modified'] })).toBe(
      true,
    );
    expect(known({ 'if-modified-since': 'Wed, 04 Mar 2026 05:06:06 GMT' })).toBe(false);
    expect(known({ 'if-modified-since': 'yesterday' })).toBe(false);
  });

  test('is decided by the tag where both are sent', () => {
    const later = 'Wed, 04 Mar 2027 05:06:06 GMT';
    expect(known({ 'if-none-match': 'W/"1"', 'if-modified-since': later })).toBe(false);
  });
});
