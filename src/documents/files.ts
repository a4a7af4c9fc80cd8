/**
 * The content of files, from bytes to blobs and back, whoever asks for what: the reach is asked by the key of
 * each file, before every chunk. What a file is, is seen from its bytes as they pass, and where the practice
 * scans files, so is whether they are malicious.
 */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { PracticeId } from '../base/ids.ts';
import type { FileContent, FileFacts, FileKeeper, FileRoom, Stretch } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { ContentKey } from '../seal/index.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { readContent } from './content/read-content.ts';
import { type WriteOptions, writeContent } from './content/write-content.ts';
import { KIND_NAMES, type KindName, kindNamed, STRICT_POLICY } from './kinds/file-kind.ts';
import { assertTaken, kindOf } from './kinds/kind-of.ts';
import { Sampler, sampleFrom } from './kinds/sample.ts';
import { contentDisposition } from './names/content-disposition.ts';
import { isPhoto, withoutMetadata } from './photos/without-metadata.ts';
import type { FileRules } from './rules/file-rules.ts';
import { USUAL_RULES } from './rules/usual-rules.ts';
import { type Scanner, scanWhole } from './scan/scanner.ts';
import { assertClean } from './scan/verdict.ts';

export interface FilesParts {
  readonly store: BlobStore;
  /** Null where files are not scanned. */
  readonly scanner?: Scanner | null;
  /** What a practice takes; as Postern says where this is not given. */
  rulesOf?(practiceId: PracticeId): Promise<FileRules>;
}

export interface NewFile {
  readonly key: ContentKey;
  readonly source: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** As its sender called it. */
  readonly name: string | null;
}

interface InspectedFile extends Pick<NewFile, 'name' | 'signal'> {
  /** What a scanner says of it and somebody has looked into: a false alarm. */
  readonly known?: string | null;
}

/** What lies in the store, and what tells of its bytes what it is. */
interface WrittenFile {
  readonly content: Omit<FileFacts, 'kind'>;
  readonly sampler: Sampler;
}

type AnswerHeaders = Readonly<Record<string, string>>;

const NEVER = new AbortController().signal;

export class Files implements FileKeeper {
  readonly #store: BlobStore;
  readonly #scanner: Scanner | null;
  readonly #rulesOf: (practiceId: PracticeId) => Promise<FileRules>;

  constructor({ store, scanner = null, rulesOf = async () => USUAL_RULES }: FilesParts) {
    this.#store = store;
    this.#scanner = scanner;
    this.#rulesOf = rulesOf;
  }

  /** What the practice takes now. */
  rulesOf(practiceId: PracticeId): Promise<FileRules> {
    return this.#rulesOf(practiceId);
  }

  async roomOf(practiceId: PracticeId): Promise<FileRoom> {
    const { limits } = await this.#rulesOf(practiceId);
    return { bytes: limits.bytesOfPractice, files: limits.filesOfPractice };
  }

