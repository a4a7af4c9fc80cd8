/**
 * A practice behind a real gate over a database of its own, without the rooms above: for tests of who gets
 * in.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { type AccountId, type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import { SECTIONS, type Section, type SectionMask } from '../../src/base/section.ts';
import { inSession } from '../../src/db/index.ts';
import { Gate, Keychain, type RoleName, type Visit } from '../../src/gate/index.ts';
import { type KeyVault, openKeyVault, type SealedRow } from '../../src/seal/index.ts';
import { type FreshDatabase, freshDatabase } from './database.ts';

export interface Held {
  readonly role: RoleName;
  readonly chartId?: ChartId;
  readonly sections?: SectionMask;
  readonly startsAt?: Date;
  readonly endsAt?: Date;
}

export interface GatedPractice {
  readonly database: FreshDatabase;
  readonly vault: KeyVault;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly practiceId: PracticeId;
  /** Gives an account those roles, by a job of set-up. */
  give(accountId: AccountId, ...held: readonly Held[]): Promise<void>;
  /** Somebody new with those roles, and a session. */
  person(...held: readonly Held[]): Promise<{ accountId: AccountId; token: string }>;
  /** The visit of somebody new with those roles. */
  visitor(...held: readonly Held[]): Promise<Visit>;
  session(accountId: AccountId, ttlSeconds?: number): Promise<string>;
  /** A sealed row that stands in the database, whoever may see it. */
  record(place: RecordPlace): Promise<SealedRow>;
  /** The Patient of a chart, a new one unless given. */
  patient(chartId?: ChartId, section?: Section): Promise<ChartId>;
  /** Whether row policies show the row to that visit's session. */
  sees(visit: Visit, row: SealedRow, pool?: pg.Pool): Promise<boolean>;
  incidents(kind: string): Promise<number>;
  close(): Promise<void>;
}

export interface RecordPlace {
  readonly section: Section;
  readonly chartId: ChartId | null;
  readonly author?: AccountId;
  readonly type?: string;
  readonly id?: string;
}

export async function openGatedPractice(options: { clock?: Clock } = {}): Promise<GatedPractice> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'postern-gate-'));
  const vault = await openKeyVault(`file:${join(folder, 'root.key')}`, { create: true });
  const keychain = new Keychain({ server: database.server, vault });
  await keychain.installReachKey(database.owner);
  const clock = options.clock ?? systemClock;
  const gate = new Gate({ server: database.server, keychain, clock });
  const practiceId = await keychain.createPractice(database.owner, { slug: 'hillside', name: 'Hillside' });
  const give: GatedPractice['give'] = (accountId, ...held) =>
    gate.asJob(practiceId, 'system-setup', 'test', async (visit) => {
      for (const { role, chartId = null, sections = null, startsAt = clock.now(), endsAt = null } of held) {
        await gate.grant(visit, { accountId, role, chartId, sections, startsAt, endsAt, reason: null });
      }
    });
  const session = (accountId: AccountId, ttlSeconds = 7200) =>
    gate.openSession({ practiceId, accountId, purpose: 'test', client: null, ttlSeconds });
  const person: GatedPractice['person'] = async (...held) => {
    const email = `${randomBytes(6).toString('hex')}@hillside.example`;
    const accountId = await gate.accounts.createAccount({ email, name: 'Somebody' });
    await give(accountId, ...held);
    return { accountId, token: await session(accountId) };
  };
  return {
    database,
    vault,
    keychain,
    gate,
    practiceId,
    give,
    session,
    person,
    visitor: async (...held) => (await gate.admit((await person(...held)).token, '192.0.2.1'))!,
    record: (place) => keepRecord(database, gate, practiceId, place),
    patient: async (chartId = newId<ChartId>(), section = 'administrative') => {
      const place = { section, chartId, type: 'Patient', id: chartId };
      await keepRecord(database, gate, practiceId, place);
      return chartId;
    },
    sees: async ({ scope }, row, pool = database.server) => {
      const { rowCount } = await inSession(pool, scope.handle, (tx) =>
        tx.query('select from postern.resource r where r.practice_id = $1 and r.id = $2', [
          row.practiceId,
          row.id,
        ]),
      );
      return rowCount === 1;
    },
    incidents: async (kind) => {
      const { rows } = await database.owner.query<{ count: number }>(
        'select count(*)::integer as count from postern.incident where kind = $1',
        [kind],
      );
      return rows[0]!.count;
    },
    close: async () => {
      await gate.close();
      await vault.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function keepRecord(
  { owner }: FreshDatabase,
  gate: Gate,
  practiceId: PracticeId,
  { section, chartId, author = newId<AccountId>(), type = 'Observation', id = newId() }: RecordPlace,
): Promise<SealedRow> {
  const bound = section === 'psychotherapy' ? author : null;
  const row = await gate.asJob(practiceId, 'system-import', 'test', async ({ scope }) => {
    const { wrapped, practiceKeyVersion } = scope.keys.newChartKey(chartId, section, bound);
    const place = {
      practiceId,
      chartId,
      section,
      author: bound,
      type,
      id: id as ResourceId,
      version: 1,
      wrappedKey: wrapped,
      practiceKeyVersion,
    };
    return { ...place, sealed: scope.keys.seal(place, Buffer.from('{"note":"heron"}')) };
  });
  await owner.query(
    `insert into postern.resource (
       practice_id, id, chart_id, section, type, version, updated_at, author, key_version,
       classifier_version, sealed)
     values ($1, $2, $3, $4, $5, 1, now(), $6, 1, 1, $7)`,
    [practiceId, row.id, chartId, SECTIONS[section], type, author, row.sealed],
  );
  return row;
}
