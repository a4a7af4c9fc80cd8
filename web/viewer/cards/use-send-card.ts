/** Sending the picture of a card, as any file is sent. */
import { useEffect, useRef, useState } from 'react';
import { type CardKind, SentFile } from '../../client/index.ts';
import { cardFile } from './card-picture.ts';

interface CardToSend {
  readonly sides: readonly HTMLCanvasElement[];
  readonly kind: CardKind;
  /** YYYY-MM-DD; empty where the card has no such date. */
  readonly expires: string;
  readonly title: string;
}

type SendingState = 'waiting' | 'sending' | 'lost' | 'failed' | 'known';

export function useSendCard(chart: string, onDone: () => void) {
  const [state, setState] = useState<SendingState>('waiting');
  const going = useRef<SentFile | null>(null);
  useEffect(() => () => going.current?.cancel(), []);
  const send = async ({ sides, kind, expires, title }: CardToSend) => {
    setState('sending');
    const file = await cardFile(sides, `${kind}.jpg`);
    const said = { chart, file, type: kind, title, date: '', expires, anyway: false };
    going.current = new SentFile(said, {
      progress: () => setState('sending'),
      lost: () => setState('lost'),
      done: onDone,
      failed: () => setState('failed'),
      known: () => setState('known'),
    });
    going.current.start();
  };
  return { state, send };
}
