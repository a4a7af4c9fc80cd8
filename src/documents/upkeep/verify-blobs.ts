/**
 * Whether all that files are made of is there and opens: what is noted of blobs is held against what the
 * store lists, and then every chunk of every version is authenticated under its key, and the whole against
 * its digest. Nothing of it is let out.
 */
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { PosternError } from '../../base/errors.ts';
import type { BlobId, PracticeId, ResourceId } from '../../base/ids.ts';
import { type ChartStore, FIRST_FILE, type FileMark, type KeptFile, notedBlobs } from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { readContent } from '../content/read-content.ts';

export interface VerifyWork {
  readonly owner: Pool;
  readonly gate: Gate;
  readonly records: ChartStore;
  readonly store: BlobStore;
}

/** What is wrong, and with what. */
export type BlobFinding =
  | { readonly what: 'missing' | 'cut' | 'unnamed'; readonly blobId: BlobId }
  | { readonly what: 'damaged' | 'unknown'; readonly fileId: ResourceId; readonly version: number };

export interface Verified {
  readonly blobs: number;
  readonly bytes: number;
  /** Versions of files that were opened whole; none where only presence was asked for. */
  readonly files: number;
  readonly findings: readonly BlobFinding[];
}

export interface VerifyOptions {
  /** Only whether blobs are there and as long as they should be. */
  readonly presenceOnly?: boolean;
  readonly onProgress?: (files: number) => void;
  readonly signal?: AbortSignal;
}

/** Files of one session of the job. */
const PAGE = 200;

/** Authority: the operator's. Throws `unavailable` where the store cannot be asked. */
export async function verifyBlobs(
  work: VerifyWork,
  practiceId: PracticeId,
  { presenceOnly = false, onProgress = () => undefined, signal }: VerifyOptions = {},
): Promise<Verified> {
  const present = await presenceOf(work, practiceId);
  if (presenceOnly) return { ...present, files: 0 };
  const findings = [...present.findings];
  const told = new Set<string>();
  let files = 0;
  for (let after: FileMark | null = FIRST_FILE; after !== null; ) {
    const from: FileMark = after;
    signal?.throwIfAborted();
    after = await work.gate.asJob(practiceId, 'system-upkeep', 'verification of files', async (visit) => {
      const page = await work.records.listFiles(visit, from, PAGE);
      for (const kept of page) {
        signal?.throwIfAborted();
        // A version may have the content of the one before.
        const name = kept.file?.facts.stretches[0]?.name;
        if (name === undefined || !told.has(name)) {
          const what = await faultOf(work.store, visit, kept);
          if (what !== null) findings.push({ what, fileId: kept.id, version: kept.version });
        }
        if (name !== undefined) told.add(name);
        files += 1;
        onProgress(files);
      }
      return page.at(-1) ?? null;
    });
  }
  return { ...present, files, findings };
}

/** What is noted is asked for before the store is, so that what comes meanwhile is not missed. */
async function presenceOf(
  { owner, store }: VerifyWork,
  practiceId: PracticeId,
): Promise<Omit<Verified, 'files'>> {
  const noted = new Map<BlobId, number | null>();
  for await (const { blobId, bytes } of notedBlobs(owner, practiceId)) noted.set(blobId, bytes);
  const findings: BlobFinding[] = [];
  const unnamed: BlobId[] = [];
  let [blobs, total] = [0, 0];
  for await (const { blobId, bytes } of store.list(practiceId)) {
    blobs += 1;
    total += bytes;
    const wanted = noted.get(blobId);
    if (wanted === undefined) unnamed.push(blobId);
    else if (wanted !== null && wanted !== bytes) findings.push({ what: 'cut', blobId });
    noted.delete(blobId);
  }
  // Removed since it was noted down, or missing.
  const still = new Set<BlobId>();
  for await (const { blobId } of notedBlobs(owner, practiceId)) still.add(blobId);
  for (const blobId of noted.keys()) if (still.has(blobId)) findings.push({ what: 'missing', blobId });
  for (const blobId of unnamed) if (!still.has(blobId)) findings.push({ what: 'unnamed', blobId });
  return { blobs, bytes: total, findings };
}

async function faultOf(
  store: BlobStore,
  visit: Visit,
  { file }: KeptFile,
): Promise<'damaged' | 'unknown' | null> {
  if (file === null) return 'unknown';
  const { key, facts } = file;
  const place = { store, practiceId: visit.scope.practiceId, key };
  for (const { stretches, bytes, sha256 } of [facts, ...(facts.original ? [facts.original] : [])]) {
    const hash = createHash('sha256');
    try {
      for await (const piece of readContent(place, stretches, 0, bytes)) hash.update(piece);
    } catch (error) {
      if (error instanceof PosternError && error.code === 'damaged') return 'damaged';
      throw error;
    }
    if (hash.digest('hex') !== sha256) return 'damaged';
  }
  return null;
}
