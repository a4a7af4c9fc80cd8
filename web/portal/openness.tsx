/**
 * What of a record is open, as the server says of the session. It depends on what was granted and never on
 * what is there: whoever may not see a part is not told whether anything lies in it.
 */
import { useQuery } from '@tanstack/react-query';
import { chartPatient, givenName } from '../client/index.ts';
import { Notice } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';
import { openSections } from './reach-of-chart.ts';

export interface Openness {
  /** Conditions, medications, results, documents. */
  readonly clinical: boolean;
  /** Confidential care. */
  readonly sensitive: boolean;
}

export function useOpenness(): Openness {
  const chart = useChart();
  const open = openSections(useSession(), chart);
  return { clinical: open.has('clinical'), sensitive: open.has('sensitive') };
}

function useGivenName(): string {
  const { data } = useQuery(chartPatient(useChart()));
  return data === undefined ? '' : givenName(data);
}

/** In place of a list that the session may not ask for. */
export function NotOpen() {
  const w = usePortalWords();
  return (
    <Notice icon="lock" title={w.notOpen}>
      {w.notOpenText(useGivenName())}
    </Notice>
  );
}

/** Above lists that leave out what is confidential; nothing where everything is open. */
export function PartlyOpen() {
  const w = usePortalWords();
  const { sensitive } = useOpenness();
  const name = useGivenName();
  if (sensitive) return null;
  return (
    <Notice icon="lock" title={w.partlyOpen}>
      {w.partlyOpenText(name)}
    </Notice>
  );
}
