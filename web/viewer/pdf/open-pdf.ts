/** A PDF, opened: read in a worker of its own, by ranges, with nothing in it that runs. */
import {
  getDocument,
  InvalidPDFException,
  PasswordException,
  PDFDataRangeTransport,
  type PDFDocumentLoadingTask,
  type PDFDocumentProxy,
  PDFWorker,
} from 'pdfjs-dist';
import { ApiError, type FileSource } from '../../client/index.ts';
import { PdfParts } from './pdf-parts.ts';
import workerAddress from './pdf-worker.ts?worker&url';

/** Bytes asked for at once: each request is a line in the access log. */
const CHUNK_BYTES = 256 * 1024;
/** A picture of more pixels than this is left out: it would take the memory of a phone. */
const LARGEST_IMAGE = 64 * 1024 * 1024;
/** How long a file may be read without asking for more of it: then it is one that keeps its reader busy. */
const PATIENCE_MS = 30_000;

export type PdfFault = 'locked' | 'wrong-password' | 'damaged' | 'lost';

export class PdfError extends Error {
  override readonly name = 'PdfError';
  readonly fault: PdfFault;

  constructor(fault: PdfFault, cause?: unknown) {
    super(`The PDF could not be opened: ${fault}`, { cause });
    this.fault = fault;
  }
}

export interface OpenPdf {
  readonly document: Promise<PDFDocumentProxy>;
  close(): void;
}

/** `document` rejects with `PdfError`. `password` where the file is locked by one. */
export function openPdf(source: FileSource, password?: string): OpenPdf {
  const port = startWorker();
  // The library's own types know of no port.
  const worker = new PDFWorker({ port: port as unknown as null, verbosity: 0 });
  const ranges = new Ranges(source);
  const task = getDocument({
    ...(source.head.length === source.size ? { data: source.head.slice() } : { range: ranges }),
    ...(password === undefined ? {} : { password }),
    worker,
    rangeChunkSize: CHUNK_BYTES,
    // The first page comes by the ranges that it needs, and nothing is fetched that is not looked at.
    disableStream: true,
    disableAutoFetch: true,
    enableXfa: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    maxImageSize: LARGEST_IMAGE,
    BinaryDataFactory: PdfParts,
    cMapUrl: 'parts/',
    standardFontDataUrl: 'parts/',
    wasmUrl: 'parts/',
    verbosity: 0,
  });
  return {
    document: opened(task, ranges),
    close: () => {
      ranges.abort();
      // Whatever it is at: a file that keeps its worker busy ends with it.
      void task.destroy().catch(() => undefined);
      worker.destroy();
      port.terminate();
    },
  };
}

async function opened(task: PDFDocumentLoadingTask, ranges: Ranges): Promise<PDFDocumentProxy> {
  // Whoever asks for the password is told by the rejection and opens anew with it.
  task.onPassword = (_: unknown, reason: number) => {
    locked.reject(new PdfError(reason === 2 ? 'wrong-password' : 'locked'));
  };
  const locked = Promise.withResolvers<never>();
  try {
    return await Promise.race([task.promise, locked.promise, ranges.trouble]);
  } catch (error) {
    if (error instanceof PdfError) throw error;
    if (error instanceof PasswordException) throw new PdfError('locked', error);
    throw new PdfError(error instanceof ApiError ? 'lost' : 'damaged', error);
  }
}

/** Whether a failure is that of the file itself. */
export function isDamage(error: unknown): boolean {
  return error instanceof InvalidPDFException;
}

class Ranges extends PDFDataRangeTransport {
  /** Rejects when a range does not come, or when the file was read for too long. */
  readonly trouble: Promise<never>;
  readonly #source: FileSource;
  readonly #end = new AbortController();
  readonly #fail: (error: unknown) => void;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(source: FileSource) {
    super(source.size, source.head);
    this.#source = source;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.trouble = promise;
    this.#fail = reject;
    this.#wait();
  }

  override requestDataRange(begin: number, end: number): void {
    this.#wait();
    this.#source.read(begin, end, this.#end.signal).then(
      (bytes) => {
        this.#wait();
        this.onDataRange(begin, bytes);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  override abort(): void {
    clearTimeout(this.#patience);
    this.#end.abort();
  }

  #wait(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#fail(new PdfError('damaged')), PATIENCE_MS);
  }
}

interface Policy {
  createScriptURL(address: string): unknown;
}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy;
}

/** The one script that a page makes out of an address, and the only address that it takes (ADR 0125). */
const policy = (globalThis as { trustedTypes?: Policies }).trustedTypes?.createPolicy('postern-worker', {
  createScriptURL: (address) => {
    if (address !== workerAddress) throw new TypeError('No script of ours');
    return address;
  },
});

function startWorker(): Worker {
  const address = (policy?.createScriptURL(workerAddress) ?? workerAddress) as string;
  return new Worker(address, { type: 'module', name: 'pdf' });
}
