/** The files of an archive: what each is called in it, and where its bytes come from. */
import type { ResourceId } from '../../base/ids.ts';
import { type ChartFile, type FhirResource, isObject, readResource } from '../../chart/index.ts';
import {
  KIND_NAMES,
  type KindName,
  kindNamed,
  kindOf,
  STRICT_POLICY,
  sampleOf,
} from '../../documents/index.ts';
import { UniqueNames } from '../zip/unique-names.ts';
import { attachmentsOf } from './attachments.ts';

/** Where bytes come from: a file's store, a Binary's row, or a resource that holds them itself. */
export type FileSource =
  | { readonly from: 'file'; readonly id: ResourceId; readonly version: number }
  | { readonly from: 'row'; readonly id: ResourceId; readonly version: number }
  | { readonly from: 'resource'; readonly type: string; readonly id: ResourceId; readonly at: number };

export interface ArchiveFile {
  /** In `files/`. */
  readonly name: string;
  readonly title: string;
  /** A day, as 2026-01-31; null where nobody knows. */
  readonly date: string | null;
  readonly kind: KindName;
  readonly bytes: number;
  /** Lower-case hex; null where it was never reckoned. */
  readonly sha256: string | null;
  /** The resource that speaks of it, as `Type/id`; null where none does. */
  readonly about: string | null;
  /** The photo of a card, which is in no archive. */
  readonly isMasked?: boolean;
  readonly source: FileSource;
}

interface Told {
  readonly title: string | null;
  readonly date: string | null;
  readonly about: string;
}

type Unnamed = Omit<ArchiveFile, 'name'>;

/** Gathers what the resources of a chart say of files, and then the files themselves. */
export class FileList {
  readonly #told = new Map<string, Told>();
  readonly #files: Unnamed[] = [];

  /** Whatever a resource says of files, and what it holds itself. */
  async hear(resource: FhirResource & { readonly id?: string }): Promise<void> {
    const { resourceType: type, id = '' } = resource;
    const about = `${type}/${id}`;
    for (const [at, { title, date, binary, data }] of attachmentsOf(resource).entries()) {
      // A document says more of its file than what cites it.
      if (binary !== null && (type === 'DocumentReference' || !this.#told.has(binary))) {
        this.#told.set(binary, { title, date, about });
      }
      if (data === null) continue;
      const bytes = Buffer.from(data, 'base64');
      const { name: kind } = await kindOf(sampleOf(bytes), STRICT_POLICY);
      const source = { from: 'resource', type, id: id as ResourceId, at } as const;
      const words = { title: title ?? type, date: dayOf(date), about, sha256: null };
      this.#files.push({ ...words, kind, bytes: bytes.length, source });
    }
  }

  /** A file of the chart; none is made of one that nothing opens. */
  async add({ stored, facts }: ChartFile): Promise<void> {
    const told = this.#told.get(stored.id);
    const { id, version } = stored;
    const date = dayOf(told?.date ?? null) ?? stored.updatedAt.toISOString().slice(0, 10);
    const words = { title: told?.title ?? null, date, about: told?.about ?? null };
    if (facts === 'damaged' || facts === 'masked') {
      const source = { from: 'file', id, version } as const;
      const what = { kind: 'unknown', bytes: 0, sha256: null, isMasked: facts === 'masked' } as const;
      this.#files.push({ ...words, ...what, title: words.title ?? 'file', source });
      return;
    }
    if (facts !== null) {
      const kind = KIND_NAMES.find((name) => name === facts.kind) ?? 'unknown';
      const title = words.title ?? facts.name ?? 'file';
      const source = { from: 'file', id, version } as const;
      this.#files.push({ ...words, title, kind, bytes: facts.bytes, sha256: facts.sha256, source });
      return;
    }
    const data = dataOf(stored.content?.bytes());
    if (data.length === 0) return;
    const { name: kind } = await kindOf(sampleOf(data), STRICT_POLICY);
    const source = { from: 'row', id, version } as const;
    this.#files.push({
      ...words,
      title: words.title ?? 'file',
      kind,
      bytes: data.length,
      sha256: null,
      source,
    });
  }

  /** All of them with their names, by date and title. */
  named(): ArchiveFile[] {
    const names = new UniqueNames();
    const order = (one: Unnamed) => `${one.date ?? '0000'} ${one.title}`;
    return [...this.#files]
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .map((file) => ({
        ...file,
        name: names.next(file.date, file.title, kindNamed(file.kind, STRICT_POLICY)),
      }));
  }
}

/** Data that stands in the row of a Binary. */
export function dataOf(bytes: Buffer | undefined): Buffer {
  if (bytes === undefined) return Buffer.alloc(0);
  const { data } = readResource(bytes.toString()) as FhirResource & { data?: unknown };
  return typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.alloc(0);
}

/** Data of the attachment in that place of a resource; null where it is not there any more. */
export function inlineData(resource: unknown, at: number): Buffer | null {
  if (!isObject(resource)) return null;
  const data = attachmentsOf(resource as unknown as FhirResource)[at]?.data;
  return data == null ? null : Buffer.from(data, 'base64');
}

function dayOf(date: string | null): string | null {
  return date !== null && /^\d{4}-\d\d-\d\d/.test(date) ? date.slice(0, 10) : null;
}
