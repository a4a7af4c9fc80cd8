/**
 * A file of an export, opened as it goes out
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-output-file-request): through the door on
 * every request, a line in the access log before the first byte and one with their number after the last.
 */
import { type ByteRange, rangeHeaders, rangeOf } from '../../base/byte-range.ts';
import { notFound, PosternError } from '../../base/errors.ts';
import type { Answer } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import type { OpenFile, OwnJob } from '../../jobs/index.ts';
import type { AccessLine } from '../../ledger/index.ts';
import type { FhirContext, Interaction } from '../fhir-context.ts';
import type { ExportOrder } from './export-order.ts';
import { stillReaches } from './export-right.ts';
import { ownExport } from './export-status.ts';
import type { ExportFile, ExportProgress } from './export-words.ts';

const NDJSON = 'application/fhir+ndjson';

export const exportFile: Interaction = async (context, request, visit) => {
  const job = await ownExport(context, visit, request.params.job!);
  const file = job.state === 'done' ? fileIn(job, request.params.file!) : undefined;
  if (file === undefined) throw notFound();
  const range = rangeOf(request, file);
  if (range === null) return { ...rangeHeaders(range, file.bytes), body: null };
  await (await openFile(context, job, file)).handle.close();
  const entries = [[null, 'Export', job.id, null] as const, [null, 'ExportFile', file.name, null] as const];
  const line = await context.store.note(visit, { action: 'export-file', entries });
  return answerOf({ context, visit, job, file, line }, range);
};

async function openFile({ jobs }: FhirContext, job: OwnJob, { name }: ExportFile): Promise<OpenFile> {
  const opened = await jobs.openFile(job, name);
  if (opened === null) throw new PosternError('damaged', 'A file of this export is gone. Ask for it again.');
  return opened;
}

function fileIn({ checkpoint }: OwnJob, name: string): ExportFile | undefined {
  return (checkpoint as ExportProgress).files.find((file) => file.name === name);
}

interface Sending {
  readonly context: FhirContext;
  readonly visit: Visit;
  readonly job: OwnJob;
  readonly file: ExportFile;
  readonly line: AccessLine;
}

function answerOf(sending: Sending, range: ByteRange): Answer {
  const { status, headers } = rangeHeaders(range, sending.file.bytes);
  return { status, headers: { 'content-type': NDJSON, ...headers }, body: contentOf(sending, range) };
}

/**
 * Opened when the first byte is asked for, since to some requests (HEAD) none goes out. Ends with an error as
 * soon as the session is over, or does not reach any more what it did.
 */
async function* contentOf(
  { context, visit, job, file, line }: Sending,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let sent = 0;
  const { reach } = job.payload as ExportOrder;
  const permit = () => {
    if (!stillReaches(visit.scope, reach))
      throw new PosternError('unauthenticated', 'The session has ended.');
  };
  const { handle, source } = await openFile(context, job, file);
  try {
    for await (const chunk of job.key!.openFile(file.name, source, start, end, permit)) {
      sent += chunk.length;
      yield chunk;
    }
  } finally {
    await handle.close();
    await context.store.noteClosed(line, sent);
  }
}
