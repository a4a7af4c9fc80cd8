/** What the interactions share. */
import type { Clock } from '../base/clock.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import type { ChartStore } from '../chart/index.ts';
import type { Files, KeptPreviews } from '../documents/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import type { Deposits } from '../intake/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Links } from '../links/index.ts';

export interface FhirContext {
  readonly store: ChartStore;
  readonly deposits: Deposits;
  readonly jobs: Jobs;
  /** The content of files. */
  readonly files: Pick<Files, 'read' | 'write' | 'shownAs' | 'drop' | 'rulesOf'>;
  readonly previews: Pick<KeptPreviews, 'preview'>;
  /** Who opened a link, as they said. */
  readonly links: Pick<Links, 'recipientOf'>;
  readonly gate: Pick<Gate, 'accounts' | 'settings' | 'grants' | 'asJob' | 'noteRefusal' | 'assertFresh'>;
  /** The address of the API as people reach it, such as `https://host/fhir`. */
  readonly base: string;
  readonly clock: Clock;
}

/** One interaction of the API on what a session reaches. Throws `PosternError`. */
export type Interaction = (context: FhirContext, request: RoutedRequest, visit: Visit) => Promise<Answer>;
