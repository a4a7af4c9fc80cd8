/**
 * `docs/security/asvs.csv`: every requirement of OWASP ASVS 5.0, chapters V6 to V10, with what we make of it
 * and what shows it. The requirements' own words are OWASP's (CC BY-SA 4.0) and stand there, not here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedData } from '../test/support/third-party-inputs.ts';

const ROOT = join(import.meta.dirname, '..');
const VERDICTS = ['met', 'met in part', 'not met', 'does not apply'];

interface Row {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly verdict: string;
  readonly why: string;
  /** Each a file and the name of a test, or the heading of a page. */
  readonly shown: readonly (readonly [path: string, name: string])[];
}

/** Rows of a CSV file (RFC 4180). */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}

function rowsHere(): Row[] {
  const [head, ...rows] = cellsOf(readFileSync(join(ROOT, 'docs/security/asvs.csv'), 'utf8'));
  expect(head).toEqual(['id', 'level', 'title', 'verdict', 'why', 'shown by']);
  return rows.map(([id = '', level = '', title = '', verdict = '', why = '', shown = '']) => ({
    ...{ id, level, title, verdict, why },
    shown: shown
      .split(' | ')
      .filter((each) => each !== '')
      .map((each) => {
        const at = each.indexOf(' > ');
        return [each.slice(0, at), each.slice(at + 3)] as const;
      }),
  }));
}

const ROWS = rowsHere();

test('each row says what it is, how far it is met and why, once', () => {
  expect(ROWS.map(({ id }) => id)).toHaveLength(new Set(ROWS.map(({ id }) => id)).size);
  for (const { id, level, title, verdict, why, shown } of ROWS) {
    expect([id, /^V(6|7|8|9|10)\.\d+\.\d+$/.test(id), /^[123]$/.test(level)]).toEqual([id, true, true]);
    expect([id, VERDICTS.includes(verdict), title !== '', why !== '']).toEqual([id, true, true, true]);
    const needsProof = verdict === 'met' || verdict === 'met in part';
    expect([id, needsProof ? shown.length > 0 : shown.length]).toEqual([id, needsProof ? true : 0]);
  }
});

test('nothing of the first two levels is left undone', () => {
  expect(ROWS.filter(({ level, verdict }) => level !== '3' && verdict === 'not met')).toEqual([]);
});

test('what shows it stands there, by that name', () => {
  const missing = ROWS.flatMap(({ id, shown }) =>
    shown
      .filter(([path, name]) => {
        if (!/^(docs\/.*\.md|(src|test|tools|web)\/.*\.test\.ts)$/.test(path)) return true;
        if (!existsSync(join(ROOT, path))) return true;
        const text = readFileSync(join(ROOT, path), 'utf8');
        const names = path.endsWith('.md') ? [`\n## ${name}\n`] : [`'${name}'`, `"${name}"`];
        return !names.some((each) => text.includes(each));
      })
      .map(([path, name]) => `${id}: ${path} > ${name}`),
  );
  expect(missing).toEqual([]);
});

const list = sharedData('owasp');

test.skipIf(list === null)('the rows are those of the published list, with their levels', () => {
  expect(ROWS.map(({ id, level }) => `${id} ${level}`)).toEqual(
    published().map(({ id, level }) => `${id} ${level}`),
  );
});

test.skipIf(list === null)('no row has the words of the list', () => {
  const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const RUN = 7;
  for (const { id, text } of published()) {
    const { title, why } = ROWS.find((row) => row.id === id)!;
    const theirs = wordsOf(text).join(' ');
    const ours = wordsOf(`${title} ${why}`);
    const runs = ours.map((_, at) => ours.slice(at, at + RUN)).filter(({ length }) => length === RUN);
    expect([id, runs.filter((run) => theirs.includes(run.join(' ')))]).toEqual([id, []]);
  }
});

function published(): { readonly id: string; readonly level: string; readonly text: string }[] {
  const text = readFileSync(join(list!, 'asvs-5.0.0.csv'), 'utf8').replace(/^\uFEFF/, '');
  const [head = [], ...rows] = cellsOf(text);
  const [id, level, words] = ['req_id', 'L', 'req_description'].map((name) => head.indexOf(name));
  return rows
    .map((row) => ({ id: row[id!]!, level: row[level!]!, text: row[words!]! }))
    .filter((row) => /^V(6|7|8|9|10)\./.test(row.id));
}
