/**
 * The row policies of every table beside the resources themselves agree with the scope: wrapped keys, tokens,
 * dates, the access log, and the practice's housekeeping.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccountId, type ChartId, NIL_UUID, newId } from '../../src/base/ids.ts';
import { RECORD_SECTIONS, SECTIONS, type Section } from '../../src/base/section.ts';
import { inSession, type Transaction } from '../../src/db/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import type { SealedRow } from '../../src/seal/index.ts';
import { type GatedPractice, type Held, openGatedPractice } from '../support/gated-practice.ts';

let practice: GatedPractice;
const ana = newId<ChartId>();
const ben = newId<ChartId>();
const author = newId<AccountId>();
const records: SealedRow[] = [];

/** Tables of index rows, with what a row says besides place, resource and section. */
const INDEX: readonly [string, string, string][] = [
  ['chart_token', 'token, key_version', '7, 1'],
  ['practice_token', 'token, key_version', '7, 1'],
  ['date_range', 'low, high, type, param', "now(), now(), 'Observation', 'date'"],
];

beforeAll(async () => {
  practice = await openGatedPractice();
  const { owner } = practice.database;
  for (const section of RECORD_SECTIONS) {
    for (const chartId of [ana, ben]) records.push(await practice.record({ section, chartId, author }));
  }
  for (const record of records) {
    await owner.query(
      `insert into postern.chart_key (practice_id, chart_id, section, author, practice_key_version, wrapped)
       values ($1, $2, $3, $4, 1, '')`,
      [practice.practiceId, record.chartId, SECTIONS[record.section], record.author ?? NIL_UUID],
    );
    for (const [table, columns, values] of INDEX)
      await owner.query(...indexRow(table, columns, values, record));
  }
  const line = newId();
  await owner.query(
    `insert into postern.access_line (practice_id, id, purpose, action, outcome)
     values ($1, $2, '', '', 'ok')`,
    [practice.practiceId, line],
  );
  for (const statement of [
    "insert into postern.access_leaf values ($1, 0, gen_random_uuid(), sha256(''))",
    `insert into postern.access_line_chart values ($1, '${ana}', now(), '${line}')`,
    "insert into postern.incident (practice_id, kind) values ($1, 'canary')",
    `insert into postern.shred values ($1, '${newId()}', now(), now(), '${NIL_UUID}', '')`,
    "insert into postern.import_entry values ($1, gen_random_uuid(), '')",
    "insert into postern.checkpoint values ($1, 1, '', '')",
  ]) {
    await owner.query(statement, [practice.practiceId]);
  }
});
afterAll(() => practice.close());

function indexRow(table: string, columns: string, values: string, record: SealedRow): [string, unknown[]] {
  return [
    `insert into postern.${table} (practice_id, chart_id, resource_id, section, ${columns})
     values ($1, $2, $3, $4, ${values})`,
    [practice.practiceId, record.chartId, record.id, SECTIONS[record.section]],
  ];
}

/** Whether row policies let the statement through and it touched a row; undone in any case. */
async function works(tx: Transaction, text: string, values: readonly unknown[]): Promise<boolean> {
  await tx.query('savepoint probe');
  try {
    return ((await tx.query(text, values)).rowCount ?? 0) > 0;
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    return false;
  } finally {
    await tx.query('rollback to savepoint probe');
  }
}

const as = <T>({ scope }: Visit, work: (tx: Transaction) => Promise<T>) =>
  inSession(practice.database.server, scope.handle, work);

const ACTORS: readonly [string, Held[]][] = [
  ['nobody in particular', []],
  ['a patient', [{ role: 'patient', chartId: ana }]],
  ['a client of clinical records', [{ role: 'client', chartId: ana, sections: 1 << SECTIONS.clinical }]],
  ['a nurse', [{ role: 'nurse' }]],
  ['a doctor', [{ role: 'doctor' }]],
  ['another psychiatrist', [{ role: 'psychiatrist' }]],
  ['billing', [{ role: 'billing' }]],
  ['the privacy officer', [{ role: 'privacy-officer' }]],
];

