/** Which resource of the records stands for somebody who signs in; apps are told of it. */
import type { Practitioner, RelatedPerson } from '@medplum/fhirtypes';
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';
import { ofChart, queryOf, search } from './chart-queries.ts';

/** Ids of resources, by the account of who works here or by the grant of who acts for a patient. */
export type SaidPeople = ReadonlyMap<string, string>;

async function said(path: string, signal: AbortSignal): Promise<SaidPeople> {
  const { people } = JSON.parse(await ask(path, { signal })) as { people: { of: string; id: string }[] };
  return new Map(people.map(({ of, id }) => [of, id]));
}

export const saidPractitioners = queryOptions({
  queryKey: ['staff', 'practitioners'],
  queryFn: ({ signal }) => said('/staff/practitioners', signal),
  staleTime: 0,
});

export function saidRelatedPersons(chart: string) {
  return queryOptions({
    queryKey: ['family', chart, 'related-persons'],
    queryFn: ({ signal }) => said(`/family/related-persons?chart=${chart}`, signal),
    staleTime: 0,
  });
}

/** Everybody whom the records of the practice know as a Practitioner, five hundred at most. */
export const practitioners = queryOptions({
  queryKey: ['practitioners'],
  queryFn: async ({ signal }) => {
    const every: Practitioner[] = [];
    let next: string | null = queryOf({ _count: '100', _elements: 'name,active,qualification' });
    while (next !== null && every.length < 500) {
      const page: Awaited<ReturnType<typeof search<Practitioner>>> = await search(
        'Practitioner',
        next,
        signal,
      );
      every.push(...page.found);
      next = page.next;
    }
    return every;
  },
});

export function relatedPersons(chart: string) {
  return ofChart<RelatedPerson>('RelatedPerson', chart, { _elements: 'name,relationship,patient' });
}

/** Takes a touch; null for nobody. */
export async function sayPractitioner(account: string, id: string | null): Promise<void> {
  await ask(`/staff/${account}/practitioner`, { method: 'PUT', body: { id } });
}

/** Takes a touch; null for nobody. */
export async function sayRelatedPerson(grant: string, chart: string, id: string | null): Promise<void> {
  await ask(`/family/${grant}/related-person`, { method: 'PUT', body: { chart, id } });
}
