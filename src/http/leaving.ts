/** What goes out piece by piece: it ends once, however it ends, and is not kept for who does not take it. */
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';

type Pieces = AsyncIterable<Uint8Array>;

/** How much has to be taken in how long, over and over. */
export interface Pace {
  readonly bytes: number;
  readonly ms: number;
}

/**
 * The same pieces; `after` is called once when no more will be taken, also where none ever was: a generator
 * that was never begun would not tell.
 */
export function endingWith(pieces: Pieces, after: () => void): Pieces {
  const source = pieces[Symbol.asyncIterator]();
  let ended = false;
  const end = () => {
    if (!ended) after();
    ended = true;
  };
  const next = async () => {
    try {
      const piece = await source.next();
      if (piece.done === true) end();
      return piece;
    } catch (error) {
      end();
      throw error;
    }
  };
  const stop = async () => {
    try {
      await source.return?.();
    } finally {
      end();
    }
    return { done: true as const, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: stop }) };
}

/** Nobody will take these: lets go of what they hold. */
export function leaveUnsent(pieces: Pieces): void {
  pieces[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
}

/**
 * Sends the pieces, and cuts the connection of a reader who takes less than the pace asks for: what is sent
 * holds open files, keys and a place. No time runs while we are the ones who are waited for.
 */
export function sendAtPace(pieces: Pieces, to: ServerResponse, { bytes, ms }: Pace): void {
  const source = pieces[Symbol.asyncIterator]();
  let [taken, waited, since] = [0, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  const wait = (length: number) => {
    since = performance.now();
    taken += length;
    timer = setTimeout(() => to.destroy(), ms * Math.max(1, length / bytes) - waited);
  };
  const next = async () => {
    clearTimeout(timer);
    if (taken >= bytes) [taken, waited] = [0, 0];
    else if (since > 0) waited += performance.now() - since;
    const piece = await source.next();
    if (!to.destroyed) wait(piece.done === true ? 0 : piece.value.length);
    return piece;
  };
  const stop = async () => {
    await source.return?.();
    return { done: true as const, value: undefined };
  };
  const content = { [Symbol.asyncIterator]: () => ({ next, return: stop }) };
  // Who hung up before the answer was there has been noticed already, and nobody will say so again.
  if (to.destroyed) {
    leaveUnsent(content);
    return;
  }
  const sending = Readable.from(content);
  to.once('close', () => {
    clearTimeout(timer);
    sending.destroy();
  });
  pipeline(sending, to, () => clearTimeout(timer));
}
