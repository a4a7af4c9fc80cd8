/** What a server does beside serving: it files again what older rules of the classifier filed. */
import { listPractices, type Postern } from './open-postern.ts';

/** Begins; `stop` waits for the step at hand, and the next start goes on from there. */
export function startUpkeep(
  postern: Postern,
  onError: (what: string, error: unknown) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = fileAgain(postern, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) onError('Filing by newer rules failed; the next start tries again.', error);
  });
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function fileAgain(postern: Postern, signal: AbortSignal): Promise<void> {
  for (const { practiceId } of await listPractices(postern)) {
    if (signal.aborted) return;
    await postern.gate.asJob(practiceId, 'system-upkeep', 'reclassification', (visit) =>
      postern.store.reclassify(visit, { signal }),
    );
  }
}
