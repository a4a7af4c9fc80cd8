/** Tasks of the desk: cards that end soon, whose patients are to bring the new one. */
import type { Patient, Resource, Task } from '@medplum/fhirtypes';
import { queryOptions } from '@tanstack/react-query';
import { ask } from '../ask.ts';
import { queryOf, search } from '../chart-queries.ts';

export interface EndingCard {
  readonly task: Task;
  readonly chart: string;
  /** FHIR date; empty where it is not said. */
  readonly ends: string;
  /** Null where it is not open to whoever looks. */
  readonly patient: Patient | null;
}

/** Those that nobody has settled yet, the first to end first. */
export const endingCards = queryOptions({
  queryKey: ['ending-cards'],
  queryFn: async ({ signal }): Promise<readonly EndingCard[]> => {
    const code = 'urn:postern:task|card-ends';
    const asked = { code, status: 'requested', _include: 'Task:patient', _count: '200' };
    const { found, included } = await search<Task>('Task', queryOf(asked), signal);
    const ending = found.map((task) => endingOf(task, included));
    return ending.sort((a, b) => (a.ends < b.ends ? -1 : 1));
  },
});

function endingOf(task: Task, included: readonly Resource[]): EndingCard {
  const chart = task.for?.reference?.replace(/^Patient\//, '') ?? '';
  const patient = included.find((each) => each.resourceType === 'Patient' && each.id === chart);
  const ends = task.restriction?.period?.end?.slice(0, 10) ?? '';
  return { task, chart, ends, patient: (patient as Patient | undefined) ?? null };
}

/** Somebody has seen the new card, or need not. Throws `ApiError`. */
export async function settleEndingCard({ task }: EndingCard): Promise<void> {
  const headers = { 'if-match': `W/"${task.meta?.versionId ?? ''}"` };
  const address = `/fhir/Task/${encodeURIComponent(task.id ?? '')}`;
  await ask(address, { method: 'PUT', headers, body: { ...task, status: 'completed' } });
}
