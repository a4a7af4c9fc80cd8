/**
 * The composition root: opens the database, brings it up to date, and puts the rooms together. Every command
 * that touches records starts here; nothing else wires.
 */
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { ArchiveParts } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { ChartStore, loadDefinitions, type StoreContext, WrappedKeys } from '../chart/index.ts';
import { type Database, migrate, type OpenOptions, openDatabase } from '../db/index.ts';
import {
  type BlobStore,
  ClamAv,
  Files,
  Holds,
  KeptApart,
  type KeptApartParts,
  KeptPreviews,
  noteByJob,
  type OriginalsParts,
  openBlobStores,
  PracticeFiles,
  PreviewMaker,
  Retention,
  Uploads,
  USUAL_UPLOAD_LIMITS,
} from '../documents/index.ts';
import { tellOfGrants } from '../doors/index.ts';
import { Gate, Keychain } from '../gate/index.ts';
import { Deposits } from '../intake/index.ts';
import { Jobs } from '../jobs/index.ts';
import { LineWriter, ledgerTicket, logKeysOf, Sequencer } from '../ledger/index.ts';
import { Links } from '../links/index.ts';
import { Post, senderOf } from '../post/index.ts';
import { type KeyVault, openKeyVault } from '../seal/index.ts';

export interface Postern {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly vault: KeyVault;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly store: ChartStore;
  readonly deposits: Deposits;
  readonly files: Files;
  readonly previews: KeptPreviews;
  readonly uploads: Uploads;
  readonly practiceFiles: PracticeFiles;
  readonly apart: KeptApart;
  readonly originals: OriginalsParts;
  readonly retention: Retention;
  readonly holds: Holds;
  readonly links: Links;
  readonly jobs: Jobs;
  readonly archives: ArchiveParts;
  readonly wrappedKeys: WrappedKeys;
  readonly lines: LineWriter;
  readonly sequencer: Sequencer;
  /** Where the content of files is kept; a server has it say first that nobody else gets at it. */
  readonly blobs: BlobStore;
  /** Where mails are put in; they go out from a server that runs. */
  readonly post: Post;
  /** Finishes what is under way and closes everything. Repeatable. */
  close(): Promise<void>;
}

export interface OpenPosternOptions extends OpenOptions {
  /** Told of what failed in the background, without any data in it. */
  readonly onError?: (what: string, error: unknown) => void;
  /** A database that has been opened already; it is closed with the rest. */
  readonly database?: Database;
  /** A store of files that has said already that it is private. */
  readonly blobs?: BlobStore;
}

