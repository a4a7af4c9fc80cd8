/**
 * A store that speaks S3, for tests: OpenStack Swift, of the distribution. It is real, it is what hosters
 * run, and it has opinions of its own about S3, as such stores do.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Place } from '../../src/base/blob-setting.ts';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('./swift-server.py', import.meta.url));
const FETCH_MS = 300_000;

export const S3_KEYS = { accessKey: 'practice:postern', secretKey: 'a-secret-of-some-length' };

export interface S3Server {
  readonly endpoint: string;
  /** The same store where buckets have lists of who may do what. */
  readonly aclEndpoint: string;
  /** Makes a bucket of that name. */
  bucket(name: string, endpoint?: string): Promise<S3Place>;
  /** As the administrator of the bucket would: opens it to everybody, or closes it. */
  makePublic(place: S3Place, open: boolean): Promise<void>;
  client(endpoint?: string): S3Client;
  /** What lies under the prefix, by name: blobs, and uploads that never ended. */
  lying(place: S3Place): Promise<string[]>;
  /** Files on the server's own disk: parts of uploads, too. */
  files(): Promise<number>;
  close(): Promise<void>;
}

/** Starts one, or says why there can be none. May take a minute, once, where it is to be installed. */
export async function startS3Server(): Promise<S3Server | string> {
  if (!hasSwift() && !installSwift())
    return 'OpenStack Swift is not here (Debian: apt-get install python3-swift)';
  const folder = await mkdtemp(join(tmpdir(), 'postern-swift-'));
  const { accessKey, secretKey } = S3_KEYS;
  const child = spawn(PYTHON, [SCRIPT, folder, accessKey, secretKey], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = await firstLine(child);
  if (!('port' in said)) {
    await end(child, folder);
    return `OpenStack Swift does not start: ${said.reason ?? 'it ended'}`;
  }
  return serverAt(said, folder, () => end(child, folder));
}

/** For whoever reads the output of the tests. */
export function tellSkipped(what: string, reason: string): void {
  console.warn(`\n*** SKIPPED: ${what}. ${reason}. ***\n`);
}

interface Ports {
  readonly port: number;
  readonly aclPort: number;
}

function serverAt({ port, aclPort }: Ports, folder: string, close: () => Promise<void>): S3Server {
  const [endpoint, aclEndpoint] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${aclPort}`];
  const client = (at: string = endpoint) =>
    new S3Client({
      endpoint: at,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: S3_KEYS.accessKey, secretAccessKey: S3_KEYS.secretKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  return {
    endpoint,
    aclEndpoint,
    client,
    bucket: async (name, at = endpoint) => {
      await client(at).send(new CreateBucketCommand({ Bucket: name }));
      return {
        kind: 's3',
        bucket: name,
        prefix: 'files',
        endpoint: at,
        region: 'us-east-1',
        pathStyle: true,
      };
    },
    makePublic: async (place, open) => {
      const acl = open ? 'public-read' : 'private';
      await client(place.endpoint!).send(new PutBucketAclCommand({ Bucket: place.bucket, ACL: acl }));
    },
    lying: ({ bucket, prefix }) => namesIn(client(), { Bucket: bucket, Prefix: prefix }),
    files: async () => {
      const all = await readdir(join(folder, 'devices/disk/objects'), { recursive: true });
      return all.filter((name) => name.endsWith('.data')).length;
    },
    close,
  };
}

async function namesIn(client: S3Client, within: { Bucket: string; Prefix: string }): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command(within));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(within));
  return [...Contents.map(({ Key = '' }) => Key), ...Uploads.map(({ Key = '' }) => `${Key} (upload)`)];
}

function hasSwift(): boolean {
  if (process.platform !== 'linux') return false;
  return existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import swift, eventlet']).status === 0;
}

function installSwift(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  process.stderr.write('No OpenStack Swift here: installing that of the distribution.\n');
  const wait = ['-o', 'DPkg::Lock::Timeout=240'];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'python3-swift']]) {
    spawnSync('apt-get', [...wait, ...args], {
      stdio: 'ignore',
      timeout: FETCH_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  return hasSwift();
}

async function firstLine(child: ChildProcess): Promise<Ports | { reason?: string }> {
  const lines = createInterface(child.stdout!);
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    once(child, 'exit').then(() => '{}'),
  ]);
  return JSON.parse(line) as Ports | { reason?: string };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  const ended = child.exitCode === null ? once(child, 'exit') : null;
  child.stdin!.end();
  await ended;
  await rm(folder, { recursive: true, force: true });
}
