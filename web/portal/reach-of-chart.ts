/** How much of a chart is open, as the server says of the session. */
import type { Session } from '../client/index.ts';

/** Sections that the portal shows anything of. */
const SHOWN = ['administrative', 'clinical', 'sensitive'];

export function openSections({ charts, sections }: Session, chart: string): ReadonlySet<string> {
  return new Set([...sections, ...(charts.find((each) => each.chart === chart)?.sections ?? [])]);
}

/** Whether all that the portal could show of it is open. */
export function isWhole(session: Session, chart: string): boolean {
  const open = openSections(session, chart);
  return SHOWN.every((section) => open.has(section));
}
