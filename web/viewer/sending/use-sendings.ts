/** The files that are being sent, and those that were. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Refusal, type SentKind, sendFile } from './send-file.ts';

export interface SentFile {
  readonly key: number;
  readonly name: string;
  readonly file: File;
  readonly kind: SentKind;
  /** From 0 to 1. */
  readonly share: number;
  readonly state: 'sending' | 'waiting' | 'done' | Refusal;
  /** The document that it has become. */
  readonly document: string | null;
}

export interface Sendings {
  readonly files: readonly SentFile[];
  send(files: readonly File[], kind: SentKind): void;
  again(file: SentFile): void;
  /** Ends the sending of one, or takes it off the list. */
  drop(file: SentFile): void;
}

/** More at once would only keep one another waiting. */
const AT_ONCE = 3;

export function useSendings(chart: string, onDone: () => void): Sendings {
  const [files, setFiles] = useState<readonly SentFile[]>([]);
  const ends = useRef(new Map<number, () => void>());
  const last = useRef(0);
  const told = useRef(onDone);
  told.current = onDone;
  const change = useCallback((key: number, to: Partial<SentFile>) => {
    setFiles((all) => all.map((each) => (each.key === key ? { ...each, ...to } : each)));
  }, []);
  const waiting = files.filter(({ key, state }) => state === 'sending' && !ends.current.has(key));
  useEffect(() => {
    for (const { key, file, kind } of waiting.slice(0, Math.max(0, AT_ONCE - ends.current.size))) {
      const over = (to: Partial<SentFile>) => {
        ends.current.delete(key);
        change(key, to);
      };
      const end = sendFile({
        chart,
        file,
        kind,
        onProgress: (share) => change(key, { share, state: 'sending' }),
        onWait: () => change(key, { state: 'waiting' }),
        onDone: (document) => {
          over({ state: 'done', share: 1, document });
          told.current();
        },
        onRefused: (refusal) => over({ state: refusal }),
      });
      ends.current.set(key, end);
    }
  }, [waiting, chart, change]);
  // Whoever leaves the page ends what is not through.
  useEffect(() => {
    const { current } = ends;
    return () => {
      for (const end of current.values()) end();
      current.clear();
    };
  }, []);
  return {
    files,
    send: (chosen, kind) => {
      const added = chosen.map((file): SentFile => {
        last.current += 1;
        return { key: last.current, name: file.name, file, kind, share: 0, state: 'sending', document: null };
      });
      setFiles((all) => [...all, ...added]);
    },
    again: ({ key }) => change(key, { state: 'sending', share: 0 }),
    drop: ({ key }) => {
      ends.current.get(key)?.();
      ends.current.delete(key);
      setFiles((all) => all.filter((each) => each.key !== key));
    },
  };
}
