/**
 * That what a patient asks is looked up and not sifted: row policies never become index conditions, so every
 * statement of the store must name practice and chart itself. Read from PostgreSQL's own plans, for the
 * values at hand and for any, since named statements come to run by a plan for any. An import leaves
 * statistics behind; where there are none, PostgreSQL still scans no large table, though a search may sift a
 * type.
 */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { inSession } from '../../src/db/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';

const FOREIGN_CHARTS = 400;
const ROWS_EACH = 10;
/** Tables that grow with the practice. */
const LARGE = ['resource', 'resource_version', 'chart_key', 'chart_token', 'practice_token', 'date_range'];

let served: ServedPractices;
let practiceId: PracticeId;
let visit: Visit;
/** The same patient's app. */
let app: Visit;
const ana = newId<ChartId>();
const seen = newId();

beforeAll(async () => {
  served = await servePractices();
  practiceId = await served.makePractice();
  const observation = {
    resourceType: 'Observation',
    id: seen,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${ana}` },
    effectiveDateTime: '2026-01-05',
  };
  await served.chart(practiceId);
  const patient = { resourceType: 'Patient', id: ana, name: [{ family: 'Ruiz' }] };
  await served.deposit(practiceId, patient as Deposit, observation as Deposit);
  await served.deposit(practiceId, { ...observation, status: 'amended' } as Deposit);
  await crowd();
  const { token } = await served.person(practiceId, { role: 'patient', chartId: ana });
  visit = (await served.gate.admit(token, null))!;
  const narrowing = {
    scope: 'patient/Observation.rs?status=amended patient/Patient.rs patient/Provenance.rs',
    patient: ana,
  };
  const { token: held } = await served.app(practiceId, narrowing, { role: 'patient', chartId: ana });
  app = (await served.gate.admit(held, null))!;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => served.close());

/** Rows of other charts, as many as make a scan of the whole dearer than a look-up. */
async function crowd(): Promise<void> {
  const { owner } = served.database;
  await owner.query('create temporary table crowd (chart_id uuid, id uuid, at timestamptz)');
  await owner.query(
    `insert into crowd
     select c.chart_id, gen_random_uuid(), now() - make_interval(hours => place)
     from (select gen_random_uuid() as chart_id from generate_series(1, $1)) c
       cross join generate_series(1, $2) place`,
    [FOREIGN_CHARTS, ROWS_EACH],
  );
  const columns = `practice_id, id, chart_id, section, type, version, at, at_end, updated_at, author,
    key_version, classifier_version, sealed`;
  for (const table of ['resource', 'resource_version']) {
    await owner.query(
      `insert into postern.${table} (${columns})
       select $1, case t.type when 'Observation' then c.id else gen_random_uuid() end, c.chart_id, 2, t.type,
         1, c.at, c.at, c.at, gen_random_uuid(), 1, 1, '\\x00'
       from crowd c
         cross join unnest($2::text[]) t (type)`,
      [practiceId, ['Observation', 'Patient', 'Provenance']],
    );
  }
  for (const [table, chart] of [
    ['chart_token', 'c.chart_id'],
    ['practice_token', 'c.chart_id'],
  ]) {
    await owner.query(
      `insert into postern.${table} (practice_id, chart_id, resource_id, token, section, key_version)
       select $1, ${chart}, c.id, (random() * 1e18)::bigint, 2, 1
       from crowd c`,
      [practiceId],
    );
  }
  await owner.query(
    `insert into postern.date_range (practice_id, chart_id, resource_id, low, high, type, param, section)
     select $1, c.chart_id, c.id, c.at, c.at, 'Observation', 'value-date', 2
     from crowd c`,
    [practiceId],
  );
  await owner.query(
    `insert into postern.chart_key (practice_id, chart_id, section, practice_key_version, wrapped)
     select distinct $1::uuid, c.chart_id, s.section, 1, '\\x00'::bytea
     from crowd c
       cross join generate_series(1, 4) s (section)`,
    [practiceId],
  );
}

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statements over large tables that the work sends, as they are sent. */
async function statementsOf(work: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  for (const [first, second] of query.mock.calls as unknown[][]) {
    const sent = typeof first === 'string' ? { text: first, values: second } : (first as Asked);
    const values = Array.isArray(sent.values) ? sent.values : [];
    if (!LARGE.some((table) => sent.text?.includes(`postern.${table} `))) continue;
    if (/^\s*(with|select)/i.test(sent.text)) asked.push({ text: sent.text, values });
  }
  query.mockRestore();
  return asked;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

async function planOf({ text, values }: Asked, generic: boolean, who = visit): Promise<PlanNode[]> {
  return inSession(served.database.server, who.scope.handle, async (tx) => {
    if (generic) await tx.query('set local plan_cache_mode = force_generic_plan');
    const { rows } = await tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json) ${text}`,
      values,
    );
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  });
}

/** What PostgreSQL is given to look up, by index. */
const byPractice = /practice_id = /;
const byPracticeAndChart = /practice_id = .*chart_id (= |IS NULL)/;
const byPracticeAndId = /practice_id = .*\bid = /;

