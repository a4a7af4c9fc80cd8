/**
 * The canaries of a run: two practices with people and a record of every type, made to be attacked and
 * removed afterwards. Each is marked before it is made, so that the next run finds what a killed one left.
 */
import { rm } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { type AccountId, newId, type PracticeId } from '../../base/ids.ts';
import { type Gate, INSTALLATION, type Keychain } from '../../gate/index.ts';
import { appendLine, logDirectory, operatorLine, type Sequencer } from '../../ledger/index.ts';
import { type CanaryKind, canaryMac, isCanaryMark } from './proof.ts';

export interface CanaryParts {
  readonly owner: Pool;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly sequencer: Pick<Sequencer, 'sequence'>;
  /** The folder above those of the practices' logs. */
  readonly logFolder: string;
}

/** Where mail to a canary goes: nowhere (RFC 2606 section 2). */
export const CANARY_DOMAIN = 'canary.invalid';
const CLIENT = 'postern prove';

/** Marks it as ours to remove. It has to stand before what it is about. */
async function mark({ owner, keychain }: CanaryParts, kind: CanaryKind, id: string): Promise<void> {
  await owner.query('insert into postern.canary (kind, id, mac) values ($1, $2, $3)', [
    kind,
    id,
    canaryMac(await keychain.installation(), kind, id),
  ]);
}

/** Makes a practice, with a line in the installation's log. */
export async function makePractice(parts: CanaryParts): Promise<PracticeId> {
  const practiceId = newId<PracticeId>();
  await mark(parts, 'practice', practiceId);
  const entries = [[null, 'Practice', practiceId, null]] as const;
  const act = { practiceId: INSTALLATION, client: CLIENT, action: 'prove-make', entries };
  await appendLine(parts.owner, operatorLine(act));
  const slug = `canary-${practiceId.slice(0, 8)}`;
  return parts.keychain.createPractice(parts.owner, { slug, name: 'Canary of postern prove', practiceId });
}

/** Makes an account that holds nothing yet. */
export async function makeAccount(parts: CanaryParts): Promise<AccountId> {
  const accountId = newId<AccountId>();
  await mark(parts, 'account', accountId);
  const email = `${accountId}@${CANARY_DOMAIN}`;
  return parts.gate.accounts.createAccount({ email, name: 'Canary', accountId });
}

/** Removes what marks by our key name: of this run, or left by one that was killed. Answers how many. */
export async function removeCanaries(parts: CanaryParts): Promise<number> {
  const { owner, keychain } = parts;
  const { rows } = await owner.query<{ kind: CanaryKind; id: string; mac: Buffer }>(
    'select c.kind, c.id, c.mac from postern.canary c order by c.made_at',
  );
  const installation = await keychain.installation();
  const genuine = rows.filter(({ kind, id, mac }) => isCanaryMark(installation, kind, id, mac));
  const ids = (kind: CanaryKind) => genuine.filter((each) => each.kind === kind).map(({ id }) => id);
  for (const practiceId of ids('practice')) await removePractice(parts, practiceId as PracticeId);
  await removeAccounts(parts, ids('account') as AccountId[]);
  return genuine.length;
}

/**
 * Removes a practice: its keys, so that nothing of it can ever be opened, its rows, its log. What the log
 * came to, how many lines under which head, stays in a line of the installation's own.
 */
async function removePractice(parts: CanaryParts, practiceId: PracticeId): Promise<void> {
  const { owner, sequencer, logFolder } = parts;
  await sequencer.sequence(practiceId).catch(() => false);
  const client = await owner.connect();
  let sound = false;
  try {
    // A server that is at this practice's log ends first, and writes no file of it afterwards.
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`postern.ledger.${practiceId}`]);
    await client.query('begin');
    const size = await headOf(client, practiceId);
    // Every process hears of it and drops the keys.
    await client.query(
      `select postern.session_end(s.practice_id, s.session_hash)
       from postern.session s
       where s.practice_id = $1
         and s.ended_at is null`,
      [practiceId],
    );
    for (const table of await tenantTables(client)) {
      await client.query(`delete from postern.${table} t where t.practice_id = $1`, [practiceId]);
    }
    const entries = [[null, 'Practice', practiceId, size]] as const;
    const act = { practiceId: INSTALLATION, client: CLIENT, action: 'prove-remove', entries };
    await appendLine(client, operatorLine(act));
    await client.query("delete from postern.canary c where c.kind = 'practice' and c.id = $1", [practiceId]);
    await client.query('commit');
    await rm(logDirectory(logFolder, practiceId), { recursive: true, force: true });
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [
      `postern.ledger.${practiceId}`,
    ]);
    sound = true;
  } finally {
    client.release(!sound);
  }
}

async function headOf(client: PoolClient, practiceId: PracticeId): Promise<number> {
  const { rows } = await client.query<{ size: number }>(
    `select coalesce(max(c.size), 0)::integer as size
     from postern.checkpoint c
     where c.practice_id = $1`,
    [practiceId],
  );
  return rows[0]!.size;
}

/** Every table with rows of practices, one that is added later too; those that refer to others first. */
async function tenantTables(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(c.relname) as name
     from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
     where c.relnamespace = 'postern'::regnamespace
       and c.relkind in ('r', 'p')
     order by exists (
       select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') desc, c.relname`,
  );
  return rows.map(({ name }) => name);
}

async function removeAccounts({ owner }: CanaryParts, accounts: readonly AccountId[]): Promise<void> {
  await owner.query('delete from postern.signin_code s where s.account_id = any ($1)', [accounts]);
  await owner.query('delete from postern.account a where a.account_id = any ($1)', [accounts]);
  await owner.query("delete from postern.canary c where c.kind = 'account' and c.id = any ($1)", [accounts]);
}
