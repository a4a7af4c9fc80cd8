/** The session of the page around us, and what it opens. Nothing is worked out: the server said so. */
import { useQuery } from '@tanstack/react-query';
import { type Session, sessionQuery } from '../client/index.ts';

export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (data === undefined) throw new Error('Broken invariant: a page without a session');
  return data;
}

export type OpenSections = ReadonlySet<string>;

/** The sections of a chart that the session reads: those of the practice, and those of this chart alone. */
export function useOpenSections(chart: string): OpenSections {
  const { sections, charts } = useSession();
  return new Set([...sections, ...(charts.find((each) => each.chart === chart)?.sections ?? [])]);
}
