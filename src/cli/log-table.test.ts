import { expect, test } from 'vitest';
import type { ListedLine } from '../ledger/index.ts';
import { LogTable } from './log-table.ts';

const SHORT = 'sam@mail.example';
const LONG = 'maximiliane.von.der-heydt-oberschwabing@praxis-am-alten-stadttor.example';
const line = (account: string | null, more: Partial<ListedLine> = {}): ListedLine =>
  ({
    id: '0',
    at: '2026-11-21T08:00:00.000000Z',
    seq: 7,
    account,
    client: null,
    purpose: 'sign-in',
    action: 'read',
    outcome: 'ok',
    entries: [[null, 'Patient', 'p', 1]],
    ...more,
  }) as ListedLine;
const table = () => new LogTable({ nameOf: async (account) => account });

/** Where each column begins, by its heading. */
const places = (headings: string) => [...headings.matchAll(/\S+/g)].map(({ index }) => index);

test('columns stand under their headings, however long an address is', async () => {
  const [headings, ...rows] = await table().rowsOf([line(SHORT), line(LONG), line(null)]);
  expect(headings).toMatch(/^TIME +NUMBER +WHO +PURPOSE +ACTION +OUTCOME +WHAT$/);
  const cells = rows.map((row) => places(headings!).map((at) => row.slice(at).split('  ')[0]));
  expect(
    cells.map(([, , who, purpose, action, outcome, what]) => [who, purpose, action, outcome, what]),
  ).toEqual([SHORT, LONG, '-'].map((who) => [who, 'sign-in', 'read', 'ok', 'Patient/p/1']));
});

test('later pages keep the columns of the first and have no headings of their own', async () => {
  const shown = table();
  const [headings] = await shown.rowsOf([line(LONG)]);
  const [second, ...rest] = await shown.rowsOf([line(SHORT)]);
  expect(rest).toEqual([]);
  expect(second!.indexOf('read')).toBe(headings!.indexOf('ACTION'));
  expect(await table().rowsOf([])).toEqual([]);
});

test('many resources are counted', async () => {
  const entries = ['a', 'b', 'c', 'd', 'e'].map((id) => [null, 'Observation', id, null]);
  const [, row] = await table().rowsOf([line(SHORT, { entries })]);
  expect(row).toMatch(/ Observation\/a Observation\/b Observation\/c and 2 more$/);
});
