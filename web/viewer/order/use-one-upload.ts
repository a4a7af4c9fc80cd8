/** One file on its way, for a form that waits for it: begun, paused, gone on with, ended with the form. */
import { useEffect, useRef, useState } from 'react';
import { type FileToSend, type SendingTrouble, SentFile } from '../../client/index.ts';

export interface UploadStanding {
  readonly kind: 'sending' | 'paused' | 'lost';
  readonly sent: number;
  readonly size: number;
}

export interface OneUpload {
  /** Null where nothing is on its way. */
  readonly standing: UploadStanding | null;
  readonly trouble: SendingTrouble | null;
  begin(order: FileToSend): void;
  pause(): void;
  resume(): void;
}

/** `onDone` is told the id of the document that it has become; null where the server did not say. */
export function useOneUpload(onDone: (document: string | null) => void): OneUpload {
  const going = useRef<SentFile | null>(null);
  const [standing, setStanding] = useState<UploadStanding | null>(null);
  const [trouble, setTrouble] = useState<SendingTrouble | null>(null);
  // Whoever leaves the page keeps what stands.
  useEffect(() => () => going.current?.cancel(), []);
  const stand = (kind: UploadStanding['kind']) =>
    setStanding((now) => (now === null ? now : { ...now, kind }));
  const begin = (order: FileToSend) => {
    const { size } = order.file;
    setTrouble(null);
    setStanding({ kind: 'sending', sent: 0, size });
    going.current = new SentFile(order, {
      progress: (sent) => setStanding({ kind: 'sending', sent, size }),
      lost: () => stand('lost'),
      known: () => undefined,
      failed: (why) => {
        going.current = null;
        setStanding(null);
        setTrouble(why);
      },
      done: (id) => {
        going.current = null;
        onDone(id);
      },
    });
    going.current.start();
  };
  const pause = () => {
    going.current?.pause();
    stand('paused');
  };
  const resume = () => {
    stand('sending');
    going.current?.start();
  };
  return { standing, trouble, begin, pause, resume };
}
