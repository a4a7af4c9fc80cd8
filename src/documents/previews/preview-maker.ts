/**
 * Small pictures of files, and pictures of their pages, drawn in a process of their own: one for each file,
 * which ends with it. So nothing of one file is there when another is drawn, and a file that kills its
 * process kills nothing else. What comes back is checked to be a picture and is otherwise only bytes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { PosternError } from '../../base/errors.ts';
import { DRAWN_KINDS, type DrawingAnswer, type DrawingRequest, type DrawnKind } from '../drawing/drawing.ts';
import type { KindName } from '../kinds/file-kind.ts';
import { type Jail, jails } from './jail.ts';
import { NoPreview } from './no-preview.ts';
import { SMALLEST_PNG } from './smallest-png.ts';
import { Turns } from './turns.ts';

/** What previews are of: in a list, and in a reader. */
export const PREVIEW_SIZES = {
  thumbnail: { width: 320, height: 320 },
  page: { width: 1240, height: 1754 },
} as const;
export type PreviewSize = keyof typeof PREVIEW_SIZES;

/** Of every picture that comes back. */
export const PREVIEW_MEDIA_TYPE = 'image/webp';

export interface Preview {
  readonly picture: Buffer;
  readonly width: number;
  readonly height: number;
  /** Of the file: pages of a PDF or TIFF, frames of DICOM, else 1. */
  readonly pages: number;
}

export interface PreviewLimits {
  /** Processes at once. */
  readonly atOnce: number;
  /** Who may wait; whoever comes after is told to come later. */
  readonly waiting: number;
  readonly seconds: number;
}

const USUAL_LIMITS: PreviewLimits = { atOnce: 2, waiting: 200, seconds: 30 };
/** Of an answer: a picture in the largest size has a few hundred kilobytes. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/** Whether there can be a preview of this kind at all. */
export function isDrawn(kind: KindName): kind is DrawnKind {
  return (DRAWN_KINDS as readonly string[]).includes(kind);
}

export class PreviewMaker {
  readonly #limits: PreviewLimits;
  readonly #turns: Turns;
  readonly #closing = new AbortController();
  readonly #jails: readonly Jail[];
  #jail: Promise<Jail> | null = null;

  constructor(limits: PreviewLimits = USUAL_LIMITS, ways: readonly Jail[] = jails()) {
    this.#limits = limits;
    this.#turns = new Turns(limits.atOnce, limits.waiting);
    this.#jails = ways;
  }

  /**
   * Draws a page. Throws `not-processable` where the file cannot be drawn, which it never will be, with a
   * sentence that says why; `unavailable` where it can be tried again; and what the source and the signal
   * throw.
   */
  async make(
    kind: DrawnKind,
    content: AsyncIterable<Uint8Array>,
    size: PreviewSize,
    { page = 1, signal }: { readonly page?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Preview> {
    const { width, height } = PREVIEW_SIZES[size];
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    return this.#turns.take(stop, async () => {
      const jail = await this.#strictest();
      return this.#draw(jail, { kind, page, width, height }, content, stop);
    });
  }

  /** What stands between the process and the machine, for the operator; found out by drawing. */
  async walls(): Promise<string> {
    return (await this.#strictest()).walls;
  }

  /** Ends every process. Whoever waits is told `unavailable`. */
  close(): void {
    this.#closing.abort(new PosternError('unavailable', 'The server is stopping; try again in a minute.'));
  }

  #strictest(): Promise<Jail> {
    this.#jail ??= this.#firstThatDraws().catch((error: unknown) => {
      this.#jail = null;
      throw error;
    });
    return this.#jail;
  }

  async #firstThatDraws(): Promise<Jail> {
    const request = { kind: 'png', page: 1, width: 1, height: 1 } as const;
    for (const jail of this.#jails) {
      try {
        await this.#draw(jail, request, [SMALLEST_PNG], this.#closing.signal);
        return jail;
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        if (!(error instanceof PosternError)) throw error;
      }
    }
    throw new PosternError('unavailable', 'Previews cannot be drawn on this server.');
  }

  async #draw(
    jail: Jail,
    request: DrawingRequest,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Preview> {
    signal.throwIfAborted();
    // In a folder that everybody may pass, and without anything of this process: no keys, no settings.
    const child = spawn(jail.command, jail.arguments, {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const kill = () => child.kill('SIGKILL');
    const timer = setTimeout(kill, this.#limits.seconds * 1000);
    signal.addEventListener('abort', kill);
    try {
      const [, answer] = await Promise.all([
        send(child.stdin, request, content),
        received(child.stdout, kill),
        ended(child),
      ]);
      signal.throwIfAborted();
      return previewOf(answer, request);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      kill();
    }
  }
}

/** Sends the request and the file; a process that ends before it has taken all of it ends the sending. */
async function send(
  into: Writable,
  request: DrawingRequest,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const gone = new Promise<null>((resolve) => into.once('close', () => resolve(null)));
  into.on('error', () => undefined);
  into.write(`${JSON.stringify(request)}\n`);
  const pieces = (async function* () {
    yield* content;
  })();
  try {
    for (;;) {
      // A source may be slow for ever; the process has its time.
      const next = await Promise.race([pieces.next(), gone]);
      if (next === null) return;
      if (next.done) break;
      if (!into.write(next.value)) await Promise.race([once(into, 'drain').catch(() => null), gone]);
    }
    into.end();
  } finally {
    // Waits for nobody: a source that hangs would hang here too.
    pieces.return().catch(() => undefined);
  }
}

async function received(from: Readable, kill: () => void): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of from as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_ANSWER_BYTES) {
      kill();
      return Buffer.alloc(0);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', (cause) => {
      reject(new PosternError('unavailable', 'Previews cannot be drawn at the moment.', { cause }));
    });
  });
}

/** Takes the answer apart, and believes nothing that it need not. */
function previewOf(answer: Buffer, { width, height }: DrawingRequest): Preview {
  const end = answer.indexOf(10);
  const words = end === -1 ? null : wordsOf(answer.subarray(0, Math.min(end, 1000)).toString());
  if (words === null) throw new NoPreview('too-much-work');
  if (!words.drawn) throw new NoPreview(words.why);
  const picture = answer.subarray(end + 1);
  const isPicture =
    picture.toString('latin1', 0, 4) === 'RIFF' && picture.toString('latin1', 8, 12) === 'WEBP';
  const isWithin = isCount(words.width, width) && isCount(words.height, height) && isCount(words.pages, 1e6);
  if (!isPicture || !isWithin) throw new NoPreview('damaged');
  return { picture, width: words.width, height: words.height, pages: words.pages };
}

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function wordsOf(text: string): DrawingAnswer | null {
  try {
    return JSON.parse(text) as DrawingAnswer | null;
  } catch {
    return null;
  }
}
