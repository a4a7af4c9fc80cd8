import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import type { Configuration } from '../base/configuration.ts';
import { type ChartId, newId } from '../base/ids.ts';
import type { Database } from '../db/index.ts';
import { encodeVerifierKey } from '../ledger/index.ts';
import { makeInvocation, readArguments } from './command.ts';
import { log } from './log.ts';

let fresh: FreshDatabase;
let practice: TestLog;
let dataFolder: string;
let key: string;
let slug: string;

// The command opens the database of its configuration; here it is handed the one of the test.
vi.mock('../db/index.ts', async (original) => ({
  ...(await original<typeof import('../db/index.ts')>()),
  openDatabase: async (): Promise<Partial<Database>> => ({
    owner: fresh.owner,
    close: async () => undefined,
  }),
}));

beforeAll(async () => {
  fresh = await freshDatabase();
  practice = await openTestLog(fresh);
  dataFolder = await mkdtemp(path.join(tmpdir(), 'postern-log-command-'));
  key = encodeVerifierKey(practice.signer.name, practice.signer.publicKey);
  slug = `p-${practice.practiceId.slice(0, 8)}`;
  await practice.write(5);
  await practice.sequence();
  await cp(practice.above, path.join(dataFolder, 'log'), { recursive: true });
});
afterAll(async () => {
  await practice.remove();
  await rm(dataFolder, { recursive: true, force: true });
  await fresh.close();
});

async function run(...args: string[]): Promise<{ printed: string[]; failure: unknown }> {
  const printed: string[] = [];
  const keyVault = `file:${path.join(dataFolder, 'no-root.key')}`;
  const configuration = { dataFolder, keyVault } as Configuration;
  const invocation = makeInvocation(readArguments(log, args), configuration);
  const failure = await log
    .run({ ...invocation, print: (line) => void printed.push(line) })
    .catch((error: unknown) => error);
  return { printed, failure };
}

describe('postern log', () => {
  it('verifies a log in words and in JSON, and takes an earlier checkpoint from a file', async () => {
    const kept = path.join(dataFolder, 'kept');
    await writeFile(kept, await practice.newestNote());
    const { printed, failure } = await run('verify', '--practice', slug, '--key', key, '--earlier', kept);
    expect(failure).toBeUndefined();
    expect(printed).toContain('Every line is as it was signed.');
    expect(printed).toContain('Every record is as the log says.');
    expect(printed.at(-1)).toBe('Every way to sign in is one that the log knows.');
    expect(printed).toContain(`Public key:  ${key}`);
    const history = path.join(practice.directory, 'checkpoints');
    expect(
      (await run('verify', '--practice', slug, '--key', key, '--earlier', history)).failure,
    ).toBeUndefined();
    await writeFile(kept, 'no checkpoint');
    const refused = await run('verify', '--practice', slug, '--key', key, '--earlier', kept);
    expect(refused.failure).toMatchObject({ code: 'invalid' });
    const json = await run('verify', '--practice', slug, '--key', key, '--json');
    expect(JSON.parse(json.printed[0]!)).toMatchObject({ sound: true, lines: 5, records: { sound: true } });
  });

  it('says what records are not as the log says, and fails', async () => {
    const id = newId();
    await fresh.owner.query(
      `insert into postern.resource (
         practice_id, id, section, type, version, updated_at, author, key_version, classifier_version, sealed)
       values ($1, $2, 6, 'Schedule', 1, now(), $3, 1, 1, '')`,
      [practice.practiceId, id, newId()],
    );
    const { printed, failure } = await run('verify', '--practice', slug, '--key', key);
    expect(failure).toMatchObject({ code: 'damaged', message: expect.stringContaining('records') });
    expect(printed).toContain(
      `unexplained: Schedule/${id}/_history/1 stands, and no line says that it was written.`,
    );
    expect(printed).toContain('The records are NOT as the log says.');
    await fresh.owner.query('delete from postern.resource where id = $1', [id]);
  });

  it('says which ways to sign in are not as the log says, and fails', async () => {
    const [account, id] = [newId(), newId()];
    await fresh.owner.query(
      "insert into postern.factor (account_id, factor_id, kind, sealed) values ($1, $2, 'totp', '')",
      [account, id],
    );
    const { printed, failure } = await run('verify', '--practice', slug, '--key', key);
    expect(failure).toMatchObject({ code: 'damaged', message: expect.stringContaining('Ways to sign in') });
    expect(printed).toContain(
      `unexplained: CodeApp ${id} of account ${account} stands, and no line says that it was added.`,
    );
    expect(printed.at(-1)).toBe('Ways to sign in are NOT as the log says.');
    await fresh.owner.query('delete from postern.factor where factor_id = $1', [id]);
  });

  it('says so where the database has no log yet', async () => {
    await fresh.owner.query('alter schema postern rename to elsewhere');
    try {
      const { failure } = await run('verify', '--practice', slug, '--key', key);
      expect(failure).toMatchObject({ code: 'not-found', message: expect.stringContaining('POSTERN_DATA') });
    } finally {
      await fresh.owner.query('alter schema elsewhere rename to postern');
    }
  });

  it('shows lines newest first and notes that it was read', async () => {
    const chart = newId<ChartId>();
    const { printed } = await run('show', '--practice', slug, '--json', '--limit', '3');
    const lines = printed.map((text) => JSON.parse(text));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({ action: 'log-show', client: 'postern log', account: null });
    expect((await run('show', '--practice', slug, '--chart', chart)).printed).toEqual([]);
    const table = (await run('show', '--practice', slug, '--limit', '1')).printed;
    expect(table).toEqual([
      expect.stringMatching(/^TIME +NUMBER +WHO +PURPOSE +ACTION +OUTCOME +WHAT$/),
      expect.stringMatching(/^\d{4}-\S+Z +\S+ +postern log +\S+ +log-show +ok/),
    ]);
  });

  it('says that a file with an earlier checkpoint is not there, or cannot be read', async () => {
    const absent = path.join(dataFolder, 'absent');
    const verify = (file: string) => run('verify', '--practice', slug, '--key', key, '--earlier', file);
    expect((await verify(absent)).failure).toMatchObject({ message: `There is no file ${absent}.` });
    expect((await verify(dataFolder)).failure).toMatchObject({ code: 'invalid' });
  });

  it('exports every leaf and the checkpoint over them', async () => {
    const { printed } = await run('export', '--practice', slug);
    expect(printed).toHaveLength(6);
    expect(JSON.parse(printed[5]!).checkpoint).toBe(await practice.newestNote());
  });

  it('fails where something was changed, and where it is asked for what is not there', async () => {
    await fresh.owner.query(
      "update postern.access_line set outcome = 'refused' where practice_id = $1 and action = 'read'",
      [practice.practiceId],
    );
    const { printed, failure } = await run('verify', '--practice', slug, '--key', key);
    expect(failure).toMatchObject({ code: 'damaged' });
    expect(printed.filter((line) => line.startsWith('edit at '))).toHaveLength(5);
    const other = encodeVerifierKey('postern/log/other', randomBytes(32));
    for (const args of [
      ['show'],
      ['look', '--practice', slug],
      ['verify', '--practice', 'nobody'],
      ['show', '--practice', slug, '--chart', 'x'],
      ['show', '--practice', slug, '--from', 'yesterday'],
      ['verify', '--practice', slug, '--key', other],
    ]) {
      expect((await run(...args)).failure, args.join(' ')).toBeInstanceOf(Error);
    }
  });
});
