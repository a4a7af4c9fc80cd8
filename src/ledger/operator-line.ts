import { type LineId, newId, type PracticeId } from '../base/ids.ts';
import type { AccessLine, LineEntry } from './line.ts';

export interface OperatorAct {
  readonly practiceId: PracticeId;
  /** The command, as in `postern keys`. */
  readonly client: string;
  readonly action: string;
  readonly entries?: readonly LineEntry[];
  /** Sealed. */
  readonly detail?: Buffer | null;
}

/** The access line of what the operator does at the command line, where nobody is signed in. */
export function operatorLine({
  practiceId,
  client,
  action,
  entries = [],
  detail = null,
}: OperatorAct): AccessLine {
  return {
    practiceId,
    id: newId<LineId>(),
    sessionHash: null,
    accountId: null,
    behalfOf: null,
    purpose: 'operation',
    action,
    outcome: 'ok',
    client,
    address: null,
    entries,
    detail,
    bytes: null,
    closes: null,
  };
}
