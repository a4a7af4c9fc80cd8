/** Asks whether the person is there when a request takes a fresh touch; its code comes when it is needed. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { askForTouchBy } from '../client/index.ts';

const StepUpDialog = lazy(async () => ({ default: (await import('./step-up-dialog.tsx')).StepUpDialog }));

interface Wanted {
  readonly answer: (isThere: boolean) => void;
}

export function StepUp() {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  useEffect(() => {
    return askForTouchBy(() => new Promise<boolean>((answer) => setWanted({ answer })));
  }, []);
  if (wanted === null) return null;
  const onEnd = (isThere: boolean) => {
    setWanted(null);
    wanted.answer(isThere);
  };
  return (
    <Suspense>
      <StepUpDialog onEnd={onEnd} />
    </Suspense>
  );
}
