/**
 * The bytes of a file, as far as they are looked at: what a viewer reads of a large file comes by ranges
 * (RFC 9110 section 14), each of them through the door and a line in the access log.
 */
import { ApiError } from '../api-error.ts';
import { answerOf, ask } from '../ask.ts';

/** What is asked for first: enough to see what it is, and the whole of what is small. */
const FIRST_BYTES = 256 * 1024;

export interface FileSource {
  /** What it was said to be when it was filed; its bytes say what it is. */
  readonly saidType: string;
  readonly size: number;
  /** Its first bytes; all of it where it is small. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** Where a browser gets it by itself; null where it lies within something else. */
  readonly address: string | null;
  /** Of a photo: where its original is given out, to whoever may have that; null where there is none. */
  readonly original: string | null;
  /** The bytes from `from` up to and without `to`. Throws `ApiError`. */
  read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file that is here already. */
export function sourceOfBytes(
  bytes: Uint8Array<ArrayBuffer>,
  saidType: string,
  address: string | null = null,
  original: string | null = null,
): FileSource {
  return {
    saidType,
    size: bytes.length,
    head: bytes,
    address,
    original,
    read: async (from, to) => bytes.slice(from, to),
  };
}

/**
 * A Binary, of which `saidType` was said when it was filed. Throws `ApiError`; what is not there and what is
 * not theirs are refused alike.
 */
export async function openBinary(id: string, saidType: string, signal?: AbortSignal): Promise<FileSource> {
  const address = `/fhir/Binary/${encodeURIComponent(id)}`;
  const signals = signal === undefined ? {} : { signal };
  const range = `bytes=0-${FIRST_BYTES - 1}`;
  const answer = await answerOf(address, { headers: { accept: '*/*', range }, ...signals });
  const head = await bytesOf(answer);
  const size = wholeOf(answer);
  if (answer.status !== 206 || size === null || size <= head.length) {
    return sourceOfBytes(head, saidType, address, originalIn(answer));
  }
  return new RangedFile(address, saidType, size, head, answer);
}

/** As the server links to it (RFC 8288). */
function originalIn({ headers }: Response): string | null {
  const link = /^<(\/files\/[\w-]{1,64}\/original)>; rel="urn:postern:original"$/;
  return link.exec(headers.get('link') ?? '')?.[1] ?? null;
}

/** Removes the original of a photo for good. Throws `ApiError`; status 409 while its record is on hold. */
export async function removeOriginal(original: string): Promise<void> {
  await ask(original, { method: 'DELETE' });
}

/** What lies at an address of ours, whole. Throws `ApiError`. */
export async function bytesAt(address: string): Promise<Uint8Array<ArrayBuffer>> {
  return bytesOf(await answerOf(address));
}

class RangedFile implements FileSource {
  readonly address: string;
  readonly saidType: string;
  readonly size: number;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly original: string | null;
  readonly #version: string | null;

  constructor(
    address: string,
    saidType: string,
    size: number,
    head: Uint8Array<ArrayBuffer>,
    first: Response,
  ) {
    this.address = address;
    this.saidType = saidType;
    this.size = size;
    this.head = head;
    this.original = originalIn(first);
    this.#version = first.headers.get('etag');
  }

  async read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(to, this.size);
    if (end <= this.head.length) return this.head.slice(from, end);
    const answer = await answerOf(this.address, {
      headers: { accept: '*/*', range: `bytes=${from}-${end - 1}`, ...this.#ifUnchanged() },
      ...(signal === undefined ? {} : { signal }),
    });
    // All of it, because it was replaced meanwhile: its parts would not fit together.
    if (answer.status !== 206) {
      await answer.body?.cancel();
      throw new ApiError('failed', answer.status);
    }
    const bytes = await bytesOf(answer);
    if (bytes.length !== end - from) throw new ApiError('failed', answer.status);
    return bytes;
  }

  /** A weak tag is no promise about single bytes (RFC 9110 section 13.1.5). */
  #ifUnchanged(): Readonly<Record<string, string>> {
    const strong = this.#version !== null && !this.#version.startsWith('W/');
    return strong ? { 'if-range': this.#version } : {};
  }
}

/** As FHIR's base64Binary has it, white space and all. Throws `ApiError` for what is none. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, '')), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw new ApiError('failed', 0, { cause });
  }
}

/** How long the whole of it is, as `Content-Range` says; null where it says nothing of it. */
function wholeOf({ headers }: Response): number | null {
  const said = /^bytes \d+-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  return said === undefined ? null : Number(said);
}

async function bytesOf(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch (cause) {
    // It broke off: a lost line, a damaged file, or access that has ended.
    throw new ApiError('offline', answer.status, { cause });
  }
}
