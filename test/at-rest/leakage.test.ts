/**
 * What a copy of the database tells whoever has no key. The figures are those of docs/security/leakage.md;
 * with UPDATE=1 they are written there.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PosternError } from '../../src/base/errors.ts';
import { type AccountId, type ChartId, NIL_UUID, type PracticeId } from '../../src/base/ids.ts';
import { sectionOf } from '../../src/base/section.ts';
import { type FhirResource, indexTerms, readResource, valuesAt } from '../../src/chart/index.ts';
import { blindToken } from '../../src/seal/index.ts';
import {
  matchByRank,
  matchBySignature,
  type Occurrences,
  occurrences,
  tellingShare,
} from '../support/frequency-attack.ts';
import { type InstalledDemo, installDemo } from '../support/installed-demo.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'security', 'leakage.md');
const TOLERANCE_POINTS = 5;
const CODED = ['Condition', 'Observation', 'MedicationRequest', 'DiagnosticReport', 'Immunization'];

let installed: InstalledDemo;
let practiceId: PracticeId;
/** What the thief has: rows, as they lie there. */
let stolen: {
  resources: StolenRow[];
  chartTokens: TokenRow[];
  practiceTokens: TokenRow[];
};
/** What he would like to know, read with the keys. */
let truth: Map<string, FhirResource>;
/** Each token of the index and the value it was made of: `type|param|value`. */
let meaning: Map<string, string>;
const figures = new Map<string, number>();

interface StolenRow {
  id: string;
  chart_id: string | null;
  section: number;
  type: string;
  at: Date | null;
}

interface TokenRow {
  chart_id: string | null;
  resource_id: string;
  token: string;
}

beforeAll(async () => {
  installed = await installDemo();
  await installed.load();
  const { owner } = installed.postern.database;
  const found = await owner.query("select practice_id from postern.practice where slug like 'lakeside%'");
  practiceId = found.rows[0].practice_id;
  const rowsOf = async <Row extends object>(columns: string, table: string): Promise<Row[]> =>
    (await owner.query(`select ${columns} from postern.${table} where practice_id = $1`, [practiceId])).rows;
  stolen = {
    resources: await rowsOf<StolenRow>('id, chart_id, section, type, at', 'resource'),
    chartTokens: await rowsOf<TokenRow>('chart_id, resource_id, token', 'chart_token'),
    practiceTokens: await rowsOf<TokenRow>('chart_id, resource_id, token', 'practice_token'),
  };
  truth = await readAll();
  meaning = await tokensOfAll();
}, 240_000);

afterAll(() => installed.close());

describe('codes, under the key of each chart', () => {
  it('no token stands in two charts, so nothing can be counted across patients', () => {
    const charts = occurrences(stolen.chartTokens.map(({ token, chart_id }) => [token, chart_id!]));
    expect(charts.size).toBeGreaterThan(1000);
    expect([...charts.values()].filter(({ size }) => size > 1)).toEqual([]);
  });

  it('rank tells a code little better than the type alone, even with the true frequencies known', () => {
    let [right, blind, all] = [0, 0, 0];
    for (const type of CODED) {
      const known = codesOf(type);
      const [commonest] = matchByRank(new Map([['', new Set<string>()]]), known).values();
      for (const tokens of tokensByChart(type)) {
        const guesses = matchByRank(tokens, known);
        for (const [token, rows] of tokens) {
          all += rows.size;
          if (guesses.get(token) === meaning.get(token)) right += rows.size;
          if (commonest === meaning.get(token)) blind += rows.size;
        }
      }
    }
    expect(all).toBeGreaterThan(500);
    figure('codes guessed by rank within each chart', right / all);
    figure('codes guessed by type alone, without the index', blind / all);
  });
});

describe('were there one key for all codes', () => {
  it('the same attack would tell them, so it is an attack', () => {
    let [right, all] = [0, 0];
    for (const type of CODED) {
      const known = codesOf(type);
      const hidden = new Map([...known].map(([name, rows]) => [digestOf(name), { name, rows }] as const));
      const guesses = matchByRank(new Map([...hidden].map(([token, { rows }]) => [token, rows])), known);
      for (const [token, { name, rows }] of hidden) {
        all += rows.size;
        if (guesses.get(token) === name) right += rows.size;
      }
    }
    expect(right / all).toBeGreaterThan(0.4);
    figure('codes guessed by rank, were they under one key for the practice', right / all);
  });
});

