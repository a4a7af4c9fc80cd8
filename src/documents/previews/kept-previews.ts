/**
 * Previews, made when they are first asked for and kept sealed beside their source: under the key of the same
 * file, in the same store. So they open for whom the file opens, and are shredded with it. That a file cannot
 * be drawn is kept in the same way.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import type { BlobId, PracticeId, ResourceId } from '../../base/ids.ts';
import type { ChartStore, FileContent } from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { BlobStore, OpenBlob } from '../blobs/blob-store.ts';
import { readContent } from '../content/read-content.ts';
import { MOST_FILE_BYTES } from '../drawing/drawing.ts';
import { STRICT_POLICY } from '../kinds/file-kind.ts';
import { kindOf } from '../kinds/kind-of.ts';
import { sampleFrom } from '../kinds/sample.ts';
import { NoPreview, type NoPreviewReason } from './no-preview.ts';
import { isDrawn, type Preview, type PreviewMaker, type PreviewSize } from './preview-maker.ts';

export interface PreviewAsk {
  readonly size: PreviewSize;
  /** From 1. */
  readonly page: number;
}

export interface KeptPreviewsParts {
  readonly store: BlobStore;
  readonly maker: Pick<PreviewMaker, 'make'>;
  readonly clock: Clock;
  /** Notes a new blob with its file, so that it is found when nobody needs it any more. */
  note(practiceId: PracticeId, fileId: ResourceId, blobId: BlobId, bytes: number): Promise<void>;
}

/** What is kept: this as a line of JSON, and the picture behind it. */
type Kept =
  | { readonly drawn: true; readonly width: number; readonly height: number; readonly pages: number }
  | { readonly drawn: false; readonly why: NoPreviewReason; readonly at: string };

/** Notes by a job of its own: whoever only reads may not, and a preview is nobody's writing. */
export function noteByJob(
  gate: Pick<Gate, 'asJob'>,
  records: Pick<ChartStore, 'notePreview'>,
): KeptPreviewsParts['note'] {
  return (practiceId, fileId, id, bytes) =>
    gate.asJob(practiceId, 'system-upkeep', 'preview', (job) =>
      records.notePreview(job, fileId, { id, bytes }),
    );
}

const NEVER = new AbortController().signal;
const NEW_LINE = 10;
/** A machine that was busy may have had too little time for a file; it is tried again after a day. */
const TRY_AGAIN_MILLISECONDS = 24 * 3600 * 1000;

export class KeptPreviews {
  readonly #parts: KeptPreviewsParts;

  constructor(parts: KeptPreviewsParts) {
    this.#parts = parts;
  }

  /**
   * The preview of a file that the visit has opened. Throws `not-processable` where there is none,
   * `unavailable` where it can be tried again, and what the key says of the reach.
   */
  async preview(visit: Visit, fileId: ResourceId, file: FileContent, ask: PreviewAsk): Promise<Preview> {
    const { practiceId } = visit.scope;
    const [first] = file.facts.stretches;
    if (first === undefined) throw new NoPreview('not-drawn');
    const place = { practiceId, blobId: nameOf(first.name, ask) };
    const kept = await this.#kept(place, file);
    if (kept !== null) return previewOf(kept.words, kept.picture);
    const made = await this.#made(practiceId, file, ask);
    await this.#keep(place, fileId, file, made.words, made.picture);
    return previewOf(made.words, made.picture);
  }

  /** Null where none is kept, where it is damaged, and where it is time to try again. */
  async #kept(
    place: { practiceId: PracticeId; blobId: BlobId },
    { key }: FileContent,
  ): Promise<{ words: Kept; picture: Buffer } | null> {
    const { store, clock } = this.#parts;
    const blob = await store.open(place);
    if (blob === null) return null;
    const opened = await opening(blob, () => buffer(key.openPreview(place.blobId, blob.source)));
    const words = opened === null ? null : readWords(opened);
    const again = clock.now().getTime() - TRY_AGAIN_MILLISECONDS;
    if (opened !== null && words !== null && !isToBeTriedAgain(words, again)) {
      return { words, picture: opened.subarray(opened.indexOf(NEW_LINE) + 1) };
    }
    await store.remove(place);
    return null;
  }

  async #made(
    practiceId: PracticeId,
    { key, facts }: FileContent,
    { size, page }: PreviewAsk,
  ): Promise<{ words: Kept; picture: Buffer }> {
    const place = { store: this.#parts.store, practiceId, key };
    const read = (start: number, end: number) => readContent(place, facts.stretches, start, end);
    try {
      const { name } = await kindOf(await sampleFrom(read, facts.bytes), STRICT_POLICY);
      if (!isDrawn(name)) throw new NoPreview('not-drawn');
      if (facts.bytes > MOST_FILE_BYTES) throw new NoPreview('too-large');
      const made = await this.#parts.maker.make(name, read(0, facts.bytes), size, { page });
      const { picture, ...rest } = made;
      return { words: { drawn: true, ...rest }, picture };
    } catch (error) {
      // Whoever asks for pages that there are not would fill the store with it.
      if (!(error instanceof NoPreview) || error.why === 'no-such-page') throw error;
      const at = this.#parts.clock.now().toISOString();
      return { words: { drawn: false, why: error.why, at }, picture: Buffer.alloc(0) };
    }
  }

  /** Somebody else may have been first; theirs is as good. */
  async #keep(
    place: { practiceId: PracticeId; blobId: BlobId },
    fileId: ResourceId,
    { key }: FileContent,
    words: Kept,
    picture: Buffer,
  ): Promise<void> {
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(words)}\n`), picture]);
    const seal = key.sealPreview(place.blobId);
    try {
      const [bytes] = await Promise.all([
        this.#parts.store.put(place, seal, NEVER),
        pipeline(Readable.from([content]), seal, { end: true }),
      ]);
      await this.#parts.note(place.practiceId, fileId, place.blobId, bytes);
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'conflict') throw error;
    }
  }
}

/** Named by what it is of, so that it is found again: by the random name of the first stretch. */
function nameOf(stretch: BlobId, { size, page }: PreviewAsk): BlobId {
  const digest = createHash('sha256')
    .update(JSON.stringify(['postern/preview/v1', stretch, size, page]))
    .digest();
  // A random UUID in form (RFC 9562, section 5.8 would be its honest version; stores know version 4).
  digest[6] = (digest[6]! & 0x0f) | 0x40;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as BlobId;
}

/** Null where it does not open: what is drawn can be drawn again. Throws what the reach says. */
async function opening(blob: OpenBlob, open: () => Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  } finally {
    await blob.close();
  }
}

function readWords(opened: Buffer): Kept | null {
  const end = opened.indexOf(NEW_LINE);
  return end === -1 ? null : (JSON.parse(opened.toString('utf8', 0, end)) as Kept);
}

function isToBeTriedAgain(words: Kept, before: number): boolean {
  return !words.drawn && words.why === 'too-much-work' && Date.parse(words.at) < before;
}

function previewOf(words: Kept, picture: Buffer): Preview {
  if (!words.drawn) throw new NoPreview(words.why);
  const { width, height, pages } = words;
  return { picture, width, height, pages };
}
