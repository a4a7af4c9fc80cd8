/**
 * Asking how far an export is, and removing it
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-status-request). It is there for the account
 * and client that asked for it, while they reach what they reached then; to everybody else it never was.
 */
import { type ErrorCode, notFound, PosternError } from '../../base/errors.ts';
import type { Answer } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import type { OwnJob } from '../../jobs/index.ts';
import type { FhirContext, Interaction } from '../fhir-context.ts';
import { errorAnswer } from '../outcome.ts';
import type { ExportOrder } from './export-order.ts';
import { stillReaches } from './export-right.ts';
import { bulkAddress, EXPORT, type ExportFile, type ExportProgress } from './export-words.ts';

/** Seconds until it is worth asking again: an export of a small practice takes as long. */
const RETRY_SECONDS = '2';

export const exportStatus: Interaction = async (context, request, visit) => {
  const job = await ownExport(context, visit, request.params.job!);
  switch (job.state) {
    case 'waiting':
    case 'running':
      return {
        status: 202,
        headers: { 'x-progress': progressOf(job), 'retry-after': RETRY_SECONDS },
        body: null,
      };
    case 'failed':
      return failed(job.failure);
    case 'done':
      return manifest(context, job);
  }
};

export const removeExport: Interaction = async (context, request, visit) => {
  const { store, jobs } = context;
  const job = await ownExport(context, visit, request.params.job!);
  if (!(await jobs.cancel(visit, job.id))) throw notFound();
  await store.note(visit, { action: 'export-end', entries: [[null, 'Export', job.id, null]] });
  return { status: 202, headers: {}, body: null };
};

/** Throws not-found for what is not the visit's, or not any more. */
export async function ownExport({ store, jobs }: FhirContext, visit: Visit, id: string): Promise<OwnJob> {
  const job = await jobs.own(visit, id);
  const standing = job?.kind === EXPORT && (job.state === 'failed' || reaches(visit, job));
  if (job !== null && standing) return job;
  await store.noteRefusal(visit, 'export', [{ type: 'Export', id }]);
  throw notFound();
}

function reaches({ scope }: Visit, job: OwnJob): boolean {
  return stillReaches(scope, (job.payload as ExportOrder).reach);
}

function progressOf({ state, progress }: OwnJob): string {
  return state === 'waiting' && progress === 0 ? 'waiting for its turn' : `${progress} resources so far`;
}

function failed(code: string | null): Answer {
  if (code === 'no-room') {
    return errorAnswer(
      new PosternError('no-room', 'The server had no room left for the files of this export.'),
    );
  }
  const told: ErrorCode = code === 'too-costly' || code === 'invalid' ? code : 'damaged';
  return errorAnswer(new PosternError(told, 'The export failed. Nothing of it is kept; ask for it again.'));
}

function manifest({ base }: FhirContext, job: OwnJob): Answer {
  const order = job.payload as ExportOrder;
  const { files } = job.checkpoint as ExportProgress;
  const listed = (list: ExportFile['list']) =>
    files
      .filter((file) => file.list === list)
      .map(({ name, type, count }) => ({ type, url: bulkAddress(base, job.id, name), count }));
  const content = {
    transactionTime: order.at,
    request: order.request,
    requiresAccessToken: true,
    output: listed('output'),
    ...(order.since === null ? {} : { deleted: listed('deleted') }),
    error: listed('error'),
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', expires: job.expiresAt.toUTCString() },
    body: Buffer.from(JSON.stringify(content)),
  };
}
