/**
 * Sends one file in parts (tus 1.0): a part that is lost with its connection is sent again from where the
 * server has it. Nothing of it is kept in the browser.
 */
import type { DetailedError, Upload } from 'tus-js-client';

/** Kinds that people file by hand, by the names that the server has for them. */
export const SENT_KINDS = [
  'other',
  'letter',
  'lab-report',
  'referral',
  'radiograph',
  'photo',
  'insurance-card',
  'photo-id',
  'consent',
  'advance-directive',
  'consult-note',
  'progress-note',
  'discharge-summary',
  'history-form',
  'outside-record',
] as const;

export type SentKind = (typeof SENT_KINDS)[number];

/** Why a file was not taken. */
export type Refusal = 'refused' | 'too-large' | 'not-taken' | 'no-room' | 'signed-out' | 'failed';

export interface Sending {
  readonly chart: string;
  readonly file: File;
  readonly kind: SentKind;
  /** From 0 to 1. */
  onProgress(share: number): void;
  /** The connection is away: it goes on by itself. */
  onWait(): void;
  /** The id of the document that it has become; null where that was not said. */
  onDone(document: string | null): void;
  onRefused(refusal: Refusal): void;
}

const PART_BYTES = 8 * 1024 * 1024;
const AGAIN_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];

/** Begins; the answer ends it, with what has come of it. */
export function sendFile(sending: Sending): () => void {
  let upload: Upload | null = null;
  let isOver = false;
  // A request whose network is gone may hang for minutes without a word: it is ended, and goes on later.
  const cut = () => {
    if (upload === null) return;
    void upload.abort();
    sending.onWait();
  };
  const goOn = () => upload?.start();
  const end = () => {
    isOver = true;
    removeEventListener('offline', cut);
    removeEventListener('online', goOn);
  };
  const begin = async () => {
    const tus = await import('tus-js-client');
    const sha256 = await hashOf(sending.file);
    if (isOver) return;
    upload = new tus.Upload(sending.file, {
      endpoint: '/uploads',
      headers: { 'postern-page': '1' },
      chunkSize: PART_BYTES,
      retryDelays: AGAIN_MS,
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: true,
      metadata: {
        chart: sending.chart,
        filename: nameOf(sending.file),
        type: sending.kind,
        ...(sha256 === null ? {} : { sha256 }),
      },
      onProgress: (sent, all) => sending.onProgress(all === 0 ? 0 : sent / all),
      onShouldRetry: (error) => {
        const again = isPassing(error);
        if (again) sending.onWait();
        return again;
      },
      onSuccess: ({ lastResponse }) => {
        end();
        sending.onDone(documentIn(lastResponse.getHeader('upload-document') ?? ''));
      },
      onError: (error) => {
        end();
        sending.onRefused(refusalOf(error));
      },
    });
    addEventListener('offline', cut);
    addEventListener('online', goOn);
    upload.start();
  };
  begin().catch(() => sending.onRefused('failed'));
  return () => {
    end();
    upload?.abort(true).catch(() => undefined);
  };
}

/** Larger ones are not held in memory for it. */
const MOST_HASHED = 100_000_000;

/** SHA-256 in hex, against which the server checks what came; null where the browser does not reckon it. */
async function hashOf(file: File): Promise<string | null> {
  // Digests are for pages that came over TLS, or from this very machine.
  if (file.size > MOST_HASHED || globalThis.crypto?.subtle === undefined) return null;
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Photos that come out of a clipboard or a camera may have none. */
function nameOf({ name, type }: File): string {
  return name.slice(-200) || `file.${type.split('/')[1] ?? 'bin'}`;
}

function documentIn(reference: string): string | null {
  return /^DocumentReference\/([\w.-]{1,64})$/.exec(reference)?.[1] ?? null;
}

/** No answer, or one that says: later. What the server refuses it refuses again. */
function isPassing(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return (
    status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507)
  );
}

function refusalOf(error: Error): Refusal {
  const status = (error as Partial<DetailedError>).originalResponse?.getStatus() ?? 0;
  if (status === 401) return 'signed-out';
  if (status === 403 || status === 404) return 'refused';
  if (status === 413) return 'too-large';
  if (status === 415 || status === 422) return 'not-taken';
  return status === 507 ? 'no-room' : 'failed';
}
