/** What a wrapped key is for, as the bytes it is wrapped with: a key moved to another row does not unwrap. */
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import type { Section } from '../base/section.ts';
import { boundAuthor } from './context.ts';
import { encodeTuple } from './tuple.ts';

/** Where a chart key belongs: one for each chart and section, and in `psychotherapy` for each author. */
export interface KeyPlace {
  /** `null` for what belongs to the practice itself. */
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly author: AccountId | null;
}

export function practiceKeyPurpose(practiceId: PracticeId, purpose: string, version: number): Buffer {
  return encodeTuple(['postern/practice-key/v1', practiceId, purpose, String(version)]);
}

export function chartKeyPurpose(practiceId: PracticeId, { chartId, section, author }: KeyPlace): Buffer {
  const owner = boundAuthor(section, author);
  return encodeTuple(['postern/chart-key/v1', practiceId, chartId ?? '', section, owner ?? '']);
}
