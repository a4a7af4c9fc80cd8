/**
 * The whole server over a database of its own: practices, people with their sessions, and requests. All of it
 * is real but the socket, which `listen` adds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorizationServer, appRoutes } from '../../src/apps/index.ts';
import { type ArchiveParts, archiveKind, archiveRoutes } from '../../src/archive/index.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { type AccountId, type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import { OPEN, type Opening } from '../../src/base/opening.ts';
import type { SectionMask } from '../../src/base/section.ts';
import type { WebFiles } from '../../src/base/web-files.ts';
import {
  birthDatesIn,
  ChartStore,
  type Definitions,
  type FhirResource,
  loadDefinitions,
  type StoreContext,
  WrappedKeys,
} from '../../src/chart/index.ts';
import {
  type BlobStore,
  Files,
  FolderStore,
  fileRoutes,
  Holds,
  KeptApart,
  KeptPreviews,
  noteByJob,
  PracticeFiles,
  PreviewMaker,
  Retention,
  type Scanner,
  type UploadLimits,
  Uploads,
  type UploadsParts,
  USUAL_UPLOAD_LIMITS,
} from '../../src/documents/index.ts';

import { type Doors, familyRoutes, openDoors, tellOfGrants } from '../../src/doors/index.ts';
import { exportKind } from '../../src/fhir/index.ts';
import { Gate, Keychain, type Narrowing, type NewGrant, type Visit } from '../../src/gate/index.ts';
import {
  createServer,
  openLog,
  type PressureLimits,
  type Server,
  USUAL_LIMITS,
} from '../../src/http/index.ts';
import { Deposits } from '../../src/intake/index.ts';
import { Jobs, JobWorker } from '../../src/jobs/index.ts';
import { LineWriter } from '../../src/ledger/index.ts';
import { Links, linkRoutes } from '../../src/links/index.ts';
import { Post } from '../../src/post/index.ts';
import { openKeyVault } from '../../src/seal/index.ts';
import { disclosureRoutes } from '../../src/watch/index.ts';
import { type Answered, type AskOptions, ask } from './ask-server.ts';
import { type FreshDatabase, freshDatabase } from './database.ts';
import { PLAIN_WEB } from './plain-web.ts';
import { openReportDesk } from './report-desk.ts';

export type { Answered, AskOptions, Json } from './ask-server.ts';

export interface ServedPractices {
  readonly database: FreshDatabase;
  readonly gate: Gate;
  readonly authorization: AuthorizationServer;
  readonly keychain: Keychain;
  readonly store: ChartStore;
  readonly deposits: Deposits;
  readonly jobs: Jobs;
  readonly archives: ArchiveParts;
  readonly links: Links;
  readonly files: Files;
  readonly retention: Retention;
  readonly previews: KeptPreviews;
  /** Where the content of files lies. */
  readonly filesFolder: string;
  /** Does one background job, if there is any; whether there was. */
  work(options?: { checkpointEvery?: number }): Promise<boolean>;
  readonly server: Server;
  readonly doors: Doors;
  readonly publicUrl: string;
  readonly clock: Clock;
  /** What the server wrote to its log. */
  readonly logged: string[];
  makePractice(): Promise<PracticeId>;
  /** Somebody with those roles and a session, or several. */
  person(practiceId: PracticeId, ...held: HeldRole[]): Promise<Person>;
  /** Somebody with those roles, and an app's session of theirs that is narrowed so. */
  app(practiceId: PracticeId, narrowing: Narrowing, ...held: HeldRole[]): Promise<Person>;
  /** Resources brought in as by an import, in their order; each has an id. */
  deposit(practiceId: PracticeId, ...resources: Deposit[]): Promise<void>;
  /** A new chart with this in its Patient. */
  chart(practiceId: PracticeId, patient?: object): Promise<ChartId>;
  /** Reads wrapped keys from the database again, as a server that has just been started. */
  forgetKeys(): void;
  /** A request as that token's holder; the answer with its content read. */
  ask(token: string | null, method: string, target: string, options?: AskOptions): Promise<Answered>;
  close(): Promise<void>;
}

export type Deposit = FhirResource & { readonly id: string };

export interface HeldRole {
  readonly role: NewGrant['role'];
  readonly chartId?: ChartId;
  readonly sections?: SectionMask;
}

export interface Person {
  readonly accountId: AccountId;
  readonly token: string;
}

