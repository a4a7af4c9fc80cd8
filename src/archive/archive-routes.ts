/**
 * The routes of archives. Each is for the account that asked for it, while it reaches what it reached then;
 * to everybody else it never was.
 */
import { type ByteRange, rangeHeaders, rangeOf } from '../base/byte-range.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, jsonAnswer, type Route, type RoutedRequest, readBody } from '../base/exchange.ts';
import { type ChartId, type JobId, NIL_UUID, newId, parseId, type ResourceId } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import { type FileContent, isObject, parseJson } from '../chart/index.ts';
import { contentDisposition } from '../documents/index.ts';
import { exportable, reachOf, stillReaches } from '../fhir/index.ts';
import type { Visit } from '../gate/index.ts';
import type { OwnJob } from '../jobs/index.ts';
import type { AccessLine } from '../ledger/index.ts';
import {
  ARCHIVE,
  type ArchiveOrder,
  type ArchiveProgress,
  KEPT_SECONDS,
  NOTHING_YET,
} from './archive-order.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { sweepArchives } from './archive-run.ts';
import { openArchive } from './archive-seal.ts';
import { isLanguage } from './words/words.ts';

/** That an account, and a practice, may have at a time, finished ones included until they expire. */
const MOST_OWN = 5;
const MOST = 100;
const ASK_BYTES = 4096;

type Handle = (parts: ArchiveParts, request: RoutedRequest, visit: Visit) => Promise<Answer>;

export function archiveRoutes(parts: ArchiveParts): readonly Route<Visit>[] {
  return [
    { method: 'POST', path: '/archives', summary: 'begins to make a zip of a whole chart', handle: begin },
    {
      method: 'GET',
      path: '/archives',
      summary: 'lists the zips of charts that one asked for',
      handle: list,
    },
    { method: 'GET', path: '/archives/:job', summary: 'says how far a zip of a chart is', handle: look },
    { method: 'DELETE', path: '/archives/:job', summary: 'stops and removes a zip of a chart', handle: end },
    {
      method: 'GET',
      path: '/archives/:job/record.zip',
      summary: 'gives the zip of a chart',
      handle: fetched,
    },
  ].map(({ handle, ...route }) => ({
    ...(route as { method: 'POST' | 'GET' | 'DELETE'; path: string; summary: string }),
    who: 'session',
    handle: (request, visit) => handle(parts, request, visit),
  }));
}

/** Authority: to pass the chart on, or to run the practice; after a fresh touch. ADR 0137. */
const begin: Handle = async (parts, request, visit) => {
  const { store, gate, jobs, clock } = parts;
  const { chart, language } = await askOf(request);
  const stored = await store.read(visit, 'Patient', chart);
  if (stored === null) throw notFound();
  const allowed = exportable(visit.scope);
  const isApp = visit.scope.terms.methods.includes('app');
  if (isApp || (allowed !== null && !allowed.includes(chart))) {
    await store.noteRefusal(visit, 'archive', [{ type: 'Patient', id: chart }]);
    throw notFound();
  }
  if (stored.deleted) throw new PosternError('gone', 'This chart was deleted.');
  // Nobody sits before a token that the operator has printed.
  if (visit.scope.client === null) await gate.assertFresh(visit);
  const under = (await jobs.list(visit, ARCHIVE)).find(
    (job) => (job.state === 'waiting' || job.state === 'running') && orderOf(job)?.chart === chart,
  );
  // Asking twice is asking once.
  if (under !== undefined) return accepted(under.id);
  const order: ArchiveOrder = { chart, language, at: clock.now().toISOString(), reach: reachOf(visit.scope) };
  const kept = { ttlSeconds: KEPT_SECONDS, mostOwn: MOST_OWN, most: MOST, apart: false };
  const id = await jobs.put(visit, { kind: ARCHIVE, payload: order, ...kept });
  if (id === null) {
    const text = 'There are as many downloads as may be kept. Remove one, or wait until one has expired.';
    throw new Refusal('throttled', text, { 'retry-after': '600' });
  }
  await store.note(visit, { action: 'archive-start', entries: [[chart, 'Archive', id, null]] });
  return accepted(id);
};

function accepted(id: JobId): Answer {
  return jsonAnswer(202, { id }, { location: `/archives/${id}` });
}

async function askOf(request: RoutedRequest): Promise<Pick<ArchiveOrder, 'chart' | 'language'>> {
  const asked = parseJson(await readBody(request, ASK_BYTES));
  const { chart, language = 'en' } = isObject(asked) ? asked : {};
  if (typeof chart !== 'string') throw new PosternError('invalid', 'Say in `chart` whose record is meant.');
  if (!isLanguage(language)) throw new PosternError('invalid', '`language` takes en, es or de.');
  // What is no id is asked for like one that is not there.
  return { chart: parseId<ResourceId>(chart) === null ? newId<ChartId>() : (chart as ChartId), language };
}

