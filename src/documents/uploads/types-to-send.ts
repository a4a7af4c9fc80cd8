/** What somebody may send into a chart, so that pages offer that and nothing else. */
import type { ChartId } from '../../base/ids.ts';
import { classify } from '../../chart/index.ts';
import type { Scope } from '../../gate/index.ts';
import { DOCUMENT_TYPES, type DocumentType } from '../document-types.ts';

const TYPES = Object.keys(DOCUMENT_TYPES) as readonly DocumentType[];
const SUBJECT = { reference: 'Patient/of-the-chart' };
const SECTIONS = new Map(
  TYPES.map((type) => {
    const coding = [{ system: 'http://loinc.org', ...DOCUMENT_TYPES[type] }];
    const document = { resourceType: 'DocumentReference', type: { coding }, subject: SUBJECT };
    return [type, classify(document).section] as const;
  }),
);

/** Whether somebody may pass a chart on and does not write into it: what they send, a job files. */
export function sendsByJob(scope: Scope, chartId: ChartId): boolean {
  const may = (action: 'share' | 'write') =>
    scope.allows(action, 'administrative', chartId, null, 'DocumentReference');
  return may('share') && !may('write');
}

/**
 * Types of documents that may be sent into that chart, or into any chart where it is null. A document whose
 * words close it may still be refused: what it says is not known before it is sent.
 */
export function typesToSend(scope: Scope, chartId: ChartId | null): readonly DocumentType[] {
  if (chartId !== null && sendsByJob(scope, chartId)) return TYPES;
  return TYPES.filter((type) =>
    scope.allows('write', SECTIONS.get(type)!, chartId, null, 'DocumentReference'),
  );
}
