/**
 * A file on its way to a chart, by tus 1.0 (https://tus.io/protocols/resumable-upload): it goes on by itself
 * from the byte at which the connection was lost, as long as its page is open.
 */
import type { DetailedError, Upload } from 'tus-js-client';
import { OWN_PAGE } from '../ahead.ts';
import { ApiError } from '../api-error.ts';
import { ask } from '../ask.ts';

export interface FileToSend {
  readonly chart: string;
  readonly file: File;
  /** One of those that the session says it `sends`. */
  readonly type: string;
  readonly title: string;
  /** The day that it is of, YYYY-MM-DD; empty where nobody said. */
  readonly date: string;
  /** Of a card: the day on which it ends, YYYY-MM-DD; empty where nobody said. */
  readonly expires?: string;
  /** Whether it is sent although the record has it already. */
  readonly anyway: boolean;
}

/** Why a file was not taken. */
export type SendingTrouble =
  | 'empty'
  | 'too-large'
  | 'kind'
  | 'no-room'
  | 'infected'
  | 'changed'
  | 'many'
  | 'signed-out'
  | 'refused'
  | 'unreadable'
  | 'failed';

/** What is told meanwhile. After `done`, `failed` and `known` nothing more comes. */
export interface SendingTold {
  /** Bytes that have gone out; all of them, and the server is looking at the file. */
  progress(sent: number): void;
  /** The server cannot be reached, or has too much to do; it is tried again by itself. */
  lost(): void;
  /** It stands in the chart, as the document with that id; null where the server did not say. */
  done(document: string | null): void;
  failed(trouble: SendingTrouble): void;
  /** The record has it already since that instant, as far as whoever sends sees it; nothing was sent. */
  known(since: string): void;
}

/** Larger ones are not held in memory to reckon what they are; the server checks each part all the same. */
const MOST_HASHED = 100_000_000;
/** One part: what the server seals as one. */
const PART_BYTES = 64 * 1024 * 1024;
const AGAIN_MS = [1000, 2000, 5000, 10_000, 20_000];
/** Nothing went out for so long: the line is dead. */
const STALLED_MS = 30_000;
const LONGEST_NAME = 200;

export class SentFile {
  readonly #file: FileToSend;
  readonly #told: SendingTold;
  #making: Promise<Upload> | null = null;
  #upload: Upload | null = null;
  #state: 'going' | 'paused' | 'over' = 'paused';
  #tries = 0;
  #renewed = false;
  #isLost = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stall: ReturnType<typeof setTimeout> | undefined;

  constructor(file: FileToSend, told: SendingTold) {
    this.#file = file;
    this.#told = told;
  }