const SEARCHES: readonly [string, string][] = [
  ['Observation', ''],
  ['Observation', 'date=ge2026-01-01'],
  ['Observation', '_lastUpdated=ge2026-01-01'],
  ['Observation', 'code=http://loinc.org|8867-4'],
  ['Observation', 'status=amended&_sort=-_lastUpdated'],
  ['Observation', `patient=${ana}&status=amended`],
  ['Observation', `_id=${seen}`],
  ['Patient', 'name=Ruiz'],
  ['Observation', '_include=Observation:patient&_include:iterate=Patient:link'],
  ['Patient', '_revinclude=Observation:patient&_revinclude=Patient:link'],
  ['Observation', '_revinclude=Provenance:target'],
  ['Observation', 'patient.name=Ruiz'],
  ['Observation', `patient._id=${ana}&_sort=status`],
  ['Patient', '_has:Observation:patient:code=8867-4'],
  ['Patient', `_id=${ana}&_has:Observation:patient:status=amended`],
  ['Observation', '_sort=code&_total=accurate'],
];

/** What only counts shows no matches. */
const COUNTS: readonly [string, string][] = [
  ['Observation', 'code=8867-4&_summary=count'],
  ['Observation', '_count=0'],
];

describe.each([
  ['without statistics', false],
  ['with statistics', true],
])('%s', (_name, analyzed) => {
  beforeAll(async () => {
    if (analyzed) await served.database.owner.query('analyze');
  });

  test.each(SEARCHES)('a patient’s search of %s by "%s" looks up practice and chart', async (type, query) => {
    const search = () => served.store.search(visit, type, new URLSearchParams(query));
    const asked = await statementsOf(search);
    expect((await search()).matches).toHaveLength(1);
    expect(asked.length).toBeGreaterThan(0);
    for (const statement of asked) {
      for (const generic of [false, true]) {
        expectLookUps(await planOf(statement, generic), statement.text, analyzed);
      }
    }
  });

  test('an app’s searches look up the same, and what they ask of it beside', async () => {
    for (const [type, query] of [...SEARCHES, ...COUNTS]) {
      const search = () => served.store.search(app, type, new URLSearchParams(query));
      const asked = await statementsOf(search);
      const { matches, total } = await search();
      expect([query, total ?? matches.length]).toEqual([query, 1]);
      for (const statement of asked) {
        expectLookUps(await planOf(statement, true, app), statement.text, analyzed);
      }
    }
  });

  test.each(COUNTS)('a patient’s count of %s by "%s" looks up practice and chart', async (type, query) => {
    const search = () => served.store.search(visit, type, new URLSearchParams(query));
    const asked = await statementsOf(search);
    expect((await search()).total).toBe(1);
    expect(asked.length).toBeGreaterThan(0);
    for (const statement of asked) {
      expectLookUps(await planOf(statement, true), statement.text, analyzed);
    }
  });

  test('a history looks up practice and id', async () => {
    const asked = await statementsOf(() => served.store.history(visit, 'Observation', seen, { count: 5 }));
    expect(asked.length).toBeGreaterThan(0);
    for (const statement of asked) expectLookUps(await planOf(statement, true), statement.text, analyzed);
  });

  test.each([['Observation'], [null]])('a patient’s history of %s scans no large table', async (type) => {
    const ask = () => served.store.changes(visit, type, { count: 500, since: '2020' });
    const asked = await statementsOf(ask);
    expect((await ask()).versions.length).toBeGreaterThan(0);
    expect(asked.length).toBeGreaterThan(0);
    for (const statement of asked) expectLookUps(await planOf(statement, true), statement.text, analyzed);
  });

  test('reading scans no large table, which only PostgreSQL’s counts can say of a function', async () => {
    const before = await scans();
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await served.store.read(visit, 'Observation', seen)).not.toBeNull();
      expect(await served.store.vread(visit, 'Observation', seen, 1)).not.toBeNull();
      expect(await served.store.read(visit, 'Observation', newId())).toBeNull();
    }
    const after = await scans();
    expect(after.sequential).toBe(before.sequential);
    expect(after.byIndex).toBeGreaterThanOrEqual(before.byIndex + 20);
    // Found by its key, each row stands alone: far fewer are fetched than there are.
    expect(after.fetched - before.fetched).toBeLessThan(500);
  });
});

function expectLookUps(nodes: readonly PlanNode[], text: string, analyzed: boolean): void {
  const scanned = nodes
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name']);
  for (const table of LARGE) expect(scanned, text).not.toContain(table);
  const lookUps = nodes.filter((node) => node['Index Name'] !== undefined);
  expect(lookUps.length, text).toBeGreaterThan(0);
  for (const node of lookUps) {
    const index = node['Index Name']!;
    const condition = (node['Index Cond'] ?? '').replace(/\w+\./g, '');
    const told = `${index}: ${condition}, of ${text}`;
    if (!analyzed) expect(condition, told).toMatch(byPractice);
    else if (/^(resource_chart|resource_version_chart|chart_token_lookup|chart_key_pkey)$/.test(index)) {
      expect(condition, told).toMatch(byPracticeAndChart);
    } else if (/_pkey$/.test(index)) expect(condition, told).toMatch(byPracticeAndId);
    else expect(condition, told).toMatch(/practice_id = .*(token|resource_id) = /);
  }
}

/** Scans of large tables so far, in whichever backend. */
async function scans(): Promise<{ sequential: number; byIndex: number; fetched: number }> {
  const { server, owner } = served.database;
  const clients = await Promise.all(Array.from({ length: server.totalCount }, () => server.connect()));
  for (const client of clients) {
    await client.query('select pg_stat_force_next_flush()');
    client.release();
  }
  const { rows } = await owner.query<{ sequential: number; byIndex: number; fetched: number }>(
    `select sum(s.seq_scan)::integer as sequential, sum(s.idx_scan)::integer as "byIndex",
       sum(s.idx_tup_fetch)::integer as fetched
     from pg_stat_user_tables s
     where s.schemaname = 'postern' and s.relname = any ($1)`,
    [LARGE],
  );
  return rows[0]!;
}
