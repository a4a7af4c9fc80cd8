import { describe, expect, test } from 'vitest';
import { expiryOf, securityTxt } from './security-txt.ts';

const RECIPIENT = `age1${'q'.repeat(58)}`;
const at = (time: string, contacts: readonly string[] = ['mailto:security@practice.org']) => ({
  publicUrl: 'https://care.practice.org',
  contacts,
  clock: { now: () => new Date(time) },
});

/** Fields by RFC 9116: a name, a colon, a space and a value, a line each. */
function fieldsOf(text: string): [string, string][] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z][A-Za-z-]+): (\S.*)$/.exec(line) ?? [];
      expect([line, name]).not.toEqual([line, '']);
      return [name, value];
    });
}

describe('security.txt', () => {
  test('has every field that is required, and those that may stand once stand once', () => {
    const contacts = ['mailto:security@practice.org', 'tel:+15550100'];
    const fields = fieldsOf(securityTxt(at('2026-11-21T10:00:00Z', contacts), RECIPIENT));
    expect(fields).toEqual([
      ['Contact', 'https://care.practice.org/security/report'],
      ['Contact', 'mailto:security@practice.org'],
      ['Contact', 'tel:+15550100'],
      ['Expires', '2027-02-01T00:00:00Z'],
      ['Encryption', 'https://care.practice.org/security/recipient.txt'],
      ['Preferred-Languages', 'en, es, de'],
      ['Canonical', 'https://care.practice.org/.well-known/security.txt'],
      ['Policy', 'https://care.practice.org/security'],
    ]);
  });

  test('names no form and no recipient where the desk has not been set up', () => {
    const fields = fieldsOf(securityTxt(at('2026-11-21T10:00:00Z'), null));
    expect(fields.filter(([name]) => name === 'Contact')).toEqual([
      ['Contact', 'mailto:security@practice.org'],
    ]);
    expect(fields.map(([name]) => name)).not.toContain('Encryption');
  });

  test('leads to the policy, which says what is missing, where there is no contact at all', () => {
    const fields = fieldsOf(securityTxt(at('2026-11-21T10:00:00Z', []), null));
    expect(fields[0]).toEqual(['Contact', 'https://care.practice.org/security']);
  });

  test('is never stale: on any day it expires in two to four months, and renews itself', () => {
    const day = 86_400_000;
    const seen = new Set<number>();
    for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2031, 0, 1); time += 0.7 * day) {
      const left = expiryOf(new Date(time)).getTime() - time;
      expect(left).toBeGreaterThan(58 * day);
      // RFC 9116 section 2.5.5 recommends less than a year.
      expect(left).toBeLessThan(124 * day);
      seen.add(time + left);
    }
    expect(seen.size).toBe(60);
  });
});