  /** Begins, or goes on from where it stopped. */
  start(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'going';
    addEventListener('online', this.#again);
    addEventListener('offline', this.#cut);
    void this.#go();
  }

  /** Stops until `start`; what has come stays at the server for a day. */
  pause(): void {
    if (this.#state !== 'going') return;
    this.#rest('paused');
    void this.#upload?.abort();
  }

  /** Ends it, and has the server forget what has come of it. */
  cancel(): void {
    if (this.#state === 'over') return;
    this.#rest('over');
    // What cannot be told now ends by itself in a day.
    void this.#upload?.abort(true).catch(() => undefined);
  }

  readonly #again = () => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#state === 'going' && this.#isLost) void this.#go();
  };

  /** A request whose network is gone may hang for minutes without a word: it is ended, and sent again. */
  readonly #cut = () => {
    if (this.#state !== 'going' || this.#isLost) return;
    void this.#upload?.abort();
    this.#lose();
  };

  #watch(sent: number): void {
    clearTimeout(this.#stall);
    // With the last byte the server takes its time: it looks through the whole file.
    if (sent < this.#file.file.size) this.#stall = setTimeout(this.#cut, STALLED_MS);
  }

  async #go(): Promise<void> {
    this.#isLost = false;
    try {
      this.#making ??= this.#make();
      this.#upload = await this.#making;
    } catch (error) {
      if (error instanceof SentBefore) {
        this.#rest('over');
        this.#told.known(error.since);
        return;
      }
      this.#making = null;
      // Its code is fetched when it is first needed, which takes a connection as well.
      if (error instanceof DOMException) this.#fail('unreadable');
      else this.#lose();
      return;
    }
    if (this.#state === 'going' && !this.#isLost) this.#upload.start();
  }

  async #make(): Promise<Upload> {
    const { chart, file, type, title, date, expires = '', anyway } = this.#file;
    const sha256 = await hashOf(file);
    const since = sha256 === null || anyway ? null : await sentBefore(chart, sha256);
    if (since !== null) throw new SentBefore(since);
    const { Upload } = await import('tus-js-client');
    const upload = new Upload(file, {
      endpoint: '/uploads',
      metadata: {
        chart,
        filename: shortName(file.name),
        filetype: file.type,
        title: title.slice(0, LONGEST_NAME),
        type,
        date,
        ...(expires === '' ? {} : { expires }),
        ...(sha256 === null ? {} : { sha256 }),
      },
      headers: OWN_PAGE,
      chunkSize: PART_BYTES,
      // We try again ourselves: as long as it takes, and at once when the connection is back.
      retryDelays: null,
      storeFingerprintForResuming: false,
      // From here on it is this upload that goes on, or none: without an address no other one is begun.
      onUploadUrlAvailable: () => {
        upload.options.endpoint = null;
      },
      onProgress: (sent) => {
        this.#tries = 0;
        if (this.#state !== 'going' || this.#isLost) return;
        this.#watch(sent);
        this.#told.progress(sent);
      },
      onSuccess: ({ lastResponse }) => {
        if (this.#state === 'over') return;
        this.#rest('over');
        this.#told.done(documentIn(lastResponse.getHeader('upload-document') ?? ''));
      },
      onError: (error) => this.#broke(error),
    });
    return upload;
  }

  #broke(error: Error): void {
    if (this.#state !== 'going' || this.#isLost) return;
    const { status, method, said } = answerIn(error);
    // Forgotten by the server meanwhile: sent anew, once.
    if ((status === 404 || status === 410) && method !== 'POST' && !this.#renewed) {
      this.#renewed = true;
      this.#making = null;
      this.#upload = null;
      this.#lose();
      return;
    }
    const trouble = troubleOf(status, said);
    if (trouble === null) this.#lose();
    else this.#fail(trouble);
  }

  #lose(): void {
    if (this.#state !== 'going') return;
    this.#isLost = true;
    clearTimeout(this.#stall);
    clearTimeout(this.#timer);
    this.#told.lost();
    const wait = AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)]!;
    this.#tries += 1;
    this.#timer = setTimeout(this.#again, wait);
  }

  #fail(trouble: SendingTrouble): void {
    this.#rest('over');
    this.#told.failed(trouble);
  }

  #rest(state: 'paused' | 'over'): void {
    this.#state = state;
    clearTimeout(this.#timer);
    clearTimeout(this.#stall);
    removeEventListener('online', this.#again);
    removeEventListener('offline', this.#cut);
  }
}

class SentBefore extends Error {
  readonly since: string;

  constructor(since: string) {
    super('The record has this file already');
    this.since = since;
  }
}

/**
 * Since when the record has that file, as far as whoever asks sees it; null where it has not, and where that
 * cannot be told: then it is sent.
 */
async function sentBefore(chart: string, sha256: string): Promise<string | null> {
  const asked = { patient: chart, 'sent-digest': sha256, status: 'current', _sort: '-date', _count: '1' };
  try {
    const text = await ask(`/fhir/DocumentReference?${new URLSearchParams(asked)}`);
    const { entry = [] } = JSON.parse(text) as { entry?: { resource?: { date?: string } }[] };
    return entry.length === 0 ? null : (entry[0]?.resource?.date ?? '');
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Whether the whole of it is checked against what it was here. */
export function isHashed({ size }: Pick<File, 'size'>): boolean {
  // Browsers reckon digests for pages that came over TLS, or from this very machine.
  return size <= MOST_HASHED && globalThis.crypto?.subtle !== undefined;
}

/** SHA-256 in lower-case hex; null where it is not reckoned. Throws `DOMException` where the file is gone. */
async function hashOf(file: File): Promise<string | null> {
  if (!isHashed(file)) return null;
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** As long as the server takes it, with its ending. */
function shortName(name: string): string {
  if (name.length <= LONGEST_NAME) return name || 'file';
  const ending = /\.\w{1,8}$/.exec(name)?.[0] ?? '';
  return name.slice(0, LONGEST_NAME - ending.length) + ending;
}

interface AnswerInError {
  readonly status: number;
  readonly method: string;
  readonly said: string;
}

function answerIn(error: Error): AnswerInError {
  const { originalRequest, originalResponse } = error as Partial<DetailedError>;
  return {
    status: originalResponse?.getStatus() ?? 0,
    method: originalRequest?.getMethod() ?? '',
    said: originalResponse?.getBody() ?? '',
  };
}

/** Null for what passes by itself: no connection, two at once at one upload, a server with too much to do. */
function troubleOf(status: number, said: string): SendingTrouble | null {
  if (status === 401) return 'signed-out';
  if (status === 403 || status === 404 || status === 410) return 'refused';
  if (status === 413) return 'too-large';
  if (status === 415) return 'kind';
  if (status === 422) return said.includes('malicious') ? 'infected' : 'changed';
  if (status === 429) return 'many';
  if (status === 507) return 'no-room';
  return status === 0 || status === 409 || status === 423 || status >= 500 ? null : 'failed';
}

function documentIn(reference: string): string | null {
  return /^DocumentReference\/([\w.-]{1,64})$/.exec(reference)?.[1] ?? null;
}
