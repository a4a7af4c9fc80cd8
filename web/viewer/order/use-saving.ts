/** One change of a document on its way, and what came of it. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { useState } from 'react';
import { ApiError, type Saved } from '../../client/index.ts';
import { useOrderWords } from './order-words.ts';

export interface Saving {
  readonly isBusy: boolean;
  /** Why it was not saved, in words; null where nothing is wrong. */
  readonly fault: string | null;
  /** What stands meanwhile, by somebody else; null where nobody was first. */
  readonly standing: DocumentReference | null;
  run(save: () => Promise<Saved>): void;
}

export function useSaving(onDone: () => void): Saving {
  const w = useOrderWords();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [standing, setStanding] = useState<DocumentReference | null>(null);
  const run = (save: () => Promise<Saved>) => {
    setBusy(true);
    setFault(null);
    save()
      .then((saved) => {
        setBusy(false);
        if (saved.kind === 'saved') onDone();
        else setStanding(saved.standing);
      })
      .catch((error: unknown) => {
        setBusy(false);
        const status = error instanceof ApiError ? error.status : 0;
        // What one may not write, and what one may not read any more, are one answer.
        const isRefused = status === 404 || status === 403 || status === 422;
        setFault(isRefused ? w.notYours : status === 409 ? w.looked : w.failed);
      });
  };
  return { isBusy, fault, standing, run };
}
