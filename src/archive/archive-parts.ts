/** What the rooms lend to archives. */
import type { Clock } from '../base/clock.ts';
import type { ChartStore, StoreContext } from '../chart/index.ts';
import type { Files } from '../documents/index.ts';
import type { Gate } from '../gate/index.ts';
import type { Jobs } from '../jobs/index.ts';

export interface ArchiveParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  readonly files: Files;
  readonly gate: Pick<Gate, 'asJob' | 'assertFresh'>;
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** The address of the API as people reach it, such as `https://host/fhir`. */
  readonly base: string;
  /** As of `writeContent`. */
  readonly stretchBytes?: number;
}