describe('names and numbers, under the key of the practice', () => {
  it('are guessed in part by whoever knows how common the beginnings of names are', () => {
    const tokens = new Map(
      [...patientTokens()].filter(([token]) => meaning.get(token)?.startsWith('Patient|name|')),
    );
    expect(tokens.size).toBeGreaterThan(200);
    const onlyNames = (param: string) => param === 'name';
    const elsewhere = installed.demo[0]!.resources.map(({ resource }) => resource as unknown as FhirResource);
    const here = [...truth.values()];
    for (const [whose, known] of [
      ['of another practice', elsewhere],
      ['of this very practice', here],
    ] as const) {
      const patients = known.filter(({ resourceType }) => resourceType === 'Patient');
      const guesses = matchByRank(tokens, valuesOf(patients, onlyNames));
      const right = [...tokens.keys()].filter((token) => guesses.get(token) === meaning.get(token));
      figure(`beginnings of names guessed by rank from the frequencies ${whose}`, right.length / tokens.size);
    }
  });

  it('are recognised by whoever has the list of patients already', () => {
    const tokens = patientTokens();
    const patients = [...truth.values()].filter(({ resourceType }) => resourceType === 'Patient');
    const guesses = matchBySignature(tokens, valuesOf(patients));
    const right = [...guesses].filter(([row, guess]) => row === guess).length;
    figure('patients matched to their chart from a list in plaintext', right / patients.length);
  });
});

describe('what stands in clear', () => {
  it('says which charts have something closed in them', () => {
    const charts = chartsWith(() => true);
    figure(
      'charts seen to have a sensitive section',
      chartsWith(({ section }) => section === 4).size / charts.size,
    );
    figure(
      'charts seen to have psychotherapy notes',
      chartsWith(({ section }) => section === 5).size / charts.size,
    );
  });

  it('tells charts apart by the days of their visits', () => {
    const days = new Map<string, Set<string>>();
    for (const { chart_id, type, at } of stolen.resources) {
      if (chart_id === null || type !== 'Encounter' || at === null) continue;
      days.set(chart_id, (days.get(chart_id) ?? new Set()).add(at.toISOString().slice(0, 10)));
    }
    expect(days.size).toBeGreaterThan(20);
    figure('days of visits that are of one chart alone', tellingShare(days, 1));
    figure('pairs of days of visits that are of one chart alone', tellingShare(days, 2));
  });

  it('has no birth date among the dates', async () => {
    const { rows } = await installed.postern.database.owner.query<{ param: string }>(
      "select distinct param from postern.date_range where type = 'Patient'",
    );
    expect(rows.map(({ param }) => param)).not.toContain('birthdate');
    expect(stolen.resources.filter(({ type, at }) => type === 'Patient' && at !== null)).toEqual([]);
  });
});

describe('docs/security/leakage.md', () => {
  it('quotes the figures as they are', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    if (process.env.UPDATE === '1') writeFileSync(DOCUMENT, withFigures(text));
    const quoted = new Map(
      [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| ([^|]+) \| ([\d.]+) % \|$/gm)].map(
        ([, name, value]) => [name!, Number(value)],
      ),
    );
    expect([...quoted.keys()].sort()).toEqual([...figures.keys()].sort());
    for (const [name, share] of figures) {
      expect(Math.abs(quoted.get(name)! - share * 100), name).toBeLessThanOrEqual(TOLERANCE_POINTS);
    }
  });
});

function figure(name: string, share: number): void {
  expect(share).toBeGreaterThanOrEqual(0);
  expect(share).toBeLessThanOrEqual(1);
  figures.set(name, share);
}

function withFigures(text: string): string {
  const lines = [...figures].map(([name, share]) => `| ${name} | ${(share * 100).toFixed(1)} % |`);
  const table = ['| What the thief learns | Share |', '|---|---|', ...lines].join('\n');
  return text.replace(/\| What the thief learns \|[\s\S]*?\n(?=\n)/, `${table}\n`);
}