const list: Handle = async ({ jobs }, _request, visit) => {
  const own = await jobs.list(visit, ARCHIVE);
  const archives = own.filter((job) => isStanding(visit, job)).map(described);
  return jsonAnswer(200, { archives });
};

const look: Handle = async (parts, request, visit) =>
  jsonAnswer(200, described(await ownArchive(parts, visit, request.params.job!)));

const end: Handle = async (parts, request, visit) => {
  const job = await ownArchive(parts, visit, request.params.job!);
  const chart = orderOf(job)?.chart ?? null;
  if (!(await parts.jobs.cancel(visit, job.id))) throw notFound();
  await parts.store.note(visit, { action: 'archive-end', entries: [[chart, 'Archive', job.id, null]] });
  await sweepArchives(parts);
  return { status: 204, headers: {}, body: null };
};

const fetched: Handle = async (parts, request, visit) => {
  const job = await ownArchive(parts, visit, request.params.job!);
  const { made } = progressOf(job);
  const order = orderOf(job);
  if (job.state !== 'done' || made === null || order === null) throw notFound();
  const place = { practiceId: job.practiceId, chartId: order.chart, jobId: job.id };
  const file = await openArchive(parts.context, visit, place, made);
  if (file === null) throw notFound();
  const { bytes } = file.facts;
  const range = rangeOf(request, { bytes, etag: `"${job.id}"`, updatedAt: new Date(order.at) });
  if (range === null) return { ...rangeHeaders(range, bytes), body: null };
  const entries = [[order.chart, 'Archive', job.id, null]] as const;
  const line = await parts.store.note(visit, { action: 'archive-file', entries });
  return answerOf(parts, visit, { job, order, file, line }, range);
};

interface Sending {
  readonly job: OwnJob;
  readonly order: ArchiveOrder;
  readonly file: FileContent;
  readonly line: AccessLine;
}

const ZIP = { handling: 'inert', opensInBrowser: false, extension: 'zip', extensions: ['zip'] } as const;

function answerOf(parts: ArchiveParts, visit: Visit, sending: Sending, range: ByteRange): Answer {
  const { job, order, file } = sending;
  const { status, headers } = rangeHeaders(range, file.facts.bytes);
  return {
    status,
    headers: {
      'content-type': 'application/zip',
      // Whose record it is does not stand in the list of downloads.
      'content-disposition': contentDisposition(ZIP, `health-record-${order.at.slice(0, 10)}.zip`),
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      etag: `"${job.id}"`,
      'last-modified': new Date(order.at).toUTCString(),
      ...headers,
    },
    body: contentOf(parts, visit, sending, range),
  };
}

/**
 * Opened when the first byte is asked for, since to some requests (HEAD) none goes out. Ends with an error as
 * soon as the session is over, or does not reach any more what it did.
 */
async function* contentOf(
  { files, store }: ArchiveParts,
  visit: Visit,
  { order, file, line }: Sending,
  { start, end: until }: ByteRange,
): AsyncGenerator<Buffer> {
  let sent = 0;
  try {
    for await (const chunk of files.read(visit, file, start, until)) {
      if (!stillReaches(visit.scope, order.reach)) {
        throw new PosternError('unauthenticated', 'The session has ended.');
      }
      sent += chunk.length;
      yield chunk;
    }
  } finally {
    await store.noteClosed(line, sent);
  }
}

/** Throws not-found for what is not the visit's, or not any more. */
async function ownArchive({ store, jobs }: ArchiveParts, visit: Visit, id: string): Promise<OwnJob> {
  const job = await jobs.own(visit, id);
  if (job?.kind === ARCHIVE && isStanding(visit, job)) return job;
  await store.noteRefusal(visit, 'archive', [{ type: 'Archive', id: parseId(id) ?? NIL_UUID }]);
  throw notFound();
}

/** Whether whoever asked reaches what they did. Of one that failed nothing is left to protect. */
function isStanding({ scope }: Visit, job: OwnJob): boolean {
  const order = orderOf(job);
  return order === null ? job.state === 'failed' : stillReaches(scope, order.reach);
}

function orderOf({ payload }: OwnJob): ArchiveOrder | null {
  return payload as ArchiveOrder | null;
}

function progressOf({ checkpoint }: OwnJob): Pick<ArchiveProgress, 'counts' | 'made'> {
  return (checkpoint as ArchiveProgress | null) ?? { counts: NOTHING_YET, made: null };
}

const STATES = { waiting: 'waiting', running: 'working', done: 'ready', failed: 'failed' } as const;

function described(job: OwnJob): object {
  const { counts, made } = progressOf(job);
  return {
    id: job.id,
    chart: orderOf(job)?.chart ?? null,
    state: STATES[job.state],
    ...counts,
    /** Bytes of the zip, once it is there. */
    size: made?.bytes ?? null,
    askedAt: job.askedAt.toISOString(),
    expiresAt: job.expiresAt.toISOString(),
    failure: job.failure,
  };
}