describe.each(ACTORS)('%s', (_who, held) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await practice.visitor(...held);
  });

  const may = (action: 'read' | 'write' | 'open', section: Section, record: SealedRow) =>
    visit.scope.allows(action, section, record.chartId, record.author);

  test('fetches the wrapped keys of what the scope reaches, and makes those of what it writes', async () => {
    await as(visit, async (tx) => {
      for (const record of records) {
        const { section, chartId } = record;
        const values = [practice.practiceId, chartId, SECTIONS[section], record.author ?? NIL_UUID];
        const reaches = (['read', 'write', 'open'] as const).some((action) => may(action, section, record));
        const place = 'practice_id = $1 and chart_id = $2 and section = $3 and author = $4';
        const fetched = await works(tx, `select from postern.chart_key where ${place}`, values);
        expect(fetched, `${section} of ${chartId}`).toBe(reaches);
        const made = await works(
          tx,
          `insert into postern.chart_key (
             practice_id, chart_id, section, author, version, practice_key_version, wrapped)
           values ($1, $2, $3, $4, 2, 1, '')`,
          values,
        );
        expect(made, `${section} of ${chartId}`).toBe(may('write', section, record));
      }
    });
  });

  test.each(INDEX)('finds, adds and removes in %s what the scope allows', async (table, columns, rest) => {
    await as(visit, async (tx) => {
      for (const record of records) {
        const { section } = record;
        const place = [practice.practiceId, record.id];
        const from = `from postern.${table} where practice_id = $1 and resource_id = $2`;
        const told = {
          found: await works(tx, `select ${from}`, place),
          added: await works(tx, ...indexRow(table, columns, rest, record)),
          removed: await works(tx, `delete ${from}`, place),
        };
        const [read, write] = [may('read', section, record), may('write', section, record)];
        expect(told, `${section} of ${record.chartId}`).toEqual({
          found: read,
          added: write,
          removed: read && write,
        });
      }
    });
  });

  test('writes access lines in the own name and transaction alone', async () => {
    const line = (account: string | null, xid: string) => ({
      text: `insert into postern.access_line (practice_id, id, account_id, purpose, action, outcome, xid)
             values ($1, gen_random_uuid(), $2, '', '', 'ok', ${xid})`,
      values: [practice.practiceId, account],
    });
    await as(visit, async (tx) => {
      const tries = async ({ text, values }: ReturnType<typeof line>) => works(tx, text, values);
      expect(await tries(line(visit.scope.accountId, 'pg_current_xact_id()'))).toBe(true);
      expect(await tries(line(author, 'pg_current_xact_id()'))).toBe(false);
      expect(await tries(line(null, 'pg_current_xact_id()'))).toBe(false);
      expect(await tries(line(visit.scope.accountId, "'3'"))).toBe(false);
    });
  });

  test('sees of the access log what the scope sees, and nothing of the housekeeping', async () => {
    const all = visit.scope.seesLines;
    const own = visit.scope.allows('share', 'sensitive', ana, null) && held[0]?.role === 'patient';
    const expected = {
      access_line: all || own,
      access_line_chart: all || own,
      access_leaf: all,
      incident: all,
      checkpoint: true,
      shred: false,
      import_entry: false,
    };
    const seen = await as(visit, async (tx) => {
      const answers: [string, boolean][] = [];
      for (const table of Object.keys(expected)) {
        answers.push([table, await works(tx, `select from postern.${table}`, [])]);
      }
      return Object.fromEntries(answers);
    });
    expect(seen).toEqual(expected);
  });
});

test('a session of another practice sees no row of any of these tables', async () => {
  const other = await practice.keychain.createPractice(practice.database.owner, {
    slug: 'valley',
    name: 'Valley',
  });
  for (const role of ['system-import', 'system-upkeep'] as const) {
    const seen = await practice.gate.asJob(other, role, 'test', (visit) =>
      as(visit, async (tx) => {
        const { rows } = await tx.query<{ count: number }>(
          `select sum(c.count)::integer as count
           from (
               ${[
                 ...['resource', 'chart_key', 'chart_token', 'practice_token', 'date_range', 'import_entry'],
                 ...['access_leaf', 'access_line_chart', 'incident', 'checkpoint', 'shred'],
               ]
                 .map((table) => `select count(*) from postern.${table} t`)
                 .join(' union all ')}
             ) c`,
        );
        return rows[0]!.count;
      }),
    );
    expect(seen, role).toBe(0);
  }
});
