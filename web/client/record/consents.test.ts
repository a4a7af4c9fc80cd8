import { expect, test } from 'vitest';
import { CONSENT_KINDS, consentOf, signedConsents } from './consents.ts';

const NOW = new Date('2026-05-04T10:00:00Z');
const said = { chart: 'c', document: 'd', about: '', until: '' };

test.each(CONSENT_KINDS)('a consent of the kind %s is read as it was written', (kind) => {
  const about = kind === 'procedure' ? 'Extraction of 48' : kind === 'release' ? 'Ana Whitfield' : '';
  const consent = { ...consentOf({ ...said, kind, about, until: '2027-01-31' }, NOW), id: '1' };
  expect(signedConsents([consent], '2026-05-05')).toMatchObject([
    { kind, about, until: '2027-01-31', standing: 'active', document: 'd' },
  ]);
});

test('it ends by itself after its last day, and by being revoked', () => {
  const consent = { ...consentOf({ ...said, kind: 'treatment', until: '2026-06-01' }, NOW), id: '1' };
  const standing = (day: string, status: 'active' | 'inactive' = 'active') =>
    signedConsents([{ ...consent, status }], day)[0]!.standing;
  expect([standing('2026-06-01'), standing('2026-06-02'), standing('2026-06-01', 'inactive')]).toEqual([
    'active',
    'ended',
    'revoked',
  ]);
});
