/**
 * A practice with records and two servers over it that share nothing but the database and the vault: for
 * tests of what happens to one while the other, or the operator, changes keys.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { type AccountId, type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import {
  ChartStore,
  type FhirResource,
  type KeyWork,
  loadDefinitions,
  type StoreContext,
  WrappedKeys,
} from '../../src/chart/index.ts';
import { Files, FolderStore } from '../../src/documents/index.ts';
import { Gate, Keychain, type RoleName, type Visit } from '../../src/gate/index.ts';
import { Deposits } from '../../src/intake/index.ts';
import { LineWriter } from '../../src/ledger/index.ts';
import { type KeyVault, openKeyVault } from '../../src/seal/index.ts';
import { type FreshDatabase, freshDatabase } from './database.ts';

export interface KeptPractice {
  readonly database: FreshDatabase;
  readonly folder: string;
  readonly vault: KeyVault;
  readonly practiceId: PracticeId;
  /** What the operator's commands work with: memory of their own, like another process. */
  readonly work: KeyWork;
  readonly first: ServerOf;
  readonly second: ServerOf;
  /** One more server, as if started now. */
  start(): Promise<ServerOf>;
  /** Brings resources in, each with its id, in their order. */
  deposit(...resources: Deposit[]): Promise<void>;
  /** A new chart. */
  chart(patient?: object): Promise<ChartId>;
  /** The token of somebody new with that role. */
  person(role: RoleName, chartId?: ChartId): Promise<string>;
  close(): Promise<void>;
}

export type Deposit = FhirResource & { readonly id: string };

export interface ServerOf {
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly store: ChartStore;
  readonly deposits: Deposits;
  readonly lines: LineWriter;
}

export async function keepPractice(): Promise<KeptPractice> {
  const database = await freshDatabase({ poolSize: 12 });
  const folder = await mkdtemp(join(tmpdir(), 'postern-kept-'));
  const vault = await openKeyVault(`file:${join(folder, 'root.key')}`, { create: true });
  const definitions = await loadDefinitions();
  const servers: ServerOf[] = [];
  const start = async (): Promise<ServerOf> => {
    const keychain = new Keychain({ server: database.server, vault });
    await keychain.installReachKey(database.owner);
    const gate = new Gate({ server: database.server, keychain, clock: systemClock });
    const lines = new LineWriter({ pool: database.server });
    const context: StoreContext = {
      pool: database.server,
      renew: (scope) => gate.renew(scope),
      lines,
      definitions,
      wrappedKeys: new WrappedKeys(),
      files: new Files({ store: new FolderStore(join(folder, 'files'), 0) }),
      indexVersions: (practiceId) => keychain.indexVersions(practiceId),
      refreshKeys: (practiceId) => keychain.refresh(practiceId),
      clock: systemClock,
      ownBases: [],
    };
    const store = new ChartStore(context);
    const deposits = new Deposits({ context, store, keysOf: (practice) => keychain.of(practice) });
    const server = { keychain, gate, store, deposits, lines };
    servers.push(server);
    return server;
  };
  const [first, second] = [await start(), await start()];
  const practiceId = await first.keychain.createPractice(database.owner, { slug: 'kept', name: 'Kept' });
  const deposit: KeptPractice['deposit'] = (...resources) => depositInto(first, practiceId, resources);
  return {
    database,
    folder,
    vault,
    practiceId,
    work: { owner: database.owner, vault, keychain: new Keychain({ server: database.server, vault }) },
    first,
    second,
    start,
    deposit,
    chart: async (patient = {}) => {
      const id = newId<ChartId>();
      await deposit({ resourceType: 'Patient', id, ...patient });
      return id;
    },
    person: (role, chartId) => personOf(first.gate, practiceId, role, chartId ?? null),
    close: async () => {
      for (const { lines, gate } of servers) {
        await lines.close();
        await gate.close();
      }
      await vault.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function depositInto(
  { gate, store }: ServerOf,
  practiceId: PracticeId,
  resources: readonly Deposit[],
): Promise<void> {
  await gate.asJob(practiceId, 'system-import', 'test', async (visit) => {
    const drafts = resources.map((resource) => ({
      id: resource.id as ResourceId,
      resource,
      section: null,
      author: visit.scope.accountId,
      digest: Buffer.alloc(16),
    }));
    for (const outcome of await store.importBatch(visit, drafts)) {
      if (outcome.kind === 'refused') throw outcome.error;
    }
  });
}

async function personOf(
  gate: Gate,
  practiceId: PracticeId,
  role: RoleName,
  chartId: ChartId | null,
): Promise<string> {
  const accountId: AccountId = await gate.accounts.createAccount({
    email: `${newId()}@kept.example`,
    name: 'Somebody',
  });
  await gate.asJob(practiceId, 'system-setup', 'test', async (visit) => {
    const startsAt = new Date(Date.now() - 60_000);
    await gate.grant(visit, {
      accountId,
      role,
      chartId,
      sections: null,
      startsAt,
      endsAt: null,
      reason: null,
    });
  });
  return gate.openSession({ practiceId, accountId, purpose: 'test', client: null, ttlSeconds: 3600 });
}

/** The visit of a token at a server. Throws where it is not admitted. */
export async function visitAt({ gate }: ServerOf, token: string): Promise<Visit> {
  const visit = await gate.admit(token, '192.0.2.1');
  if (visit === null) throw new Error('not admitted');
  return visit;
}
