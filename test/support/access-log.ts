/**
 * A practice with an access log that grows in a test: lines, a sequencer, and somebody who owns the database.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AccountId,
  type ChartId,
  type LineId,
  newId,
  type PracticeId,
  type SessionHash,
} from '../../src/base/ids.ts';
import {
  type AccessLine,
  type LineEntry,
  logDirectory,
  logOrigin,
  Sequencer,
  type SequencerOptions,
  type VerifyReport,
  verifyLog,
} from '../../src/ledger/index.ts';
import type { FreshDatabase } from './database.ts';
import { type TestSigner, testSigner } from './note-signer.ts';
import { TEST_PADS, testTicket } from './test-ticket.ts';

export interface TestLog {
  practiceId: PracticeId;
  sessionHash: SessionHash;
  accountId: AccountId;
  signer: TestSigner;
  /** The directory above this practice's. */
  above: string;
  /** This practice's own. */
  directory: string;
  sequencer: Sequencer;
  errors: unknown[];
  /** A line of this practice's session that names the charts. */
  line(...charts: ChartId[]): AccessLine;
  /** Writes that many lines as the owner, each in its own transaction, and returns them. */
  write(count: number): Promise<AccessLine[]>;
  /** Sequences until no line waits. */
  sequence(): Promise<void>;
  /** Another sequencer on the same database: another process. */
  otherSequencer(options?: Partial<SequencerOptions>): Sequencer;
  verify(options?: { earlier?: string[]; noFiles?: boolean }): Promise<VerifyReport>;
  newestNote(): Promise<string>;
  /** Gives the session reach, as an admission would, and returns its literal for `postern.session`. */
  admit(reach: { seesLines?: boolean; chart?: ChartId }): Promise<string>;
  remove(): Promise<void>;
}

export async function openTestLog(
  database: FreshDatabase,
  options: Partial<SequencerOptions> = {},
): Promise<TestLog> {
  const { owner, server } = database;
  const practiceId = newId<PracticeId>();
  const accountId = newId<AccountId>();
  const sessionHash = randomBytes(32).toString('hex') as SessionHash;
  const signer = testSigner(logOrigin(practiceId));
  const above = await mkdtemp(path.join(tmpdir(), 'postern-log-'));
  const directory = logDirectory(above, practiceId);
  const errors: unknown[] = [];
  await owner.query('insert into postern.practice (practice_id, slug, name) values ($1, $2, $3)', [
    practiceId,
    `p-${practiceId.slice(0, 8)}`,
    'Practice',
  ]);
  await owner.query(
    'insert into postern.reach_key (inner_pad, outer_pad) values ($1, $2) on conflict do nothing',
    [...TEST_PADS],
  );
  await owner.query(
    `insert into postern.session (practice_id, session_hash, account_id, purpose, expires_at, mac)
     values ($1, decode($2, 'hex'), $3, 'TREAT', now() + interval '1 hour', '')`,
    [practiceId, sessionHash, accountId],
  );
  const otherSequencer = (changes: Partial<SequencerOptions> = {}) =>
    new Sequencer({
      pool: server,
      directory: above,
      keysOf: async (id) => ({ signer: { ...signer, name: logOrigin(id) }, retired: [] }),
      ticketOf: async (id) => testTicket(id),
      onError: (_, error) => errors.push(error),
      ...options,
      ...changes,
    });
  const sequencer = otherSequencer();
  const line = (...charts: ChartId[]): AccessLine => ({
    practiceId,
    id: newId<LineId>(),
    sessionHash,
    accountId,
    behalfOf: null,
    purpose: 'TREAT',
    action: 'read',
    outcome: 'ok',
    client: null,
    address: '192.0.2.7',
    entries: charts.map((chart): LineEntry => [chart, 'Observation', newId(), 1]),
    detail: null,
    bytes: null,
    closes: null,
  });
  return {
    practiceId,
    sessionHash,
    accountId,
    signer,
    above,
    directory,
    sequencer,
    errors,
    line,
    otherSequencer,
    async write(count) {
      const lines = Array.from({ length: count }, () => line(newId<ChartId>()));
      for (const one of lines) await insertAsOwner(database, one);
      return lines;
    },
    async sequence() {
      // An open transaction of another test in the cluster may hold lines back for a moment.
      for (let waiting = true; waiting; ) {
        await sequencer.sequence(practiceId);
        waiting = await hasPending(database, practiceId);
        if (waiting) await delay(5);
      }
    },
    verify: ({ earlier = [], noFiles = false } = {}) =>
      verifyLog({
        pool: owner,
        practiceId,
        publicKeys: [signer.publicKey],
        earlier,
        ...(noFiles ? {} : { directory }),
      }),
    async newestNote() {
      const { rows } = await owner.query(
        'select note from postern.checkpoint where practice_id = $1 order by size desc limit 1',
        [practiceId],
      );
      return (rows[0] as { note: string }).note;
    },
    async admit({ seesLines = false, chart }) {
      const keys = [`a/${accountId}`];
      if (seesLines) keys.push(`l/${practiceId}`);
      if (chart !== undefined) keys.push(`l/${chart}`);
      await owner.query(
        `insert into postern.reach (practice_id, session_hash, epoch, account_id, expires_at, keys)
         values ($1, decode($2, 'hex'), 1, $3, now() + interval '1 hour', $4)
         on conflict (practice_id, session_hash) do update set keys = excluded.keys`,
        [practiceId, sessionHash, accountId, keys],
      );
      return `${practiceId}/${sessionHash}/${'1'.padStart(16, '0')}`;
    },
    async remove() {
      await sequencer.stop();
      await rm(above, { recursive: true, force: true });
    },
  };
}

async function hasPending(database: FreshDatabase, practiceId: PracticeId): Promise<boolean> {
  const { rowCount } = await database.owner.query(
    `select from postern.access_line l
     where l.practice_id = $1
       and not exists (
         select from postern.access_leaf f where f.practice_id = l.practice_id and f.line_id = l.id)
     limit 1`,
    [practiceId],
  );
  return rowCount !== 0;
}

async function insertAsOwner(database: FreshDatabase, line: AccessLine): Promise<void> {
  await database.owner.query(
    `insert into postern.access_line (
       practice_id, id, session_hash, account_id, purpose, action, outcome, address, entries)
     values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9)`,
    [
      line.practiceId,
      line.id,
      line.sessionHash,
      line.accountId,
      line.purpose,
      line.action,
      line.outcome,
      line.address,
      JSON.stringify(line.entries),
    ],
  );
}
