/** What links are made of. */
import type { Clock } from '../base/clock.ts';
import type { ChartStore, StoreContext } from '../chart/index.ts';
import type { Files } from '../documents/index.ts';
import type { Gate, Keychain } from '../gate/index.ts';
import type { LineWriter } from '../ledger/index.ts';
import type { Post } from '../post/index.ts';

export interface LinkParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  readonly files: Pick<Files, 'append' | 'read' | 'drop'>;
  readonly gate: Pick<Gate, 'openSession' | 'endSession' | 'admit' | 'assertFresh'>;
  readonly keychain: Pick<Keychain, 'of'>;
  readonly lines: Pick<LineWriter, 'write'>;
  readonly post: Pick<Post, 'enqueue'>;
  readonly clock: Clock;
  /** The address people use, without a slash at its end. */
  readonly publicUrl: string;
}
