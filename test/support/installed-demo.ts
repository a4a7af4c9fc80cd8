/**
 * An installation of its own with the demo of one fixed day in it: data folder, embedded PostgreSQL, logs and
 * all.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoPersonLine, type DemoPractice, generateDemo } from '../../demo/index.ts';
import { loadDemo, openPostern, type Postern } from '../../src/cli/index.ts';

export interface InstalledDemo {
  readonly postern: Postern;
  readonly dataFolder: string;
  /** Beside the data folder: the root key, and room for what a test keeps. */
  readonly outside: string;
  readonly demo: readonly DemoPractice[];
  /** Loads the records; gives everyone who can sign in. */
  load(): Promise<readonly DemoPersonLine[]>;
  /** Leaves the folders as they are. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** The day that the figures in docs/security/leakage.md are of. */
const DAY = '2026-06-01';

export interface InstallOptions {
  /** The day that the demo is made for, as YYYY-MM-DD. */
  readonly day?: string;
  readonly publicUrl?: string;
  readonly port?: number;
}

/** Practices stand; their records come with `load`. */
export async function installDemo(options: InstallOptions = {}): Promise<InstalledDemo> {
  const { day = DAY } = options;
  const outside = await mkdtemp(join(tmpdir(), 'postern-demo-'));
  await mkdir(join(outside, 'data'), { mode: 0o700 });
  const installed = await openInstalled(outside, options);
  const { postern, demo } = installed;
  await postern.database.owner.query('insert into postern.demo (day) values ($1)', [day]);
  for (const { slug, name } of demo) {
    await postern.keychain.createPractice(postern.database.owner, { slug, name });
  }
  return installed;
}

/** What lies in a folder as `outside` says. */
export async function openInstalled(outside: string, options: InstallOptions): Promise<InstalledDemo> {
  const { day = DAY, publicUrl = 'https://demo.example', port = 0 } = options;
  const dataFolder = join(outside, 'data');
  const postern = await openPostern(
    {
      dataFolder,
      host: '127.0.0.1',
      port,
      trustedProxies: [],
      databaseUrl: null,
      keyVault: `file:${join(outside, 'root.key')}`,
      publicUrl,
      smtpUrl: null,
      mailFrom: null,
      reportsIdentity: join(outside, 'reports.key'),
      securityContacts: [],
      keyBackupDays: 35,
      clamAv: null,
      fileLimits: {},
      blobs: { kind: 'folder', path: join(dataFolder, 'files') },
      blobsBefore: null,
    },
    { settings: { fsync: 'off', full_page_writes: 'off' } },
  );
  return {
    postern,
    dataFolder,
    outside,
    demo: generateDemo({ today: new Date(`${day}T00:00:00Z`) }),
    load: () => loadDemo(postern),
    stop: () => postern.close(),
    close: async () => {
      await postern.close();
      await rm(outside, { recursive: true, force: true });
    },
  };
}
