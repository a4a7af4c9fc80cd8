import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { type AccountId, type ChartId, newId, type SessionHash } from '../base/ids.ts';
import { inSession } from '../db/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { exportLines } from './export-lines.ts';
import { leafOf, type StoredLine } from './leaf.ts';
import { LineWriter } from './line-writer.ts';
import { type LineQuery, listLines } from './list-lines.ts';
import { leafHash, rootOf } from './merkle.ts';

let database: FreshDatabase;
let log: TestLog;
const chart = newId<ChartId>();
const otherChart = newId<ChartId>();
beforeAll(async () => {
  database = await freshDatabase();
  log = await openTestLog(database);
  const writer = new LineWriter({ pool: database.server });
  for (let i = 0; i < 10; i += 1)
    await writer.write(log.line(...(i % 2 ? [chart, otherChart] : [otherChart])));
  await log.sequence();
  await log.write(1);
});
afterAll(async () => {
  await log.remove();
  await database.close();
});

const list = (query: Partial<LineQuery> = {}) =>
  listLines(database.owner, { practiceId: log.practiceId, ...query });

describe('listing lines', () => {
  it('gives the newest first, with the leaf that each has become', async () => {
    const { lines, next } = await list();
    expect(lines).toHaveLength(11);
    expect(next).toBeNull();
    expect(lines.map(({ at }) => at)).toEqual(
      lines
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    expect(lines[0]).toMatchObject({ seq: null, session: log.sessionHash, account: log.accountId });
    expect(lines.at(-1)).toMatchObject({ seq: 0, outcome: 'ok' });
  });

  it('pages through all of them once, in either direction', async () => {
    const whole = (await list()).lines.map(({ id }) => id);
    for (const oldestFirst of [false, true]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof list>> = await list({
          limit: 3,
          oldestFirst,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.lines.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toEqual(oldestFirst ? whole.toReversed() : whole);
    }
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(list({ limit: 0 })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('of a chart shows what the answers held of that chart, and no word of others', async () => {
    const { lines } = await list({ chartId: chart });
    expect(lines).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toContain(otherChart);
    expect(lines.every(({ entries }) => (entries as unknown[]).length === 1)).toBe(true);
    expect((await list({ chartId: newId<ChartId>() })).lines).toEqual([]);
  });

  it('keeps to an account, a session and a span of time', async () => {
    expect((await list({ accountId: log.accountId })).lines).toHaveLength(11);
    expect((await list({ accountId: newId<AccountId>() })).lines).toEqual([]);
    expect((await list({ session: log.sessionHash })).lines).toHaveLength(11);
    expect((await list({ session: '00'.repeat(32) as SessionHash })).lines).toEqual([]);
    const all = (await list()).lines;
    expect((await list({ from: new Date(Date.now() + 60_000) })).lines).toEqual([]);
    expect((await list({ from: new Date(0), to: new Date(Date.now() + 60_000) })).lines).toEqual(all);
  });

  it('shows the server role nothing without a session', async () => {
    expect((await listLines(database.server, { practiceId: log.practiceId })).lines).toEqual([]);
  });

  it('shows who sees lines all of them, and a patient those of the own chart', async () => {
    const as = (session: string) =>
      inSession(database.server, session, (tx) =>
        listLines(tx, { practiceId: log.practiceId, chartId: chart }),
      );
    const whole = (session: string) =>
      inSession(database.server, session, (tx) => listLines(tx, { practiceId: log.practiceId }));
    const officer = await log.admit({ seesLines: true });
    expect((await whole(officer)).lines).toHaveLength(11);
    const patient = await log.admit({ chart });
    expect((await as(patient)).lines).toHaveLength(5);
    expect((await whole(patient)).lines).toHaveLength(5);
    const stranger = await log.admit({ chart: newId<ChartId>() });
    expect((await as(stranger)).lines).toEqual([]);
    expect((await whole(stranger)).lines).toEqual([]);
  });
});

describe('the export', () => {
  it('is enough to work the head of the tree out without the database', async () => {
    const texts: string[] = [];
    for await (const text of exportLines(database.owner, log.practiceId)) texts.push(text);
    const read = texts.map((text) => JSON.parse(text));
    const checkpoint = parseCheckpoint(read.pop().checkpoint)!;
    expect(read).toHaveLength(checkpoint.size);
    const leaves = read.map(
      (line): StoredLine => ({
        ...line,
        practiceId: line.practice,
        atMicros: BigInt(line.atMicros),
        sessionHash: line.session === null ? null : Buffer.from(line.session, 'hex'),
        accountId: line.account,
        entriesText: JSON.stringify(line.entries),
        detail: line.detail === null ? null : Buffer.from(line.detail, 'base64'),
        bytes: line.bytes === null ? null : BigInt(line.bytes),
      }),
    );
    const hashes = leaves.map((line) => leafHash(leafOf(line)));
    expect(hashes.map((hash) => hash.toString('base64'))).toEqual(read.map(({ leafHash }) => leafHash));
    expect(rootOf(hashes)).toEqual(checkpoint.root);
  });

  it('gives a range of leaves where one is asked for', async () => {
    const seqs: number[] = [];
    for await (const text of exportLines(database.owner, log.practiceId, { from: 3, to: 6 })) {
      const line = JSON.parse(text);
      if (line.checkpoint === undefined) seqs.push(line.seq);
    }
    expect(seqs).toEqual([3, 4, 5]);
  });
});
