/** One button that begins it; what it takes to send comes when it is pressed. */
import { lazy, Suspense, useState } from 'react';
import { ActionButton, Outline } from '../../kit/index.ts';
import type { SendDocumentProps } from './sending-props.ts';
import { useSendingWords } from './sending-words.ts';

const SendPanel = lazy(async () => ({ default: (await import('./send-panel.tsx')).SendPanel }));

/** Charts into which something is being sent: whoever comes back finds it as they left it. */
const opened = new Set<string>();

export function SendDocument({ chart, types, to }: SendDocumentProps) {
  const w = useSendingWords();
  const [isOpen, setOpen] = useState(() => opened.has(chart));
  if (types.length === 0) return null;
  const turn = (open: boolean) => {
    if (open) opened.add(chart);
    else opened.delete(chart);
    setOpen(open);
  };
  if (!isOpen) {
    return (
      <div>
        <ActionButton weight="main" onClick={() => turn(true)}>
          {to === 'patient' ? w.send : w.add}
        </ActionButton>
      </div>
    );
  }
  return (
    <Suspense fallback={<Outline lines={4} />}>
      <SendPanel chart={chart} types={types} to={to} onClose={() => turn(false)} />
    </Suspense>
  );
}
