/**
 * `node bench/blobs.ts`: what stores of files take of memory and of time, sealed and as they are, in turn:
 * one file of 200 MiB, and fifty at once. The bucket is a real server's, where one can be had.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BlobSetting } from '../src/base/blob-setting.ts';
import { S3_KEYS, startS3Server } from '../test/support/s3-server.ts';
import type { BlobResult, BlobTask } from './blob-process.ts';
import { describe, type Figure, inTurn, median } from './rounds.ts';

const PROCESS = fileURLToPath(new URL('./blob-process.ts', import.meta.url));
const MIB = 1024 * 1024;
const LARGE = { files: 1, bytes: 200 * MIB, atOnce: false };
const SMALL = { files: 200, bytes: 100_000, atOnce: false };
const MANY = { files: 50, bytes: Number(process.env.MANY_MIB ?? '24') * MIB, atOnce: true };
const ROUNDS = Number(process.env.ROUNDS ?? '3');

async function run(task: BlobTask): Promise<BlobResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, JSON.stringify(task)]);
  return JSON.parse(stdout) as BlobResult;
}

async function figuresOf(kind: string, store: BlobSetting): Promise<Figure[]> {
  const sides = (task: typeof LARGE) => [
    () => run({ ...task, store, sealed: true }),
    () => run({ ...task, store, sealed: false }),
  ];
  const [sealed, plain] = (await inTurn(sides(LARGE), ROUNDS, 0)) as [BlobResult[], BlobResult[]];
  const [smallSealed, smallPlain] = (await inTurn(sides(SMALL), ROUNDS, 0)) as [BlobResult[], BlobResult[]];
  const many = await run({ ...MANY, store, sealed: true });
  const of = (results: BlobResult[], what: keyof BlobResult) => median(results.map((each) => each[what]));
  const rate = (results: BlobResult[], what: 'putMs' | 'getMs') => 200 / (of(results, what) / 1000);
  const ratio = (one: BlobResult[], other: BlobResult[], what: 'putMs' | 'getMs') =>
    of(other, what) / of(one, what);
  return [
    {
      name: `${kind}: memory for 200 MiB`,
      value: of(sealed, 'grownBytes') / MIB,
      unit: 'MiB',
      goal: { below: 128 },
    },
    {
      name: `${kind}: memory for 50 of ${MANY.bytes / MIB} MiB at once, all told`,
      value: (many.grownBytes + many.restBytes) / MIB,
      unit: 'MiB',
      goal: { below: 500 },
    },
    { name: `${kind}: put 200 MiB`, value: rate(sealed, 'putMs'), unit: 'MiB/s' },
    {
      name: `${kind}: put 200 MiB`,
      value: ratio(sealed, plain, 'putMs'),
      unit: 'of unsealed',
    },
    { name: `${kind}: get 200 MiB`, value: rate(sealed, 'getMs'), unit: 'MiB/s' },
    {
      name: `${kind}: get 200 MiB`,
      value: ratio(sealed, plain, 'getMs'),
      unit: 'of unsealed',
    },
    {
      name: `${kind}: put 100 kB`,
      value: ratio(smallSealed, smallPlain, 'putMs'),
      unit: 'of unsealed',
    },
    {
      name: `${kind}: get 100 kB`,
      value: ratio(smallSealed, smallPlain, 'getMs'),
      unit: 'of unsealed',
    },
  ];
}

const folder = await mkdtemp(join(tmpdir(), 'postern-bench-blobs-'));
try {
  const tell = (figures: Figure[]) => {
    for (const figure of figures) process.stdout.write(`${describe(figure)}\n`);
  };
  tell(await figuresOf('folder', { kind: 'folder', path: join(folder, 'files') }));
  const server = await startS3Server();
  if (typeof server === 'string') {
    process.stderr.write(`No bucket was measured. ${server}.\n`);
  } else {
    const { accessKey, secretKey } = S3_KEYS;
    const keys = { accessKey, secret: { text: secretKey } };
    tell(await figuresOf('bucket', { ...(await server.bucket('bench')), keys }));
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