async function readAll(): Promise<Map<string, FhirResource>> {
  const { gate, store } = installed.postern;
  const known = new Map<string, FhirResource>();
  await gate.asJob(practiceId, 'system-upkeep', 'test', async (visit) => {
    for (const { id, type, section } of stolen.resources) {
      if (section === 0) continue;
      const stored = await store.read(visit, type, id).catch(unlessMasked);
      if (stored?.content != null) known.set(id, readResource(stored.content.bytes().toString()));
    }
  });
  return known;
}

/** Photos of cards open to nobody by themselves; what they are of, their documents say. */
function unlessMasked(error: unknown): null {
  if (error instanceof PosternError && error.code === 'masked') return null;
  throw error;
}

/** Every token with the value it stands for, made with the keys. */
async function tokensOfAll(): Promise<Map<string, string>> {
  const { gate, keychain, database } = installed.postern;
  const practiceKey = (await keychain.of(practiceId)).indexKey();
  const { rows: keys } = await database.owner.query(
    `select k.chart_id, k.section, k.author, k.wrapped, k.practice_key_version
     from postern.chart_key k
     where k.practice_id = $1`,
    [practiceId],
  );
  const made = new Map<string, string>();
  await gate.asJob(practiceId, 'system-upkeep', 'test', async ({ scope }) => {
    const charts = new Map(
      keys
        .filter(({ section }) => section !== 0)
        .map((row) => {
          const chart = row.chart_id === practiceId ? null : (row.chart_id as ChartId);
          const author = row.author === NIL_UUID ? null : (row.author as AccountId);
          const section = sectionOf(row.section);
          const key = scope.keys.indexKey(chart, section, author, row.wrapped, row.practice_key_version, 1)!;
          return [`${row.chart_id}/${row.section}`, key];
        }),
    );
    for (const { id, type, chart_id, section } of stolen.resources) {
      const resource = truth.get(id);
      if (resource === undefined) continue;
      const key = charts.get(`${chart_id ?? practiceId}/${section}`)!;
      for (const { param, value } of indexTerms(resource).tokens) {
        const name = `${type}|${param}|${value}`;
        made.set(blindToken(key, type, param, value).toString(), name);
        made.set(blindToken(practiceKey, type, param, value).toString(), name);
      }
    }
  });
  return made;
}

/** The tokens of codes in each chart. That a token is one of a code is granted to the thief. */
function tokensByChart(type: string): Occurrences[] {
  const ids = new Set(stolen.resources.filter((row) => row.type === type).map(({ id }) => id));
  const rows = stolen.chartTokens.filter(
    ({ resource_id, token }) => ids.has(resource_id) && meaning.get(token)?.startsWith(`${type}|code|`),
  );
  return [...Map.groupBy(rows, ({ chart_id }) => chart_id).values()].map((some) =>
    occurrences(some.map(({ token, resource_id }) => [token, resource_id])),
  );
}

function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function codesOf(type: string): Occurrences {
  const known = new Map([...truth].filter(([, resource]) => resource.resourceType === type));
  return valuesOf([...known.values()], (param) => param === 'code');
}

function valuesOf(resources: readonly FhirResource[], counts = (_param: string) => true): Occurrences {
  const pairs: (readonly [string, string])[] = [];
  for (const [at, resource] of resources.entries()) {
    const { resourceType } = resource;
    if (resourceType === 'Patient' || CODED.includes(resourceType)) {
      const row = String(valuesAt(resource, 'id')[0] ?? at);
      for (const { param, value } of indexTerms(resource).tokens) {
        if (counts(param)) pairs.push([`${resourceType}|${param}|${value}`, row]);
      }
    }
  }
  return occurrences(pairs);
}

function patientTokens(): Occurrences {
  const ids = new Set(
    stolen.resources.filter(({ type, section }) => type === 'Patient' && section !== 0).map(({ id }) => id),
  );
  const rows = stolen.practiceTokens.filter(({ resource_id }) => ids.has(resource_id));
  return occurrences(rows.map(({ token, resource_id }) => [token, resource_id]));
}

function chartsWith(test: (row: StolenRow) => boolean): Set<string> {
  return new Set(stolen.resources.filter(test).flatMap(({ chart_id }) => chart_id ?? []));
}
