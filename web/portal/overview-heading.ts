/** What the first page of a record says of itself: whose it is, and whether this is all. */
import type { PortalWords } from './words/en.ts';

export interface Shown {
  /** Whether the record is of whoever reads it. */
  readonly own: boolean;
  /** Whether all of it is open to them. */
  readonly whole: boolean;
  readonly name: string;
  readonly given: string;
  readonly practice: string;
}

export function overviewHeading(w: PortalWords, { own, whole, name, given, practice }: Shown) {
  if (own) {
    const lead = whole ? w.overviewLead(practice) : w.overviewLeadPart(practice);
    return { title: w.hello(given), lead };
  }
  const lead = whole ? w.overviewLeadOther(given, practice) : w.overviewLeadOtherPart(given, practice);
  return { title: w.recordOf(name), lead };
}