  /** What comes within records is taken whatever it is: it is not shown where it may do harm. */
  async keep(visit: Visit, key: ContentKey, data: Uint8Array): Promise<FileFacts> {
    if (this.#scanner !== null) assertClean(await scanWhole(this.#scanner, only(data), NEVER));
    return this.takeOver(visit, key, data);
  }

  async takeOver(visit: Visit, key: ContentKey, data: Uint8Array): Promise<FileFacts> {
    return this.#kept(await this.#write(visit, { key, source: only(data), signal: NEVER, name: null }));
  }

  async data(visit: Visit, file: FileContent): Promise<Buffer> {
    return buffer(this.read(visit, file, 0, file.facts.bytes));
  }

  /**
   * Writes content as it comes and answers when all of it is durable. Where it cannot, or the signal says so,
   * nothing is left. Throws what the source throws, `no-room`, `unavailable`, what the key says,
   * `unsupported-media` for what the practice does not take, and what a scanner finds.
   */
  async write(visit: Visit, file: NewFile): Promise<FileFacts> {
    const { practiceId } = visit.scope;
    const { content, sampler } = await this.#write(visit, file);
    try {
      const kind = await kindOf(sampler.sample(), (await this.#rulesOf(practiceId)).kinds);
      assertTaken(kind, content.bytes);
      const facts = { ...content, kind: kind.name };
      await this.#assertClean(visit, { key: file.key, facts }, file.signal);
      return facts;
    } catch (error) {
      await this.drop(practiceId, content.stretches);
      throw error;
    }
  }

  /**
   * One part of content that comes in several; each stretch is told of when it is durable, and what comes
   * before the source fails is kept.
   */
  async append(
    { scope: { practiceId } }: Visit,
    key: ContentKey,
    source: AsyncIterable<Uint8Array>,
    options: WriteOptions,
  ): Promise<void> {
    await writeContent({ store: this.#store, practiceId, key }, source, options);
  }

  /**
   * What content is that came in several parts: read once from its beginning to its end, which proves it.
   * Throws as `write` does for what is not taken.
   */
  async inspect(
    visit: Visit,
    key: ContentKey,
    stretches: readonly Stretch[],
    { name, signal, known = null }: InspectedFile,
  ): Promise<FileFacts> {
    const bytes = stretches.reduce((sum, stretch) => sum + stretch.bytes, 0);
    const { practiceId } = visit.scope;
    const place = { store: this.#store, practiceId, key };
    const sample = await sampleFrom((start, end) => readContent(place, stretches, start, end), bytes);
    const kind = await kindOf(sample, (await this.#rulesOf(practiceId)).kinds);
    assertTaken(kind, bytes);
    const hash = createHash('sha256');
    const content = (async function* () {
      for await (const piece of readContent(place, stretches, 0, bytes)) {
        signal.throwIfAborted();
        hash.update(piece);
        yield piece;
      }
    })();
    let isKnown = false;
    if (this.#scanner === null) for await (const _ of content);
    else {
      const verdict = await scanWhole(this.#scanner, content, signal);
      isKnown = verdict.state === 'infected' && verdict.name === known;
      if (!isKnown) assertClean(verdict);
    }
    // What a scanner still calls malicious is shown to nobody, whoever says that it is mistaken.
    const shown = isKnown ? ('unknown' satisfies KindName) : kind.name;
    return { bytes, sha256: hash.digest('hex'), stretches, kind: shown, name };
  }

  /**
   * The same photo without what it says of itself, kept anew under the same key; what is no photo stays as
   * it is. What was there before is its original where the practice keeps those and this file `keeps` one,
   * and otherwise left to the caller. Throws `unsupported-media` for a photo that is not
   * built as photos are.
   */
  async withoutMetadata(
    visit: Visit,
    key: ContentKey,
    facts: FileFacts,
    { signal, keeps }: { readonly signal: AbortSignal; readonly keeps: boolean },
  ): Promise<FileFacts> {
    const kind = KIND_NAMES.find((known) => known === facts.kind);
    if (kind === undefined || !isPhoto(kind)) return facts;
    const source = withoutMetadata(kind, this.read(visit, { key, facts }, 0, facts.bytes));
    const kept = await this.#kept(await this.#write(visit, { key, source, signal, name: facts.name }));
    const { keepsOriginals } = await this.#rulesOf(visit.scope.practiceId);
    // A photo that said nothing of itself is its own original.
    if (!keeps || !keepsOriginals || kept.sha256 === facts.sha256) return kept;
    const { bytes, sha256, stretches } = facts;
    return { ...kept, original: { bytes, sha256, stretches } };
  }

  /**
   * The content from byte `start` up to and without `end`, each chunk authenticated before it is let out.
   * Throws `damaged` where a part is not there or not what was written, and what the reach says meanwhile.
   */
  read({ scope: { practiceId } }: Visit, file: FileContent, start: number, end: number) {
    const { key, facts } = file;
    return readContent({ store: this.#store, practiceId, key }, facts.stretches, start, end);
  }

  /**
   * Headers of an answer with that content: the media type of its bytes, and whether a browser may show it.
   * Nothing of it runs, and it asks for nothing.
   */
  async shownAs(
    { scope: { practiceId } }: Visit,
    facts: FileFacts,
    download = false,
  ): Promise<AnswerHeaders> {
    const name = KIND_NAMES.find((known) => known === facts.kind) ?? ('unknown' satisfies KindName);
    const kind = kindNamed(name, (await this.#rulesOf(practiceId)).kinds);
    return {
      'content-type': kind.mediaType,
      'content-disposition': contentDisposition(kind, facts.name ?? 'file', { download }),
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    };
  }

  /** Whether what comes is scanned. */
  get scans(): boolean {
    return this.#scanner !== null;
  }

  /** Removes what nobody will ask for; what cannot be removed now is collected later. */
  async drop(practiceId: PracticeId, stretches: readonly Pick<Stretch, 'name'>[]): Promise<void> {
    for (const { name } of stretches) {
      await this.#store.remove({ practiceId, blobId: name }).catch(() => undefined);
    }
  }

  async #write(
    { scope: { practiceId } }: Visit,
    { key, source, signal, name }: NewFile,
  ): Promise<WrittenFile> {
    const stretches: Stretch[] = [];
    const hash = createHash('sha256');
    const sampler = new Sampler();
    const seen = (async function* () {
      for await (const piece of source) {
        hash.update(piece);
        sampler.take(piece);
        yield piece;
      }
    })();
    const onStretch = async (stretch: Stretch) => void stretches.push(stretch);
    try {
      await writeContent({ store: this.#store, practiceId, key }, seen, { signal, onStretch });
    } catch (error) {
      await this.drop(practiceId, stretches);
      throw error;
    }
    const { bytes } = sampler.sample();
    return { content: { bytes, sha256: hash.digest('hex'), stretches, name }, sampler };
  }

  /** Of what is taken whatever it is. */
  async #kept({ content, sampler }: WrittenFile): Promise<FileFacts> {
    const kind = await kindOf(sampler.sample(), STRICT_POLICY);
    return { ...content, kind: kind.name };
  }

  async #assertClean(visit: Visit, file: FileContent, signal: AbortSignal): Promise<void> {
    if (this.#scanner === null) return;
    assertClean(await scanWhole(this.#scanner, this.read(visit, file, 0, file.facts.bytes), signal));
  }
}

async function* only(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data;
}
