/**
 * A file of an export, opened as it goes out
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-output-file-request): through the door on
 * every request, a line in the access log before the first byte and one with their number after the last.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, type RoutedRequest } from '../../base/exchange.ts';
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
  const range = rangeOf(request, file.bytes);
  if (range === null) {
    return { status: 416, headers: { 'content-range': `bytes */${file.bytes}` }, body: null };
  }
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

interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly partial: boolean;
}

function answerOf(sending: Sending, range: ByteRange): Answer {
  const { bytes } = sending.file;
  const { start, end, partial } = range;
  const headers = {
    'content-type': NDJSON,
    'accept-ranges': 'bytes',
    'content-length': String(end - start),
  };
  const body = contentOf(sending, range);
  if (!partial) return { status: 200, headers, body };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes}` },
    body,
  };
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

/** The whole where one range is not asked for in the form that is offered; null where it lies outside. */
function rangeOf(request: RoutedRequest, bytes: number): ByteRange | null {
  const whole = { start: 0, end: bytes, partial: false };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headerOf(request, 'range') ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return whole;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(bytes - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  return start < end ? { start, end, partial: true } : null;
}