/** Throws `not-configured`, `conflict` or `unavailable` with one sentence that says what to mend. */
export async function openPostern(
  configuration: Configuration,
  options: OpenPosternOptions = {},
): Promise<Postern> {
  // The definitions take most of a second to read; PostgreSQL starts meanwhile.
  const reading = loadDefinitions();
  reading.catch(() => undefined);
  const database = options.database ?? (await openDatabase(configuration, options));
  try {
    await migrate(database.owner, { serverRole: database.serverRole });
    const create = !(await holdsKeys(database.owner));
    const vault = await openKeyVault(configuration.keyVault, { create });
    const keychain = new Keychain({ server: database.server, vault });
    await keychain.installReachKey(database.owner);
    const gate = new Gate({ server: database.server, keychain, clock: systemClock });
    const blobs = options.blobs ?? (await storesOf(configuration));
    return await assemble(
      { configuration, database, vault, keychain, gate, blobs, definitions: await reading },
      options,
    );
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Where files are kept, and where they were before as long as some are there still. */
export async function storesOf({ blobs, blobsBefore }: Configuration): Promise<BlobStore> {
  return (await openBlobStores(blobs, blobsBefore)).all;
}

/** Once any key has been wrapped, a vault that is not there must not be made anew. */
async function holdsKeys(owner: Pool): Promise<boolean> {
  const { rows } = await owner.query<{ held: boolean }>(
    'select exists (select from postern.practice_key) as held',
  );
  return rows[0]!.held;
}

type Parts = Pick<Postern, 'configuration' | 'database' | 'vault' | 'keychain' | 'gate' | 'blobs'> & {
  definitions: Awaited<ReturnType<typeof loadDefinitions>>;
};

function sequencerOf({ configuration, database, keychain }: Parts, options: OpenPosternOptions): Sequencer {
  const report = options.onError ?? (() => undefined);
  return new Sequencer({
    pool: database.server,
    directory: join(configuration.dataFolder, 'log'),
    keysOf: async (practiceId) => logKeysOf(await keychain.of(practiceId)),
    ticketOf: async (practiceId) => ledgerTicket(await keychain.reachSigner(), practiceId, systemClock.now()),
    onError: (_practice, error) => report('The access log could not be sequenced.', error),
  });
}

/** What is done with files beside keeping them. */
function filingOf(keeping: KeptApartParts & { readonly gate: Gate }, store: BlobStore) {
  const maker = new PreviewMaker();
  const note = noteByJob(keeping.gate, keeping.store);
  return {
    maker,
    previews: new KeptPreviews({ store, maker, clock: systemClock, note }),
    uploads: new Uploads(keeping),
    apart: new KeptApart(keeping),
    originals: keeping,
    retention: new Retention(keeping),
    holds: new Holds(keeping),
  };
}

async function assemble(parts: Parts, options: OpenPosternOptions): Promise<Postern> {
  const { configuration, database, vault, keychain, gate, blobs, definitions } = parts;
  const clock = systemClock;
  const { publicUrl } = configuration;
  const sequencer = sequencerOf(parts, options);
  const lines = new LineWriter({ pool: database.server, onWritten: () => sequencer.poke() });
  const wrappedKeys = new WrappedKeys();
  const most = { ...USUAL_UPLOAD_LIMITS, ...configuration.fileLimits };
  const practiceFiles = new PracticeFiles({ gate, most });
  const files = new Files({
    store: blobs,
    scanner: configuration.clamAv === null ? null : new ClamAv(configuration.clamAv),
    rulesOf: (practiceId) => practiceFiles.of(practiceId),
  });
  const context: StoreContext = {
    pool: database.server,
    renew: (scope) => gate.renew(scope),
    lines,
    definitions,
    wrappedKeys,
    files,
    indexVersions: (practiceId) => keychain.indexVersions(practiceId),
    refreshKeys: (practiceId) => keychain.refresh(practiceId),
    clock: systemClock,
    ownBases: [`${configuration.publicUrl}/fhir`],
  };
  const store = new ChartStore(context);
  const keysOf = (practiceId: PracticeId) => keychain.of(practiceId);
  const { maker, ...filing } = filingOf({ context, store, files, gate, keysOf }, blobs);
  const deposits = new Deposits({ context, store, keysOf });
  const sends = senderOf(configuration) !== null;
  const post = new Post({ keys: () => keychain.installation(), clock, sends });
  tellOfGrants({ gate, post, clock: systemClock });
  const jobs = new Jobs({
    pool: database.server,
    gate,
    keysOf,
    folder: join(configuration.dataFolder, 'exports'),
  });
  const close = once(async () => {
    maker.close();
    await lines.close();
    await sequencer.stop();
    await gate.close();
    await vault.close();
    await database.close();
  });
  return {
    ...parts,
    store,
    files,
    practiceFiles,
    ...filing,
    links: new Links({ context, store, files, gate, keychain, lines, post, clock, publicUrl }),
    deposits,
    jobs,
    archives: { context, store, files, gate, jobs, clock: systemClock, base: context.ownBases[0]! },
    wrappedKeys,
    lines,
    sequencer,
    post,
    close,
  };
}

/** The same promise, however often it is asked. */
function once(work: () => Promise<void>): () => Promise<void> {
  let working: Promise<void> | null = null;
  return () => {
    working ??= work();
    return working;
  };
}

/** Opens for one command, beside a running server where there is one, and closes afterwards. */
export async function withPostern<T>(
  configuration: Configuration,
  work: (postern: Postern) => Promise<T>,
): Promise<T> {
  const postern = await openPostern(configuration, { attach: true, poolSize: 4 });
  try {
    const result = await work(postern);
    await postern.sequencer.sequenceAll();
    return result;
  } finally {
    await postern.close();
  }
}

/** Tells the planner what has come in: after many writes it would otherwise guess for a minute. */
export async function noteGrowth({ database }: Postern): Promise<void> {
  await database.owner.query(
    `analyze postern.resource, postern.chart_key, postern.chart_token, postern.practice_token,
       postern.date_range`,
  );
}

export interface PracticeLine {
  readonly practiceId: PracticeId;
  readonly slug: string;
  readonly name: string;
}

export async function listPractices(postern: Postern): Promise<PracticeLine[]> {
  const { rows } = await postern.database.server.query<{
    practice_id: PracticeId;
    slug: string;
    name: string;
  }>('select p.practice_id, p.slug, p.name from postern.practices() p order by p.slug');
  return rows.map(({ practice_id, slug, name }) => ({ practiceId: practice_id, slug, name }));
}

/** The practice by its slug. Throws `not-found` with the slugs that there are. */
export async function practiceBySlug(postern: Postern, slug: string): Promise<PracticeLine> {
  const all = await listPractices(postern);
  const found = all.find((practice) => practice.slug === slug);
  if (found !== undefined) return found;
  const known =
    all.length === 0
      ? 'there is none yet, and postern practice add SLUG --name NAME makes one'
      : `there are ${all.map((one) => one.slug).join(', ')}`;
  throw new PosternError('not-found', `No practice has that slug; ${known}.`);
}
