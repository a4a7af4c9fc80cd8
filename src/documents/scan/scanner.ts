/** Scanning files for what is malicious, whoever does it. */

export type Verdict =
  | { readonly state: 'clean' }
  /** `name` is the scanner's word for what it found. */
  | { readonly state: 'infected'; readonly name: string }
  /** Nothing is known: the scanner cannot be reached, gave up, or takes no file of this size. */
  | { readonly state: 'unscanned'; readonly why: 'unavailable' | 'too-large' };

/** One file on its way through a scanner. */
export interface Scan {
  /** Resolves when more may be sent. Never throws: what goes wrong is the verdict's to say. */
  write(piece: Uint8Array): Promise<void>;
  /** Ends the file and waits for what is to be said of it. Never throws. */
  finish(): Promise<Verdict>;
  /** Gives it up; may be called at any time, also after the verdict. */
  abandon(): void;
}

export interface Scanner {
  begin(): Scan;
}

/** Scans a whole file. Throws what the source throws, and the signal's reason. */
export async function scanWhole(
  scanner: Scanner,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Verdict> {
  const scan = scanner.begin();
  const abandon = () => scan.abandon();
  signal.addEventListener('abort', abandon);
  try {
    for await (const piece of source) {
      signal.throwIfAborted();
      await scan.write(piece);
    }
    const verdict = await scan.finish();
    signal.throwIfAborted();
    return verdict;
  } finally {
    signal.removeEventListener('abort', abandon);
    scan.abandon();
  }
}