/** What keeps the portal closed, made of what the server has. */
export type OpeningOf = (parts: { server: FreshDatabase['server']; keychain: Keychain }) => Opening;

export interface ServedOptions {
  readonly clock?: Clock;
  readonly publicUrl?: string;
  readonly port?: number;
  readonly web?: WebFiles;
  readonly opening?: OpeningOf;
  readonly limits?: PressureLimits;
  /** As of `Jobs`. */
  readonly reserveBytes?: number;
  /** As of `Uploads`. */
  readonly uploads?: Partial<UploadsParts>;
  /** What the operator gives a practice at most. */
  readonly fileLimits?: UploadLimits;
  /** Where the content of files lies, if not in a folder of its own. */
  readonly blobs?: BlobStore;
  /** What scans files; they are not scanned where this is not given. */
  readonly scanner?: Scanner;
}

/** A machine that is busy with other tests is not a server that has too much to do. */
const UNHURRIED: PressureLimits = { ...USUAL_LIMITS, lateMs: 60_000 };

let definitions: Promise<Definitions> | undefined;

export async function servePractices(options: ServedOptions = {}): Promise<ServedPractices> {
  const clock = options.clock ?? systemClock;
  const publicUrl = options.publicUrl ?? 'https://care.example';
  definitions ??= loadDefinitions();
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'postern-served-'));
  const vault = await openKeyVault(`file:${join(folder, 'root.key')}`, { create: true });
  const keychain = new Keychain({ server: database.server, vault });
  await keychain.installReachKey(database.owner);
  const gate = new Gate({ server: database.server, keychain, clock });
  const lines = new LineWriter({ pool: database.server });
  const filesFolder = join(folder, 'files');
  const blobs = options.blobs ?? new FolderStore(filesFolder, 0);
  const most = options.fileLimits ?? USUAL_UPLOAD_LIMITS;
  const practiceFiles = new PracticeFiles({ gate, most });
  const rulesOf = (practiceId: PracticeId) => practiceFiles.of(practiceId);
  const files = new Files({ store: blobs, scanner: options.scanner ?? null, rulesOf });
  const context: StoreContext = {
    pool: database.server,
    renew: (scope) => gate.renew(scope),
    lines,
    definitions: await definitions,
    wrappedKeys: new WrappedKeys(),
    files,
    indexVersions: (practiceId) => keychain.indexVersions(practiceId),
    refreshKeys: (practiceId) => keychain.refresh(practiceId),
    clock,
    ownBases: [`${publicUrl}/fhir`],
  };
  const store = new ChartStore(context);
  const maker = new PreviewMaker();
  const previews = new KeptPreviews({ store: blobs, maker, clock, note: noteByJob(gate, store) });
  const deposits = new Deposits({ context, store, keysOf: (practiceId) => keychain.of(practiceId) });
  const jobs = new Jobs({
    pool: database.server,
    gate,
    keysOf: (practiceId) => keychain.of(practiceId),
    folder: join(folder, 'exports'),
    ...(options.reserveBytes === undefined ? {} : { reserveBytes: options.reserveBytes }),
  });
  const logged: string[] = [];
  const log = openLog('debug', { write: (line) => void logged.push(line) });
  const web = options.web ?? PLAIN_WEB;
  const configuration = { host: '127.0.0.1', port: options.port ?? 0, publicUrl, trustedProxies: [] };
  const desk = await openReportDesk(database, { publicUrl, clock });
  const disclosure = disclosureRoutes<Visit>(desk, web.disclosure);
  const post = new Post({ keys: () => keychain.installation(), clock, sends: true });
  tellOfGrants({ gate, post, clock });
  const inner = { keychain, gate, clock, publicUrl, post, records: store };
  const doors = openDoors({ server: database.server, ...inner });
  const stretchBytes = 100_000;
  const keeping = {
    context,
    store,
    files,
    gate,
    keysOf: (practiceId: PracticeId) => keychain.of(practiceId),
  };
  const uploading = new Uploads({ ...keeping, stretchBytes, ...options.uploads });
  const apart = new KeptApart(keeping);
  const retention = new Retention(keeping);
  const holds = new Holds(keeping);
  const archives = { context, store, files, gate, jobs, clock, base: `${publicUrl}/fhir`, stretchBytes };
  const links = new Links({ context, store, files, gate, keychain, lines, post, clock, publicUrl });
  const parts = {
    gate,
    store,
    files,
    previews,
    uploads: fileRoutes({
      gate,
      uploads: uploading,
      practiceFiles,
      apart,
      originals: keeping,
      retention,
      holds,
    }),
    links,
    deposits,
    jobs,
  };
  const { server: pool } = database;
  const authorization = new AuthorizationServer({
    server: pool,
    keychain,
    gate,
    lines,
    clock,
    publicUrl,
    post,
    onError: (what, error) => void logged.push(`${what} ${String(error)}`),
  });
  const { proofs, sites } = authorization;
  const apps = appRoutes({ authorization, gate, store, server: pool, limits: doors.limits });
  const opening = options.opening?.({ server: database.server, keychain });
  const more = { ...(opening && { opening }), limits: options.limits ?? UNHURRIED };
  const families = familyRoutes({ ...inner, tickets: doors.tickets, birthDates: birthDatesIn(store) });
  const served = { web, disclosure, apps, proofs, sites, doors: [...doors.routes, ...families] };
  const ofLinks = linkRoutes({ links, limits: doors.limits, opening: opening ?? OPEN });
  const server = createServer({
    ...parts,
    archives: archiveRoutes(archives),
    ...served,
    linkRoutes: ofLinks,
    configuration,
    log,
    clock,
    ...more,
  });
  return {
    ...parts,
    archives,
    retention,
    filesFolder,
    authorization,
    database,
    keychain,
    server,
    doors,
    publicUrl,
    clock,
    logged,
    makePractice: () => {
      const slug = `p-${newId().slice(0, 8)}`;
      return keychain.createPractice(database.owner, { slug, name: `Practice ${slug}` });
    },
    person: (practiceId, ...held) => makePerson(gate, practiceId, held),
    app: (practiceId, narrowing, ...held) => makePerson(gate, practiceId, held, narrowing),
    deposit: (practiceId, ...resources) => deposit(gate, store, practiceId, resources),
    chart: async (practiceId, patient = {}) => {
      const id = newId<ChartId>();
      await deposit(gate, store, practiceId, [{ resourceType: 'Patient', id, ...patient }]);
      return id;
    },
    work: (options) => {
      const kinds = [exportKind({ store, base: `${publicUrl}/fhir`, ...options }), archiveKind(archives)];
      const onError = (what: string, error: unknown) => log.error({ err: error }, what);
      return new JobWorker({ jobs, kinds, onError }).once();
    },
    forgetKeys: () => context.wrappedKeys.clear(),
    ask: (token, method, target, options) => ask(server, token, method, target, options ?? {}),
    close: async () => {
      maker.close();
      await server.close();
      await doors.close();
      await authorization.close();
      await lines.close();
      await gate.close();
      await vault.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makePerson(
  gate: Gate,
  practiceId: PracticeId,
  held: readonly HeldRole[],
  narrowing: Narrowing | null = null,
): Promise<Person> {
  const accountId = await gate.accounts.createAccount({ email: `${newId()}@test.example`, name: 'Someone' });
  await gate.asJob(practiceId, 'system-setup', 'test', async (visit) => {
    for (const { role, chartId = null, sections = null } of held) {
      const startsAt = new Date(Date.now() - 60_000);
      await gate.grants.give(visit, {
        accountId,
        role,
        chartId,
        sections,
        startsAt,
        endsAt: null,
        reason: null,
      });
    }
  });
  const session = { practiceId, accountId, purpose: 'sign-in', client: null, ttlSeconds: 3600 };
  if (narrowing === null) return { accountId, token: await gate.openSession(session) };
  const terms = { methods: ['app'], device: null, narrowing } as const;
  return { accountId, token: await gate.openSession({ ...session, client: 'an app', terms }) };
}

async function deposit(
  gate: Gate,
  store: ChartStore,
  practiceId: PracticeId,
  resources: readonly Deposit[],
): Promise<void> {
  await gate.asJob(practiceId, 'system-import', 'test', async (visit) => {
    const drafts = resources.map((resource) => ({
      id: resource.id as ResourceId,
      resource,
      section: null,
      author: visit.scope.accountId,
      digest: Buffer.alloc(32),
    }));
    for (const outcome of await store.importBatch(visit, drafts)) {
      if (outcome.kind === 'refused') throw outcome.error;
    }
  });
}
