import { expect, test } from 'vitest';
import { type DecidedRecord, DecisionsTable } from './decisions-table.ts';

const table = new DecisionsTable();
const me = 'me';

const record = (more: Partial<DecidedRecord> = {}): DecidedRecord => ({
  type: 'Observation',
  section: 'clinical',
  chart: 'own',
  author: 'somebody',
  ...more,
});

/** Said by hand, so that a table that is read wrongly is noticed. */
test.each([
  ['doctor', null, 'read', {}, true],
  ['doctor', null, 'write', { section: 'financial' }, false],
  ['nurse', null, 'read', { section: 'sensitive' }, false],
  ['front-desk', null, 'read', {}, false],
  ['front-desk', null, 'write', { type: 'Appointment', section: 'administrative' }, true],
  ['psychiatrist', null, 'read', { section: 'psychotherapy' }, false],
  ['psychiatrist', null, 'read', { section: 'psychotherapy', author: me }, true],
  ['doctor', null, 'read', { section: 'psychotherapy', author: me }, false],
  ['doctor', null, 'read', { section: 'canary' }, false],
  ['owner', null, 'read', { type: 'Binary', section: 'administrative' }, false],
  ['patient', 'own', 'read', { section: 'sensitive' }, true],
  ['patient', 'other', 'read', {}, false],
  ['patient', 'own', 'write', {}, false],
  ['patient', 'own', 'read', { type: 'Location', section: 'practice', chart: null }, true],
  ['patient', 'own', 'read', { type: 'Group', section: 'administrative', chart: null }, false],
  ['proxy', 'own', 'read', {}, true],
  ['proxy', 'own', 'read', { section: 'sensitive' }, false],
  ['partner', null, 'read', {}, false],
  ['privacy-officer', null, 'read', { section: 'administrative' }, false],
] as const)('%s, on %s, may %s %j: %s', (role, chart, action, more, expected) => {
  expect(table.may(me, [{ role, chart }], action, record(more))).toBe(expected);
});

test('nobody may anything by no role, and roles add up', () => {
  expect(table.may(me, [], 'read', record())).toBe(false);
  const held = [
    { role: 'billing', chart: null },
    { role: 'nurse', chart: null },
  ];
  expect(table.may(me, held, 'read', record())).toBe(true);
  expect(table.mayDeposits([{ role: 'partner', chart: null }], 'leave')).toBe(true);
  expect(table.mayDeposits([{ role: 'nurse', chart: null }], 'open')).toBe(false);
});
