/**
 * Opening a link (https://docs.smarthealthit.org/smart-health-links/spec#shlink-manifest-request). Nobody who
 * opens one has an account. What cannot be opened (unknown, over, ended, its maker's right gone, the chart
 * shredded, too many wrong passcodes) is answered alike, as what is not there. A line in the access log says
 * who they said they are, before anything goes out.
 */
import { buffer } from 'node:stream/consumers';
import { notFound } from '../base/errors.ts';
import { type LineId, newId, type PracticeId, type ResourceId } from '../base/ids.ts';
import { withoutSession } from '../db/index.ts';
import type { Visit } from '../gate/index.ts';
import { type AccessLine, closingLine, type LineEntry } from '../ledger/index.ts';
import { newAddress, readAddress } from './link-address.ts';
import type { LinkParts } from './link-parts.ts';
import {
  filesOf,
  findLink,
  isGenuineLink,
  isPasscode,
  type LinkRow,
  overLink,
  putTicket,
  type Taken,
  TRIES,
  takeLink,
  takeTicket,
} from './link-rows.ts';
import { makersVisit, standingFiles } from './makers-visit.ts';
import { tellOfOpening } from './opening-mails.ts';
import { sealRecipient } from './recipient.ts';
import type { LinkFile } from './sealed-link.ts';

/** Who says that they open it, and how they want it. */
export interface Opening {
  readonly recipient: string;
  readonly passcode: string | null;
  /** Letters of a file at most that is to come within the manifest; null where nothing is said. */
  readonly embeddedMost: number | null;
  readonly address: string;
}

export interface Manifest {
  readonly status: 'finalized';
  readonly files: readonly ManifestFile[];
}

export type ManifestFile = { readonly contentType: string } & (
  | { readonly embedded: string }
  | { readonly location: string }
);

export type Opened =
  | { readonly manifest: Manifest }
  /** The passcode was wrong, or there was none; how many more may be wrong. */
  | { readonly remaining: number };

/** Files as long as that come within the manifest where nothing is said, and where much is asked for. */
const EMBEDDED = 64 * 1024;
const EMBEDDED_AT_MOST = 1024 * 1024;
/** All of them together. */
const EMBEDDED_IN_ALL = 4 * 1024 * 1024;
/** How long the place of a file can be asked, once. */
const PLACE_MS = 10 * 60_000;

/** Throws not-found, one answer for all reasons. */
export async function openLink(parts: LinkParts, text: string, opening: Opening): Promise<Opened> {
  const found = await genuine(parts, text, (pool, address) => findLink(pool, address));
  if (found === null) throw notFound();
  const { practiceId, row } = found;
  const visit = await makersVisit(parts, practiceId, row);
  try {
    const rows = await filesOf(parts.context.pool, practiceId, row.id);
    const files = visit === null ? [] : await standingFiles(parts, visit, row, rows);
    if (visit === null || files.length === 0) {
      await overLink(parts.context.pool, practiceId, row.id);
      throw notFound();
    }
    return await opened(parts, { practiceId, row, visit, files }, opening);
  } finally {
    if (visit !== null) await parts.gate.endSession(visit);
  }
}

interface Found {
  readonly practiceId: PracticeId;
  readonly row: LinkRow;
  readonly visit: Visit;
  readonly files: readonly LinkFile[];
}

async function opened(parts: LinkParts, found: Found, opening: Opening): Promise<Opened> {
  const { practiceId, row, files } = found;
  const keys = await parts.keychain.of(practiceId);
  // Whoever shows none has not guessed.
  if (row.passcode !== null && opening.passcode === null) return { remaining: remainingOf(row) };
  const isRight = isPasscode(keys, row, opening.passcode ?? '');
  const taken = await withoutSession(parts.context.pool, async (tx): Promise<Taken> => {
    const counted = await takeLink(tx, practiceId, row.id, isRight);
    if (counted.outcome === 'first') await tellOfOpening(parts, tx, practiceId, row);
    return counted;
  });
  if (taken.outcome === null) throw notFound();
  const isOpened = taken.outcome !== 'wrong';
  const line = linkLine(practiceId, row, opening.address, isOpened ? 'ok' : 'refused');
  const entries = isOpened ? entriesOf(row, files) : line.entries;
  await parts.lines.write({ ...line, entries, detail: sealRecipient(keys, line.id, opening.recipient) });
  return isOpened
    ? { manifest: await manifestOf(parts, found, opening) }
    : { remaining: taken.remaining ?? 0 };
}

async function manifestOf(
  parts: LinkParts,
  { practiceId, row, visit, files }: Found,
  { embeddedMost }: Opening,
): Promise<Manifest> {
  const most = Math.min(embeddedMost ?? EMBEDDED, EMBEDDED_AT_MOST);
  let left = EMBEDDED_IN_ALL;
  const told: ManifestFile[] = [];
  for (const { id, key, facts } of files) {
    const { contentType, bytes } = facts;
    if (bytes <= most && bytes <= left) {
      left -= bytes;
      const embedded = (await buffer(contentOf(parts, visit, { key, facts }))).toString('ascii');
      told.push({ contentType, embedded });
    } else {
      const ticket = newAddress(practiceId);
      const expiresAt = new Date(parts.clock.now().getTime() + PLACE_MS);
      const of = { linkId: row.id, fileId: id, expiresAt };
      await putTicket(parts.context.pool, readAddress(ticket)!, of);
      told.push({ contentType, location: `${parts.publicUrl}/shl/files/${ticket}` });
    }
  }
  return { status: 'finalized', files: told };
}

/**
 * A file at the place that a manifest named, once. Throws not-found for every other. The session of its maker
 * ends with the content, which ends with the maker's right.
 */
export async function openPlace(
  parts: LinkParts,
  text: string,
  address: string,
): Promise<AsyncGenerator<Buffer, void, void>> {
  const found = await genuine(parts, text, (pool, ticket) => takeTicket(pool, ticket));
  if (found === null) throw notFound();
  const { practiceId, row } = found;
  const visit = await makersVisit(parts, practiceId, row);
  try {
    const rows = await filesOf(parts.context.pool, practiceId, row.id);
    const wanted = rows.filter(({ id }) => id === row.file_id);
    const [file] = visit === null ? [] : await standingFiles(parts, visit, row, wanted);
    if (visit === null || file === undefined) throw notFound();
    const line = { ...linkLine(practiceId, row, address, 'ok'), action: 'link-file' };
    await parts.lines.write({ ...line, entries: entriesOf(row, [file]) });
    return ended(parts, visit, line, contentOf(parts, visit, file));
  } catch (error) {
    if (visit !== null) await parts.gate.endSession(visit);
    throw error;
  }
}

function contentOf({ files }: LinkParts, visit: Visit, { key, facts }: Pick<LinkFile, 'key' | 'facts'>) {
  const known = { ...facts, sha256: '', kind: 'text', name: null };
  return files.read(visit, { key, facts: known }, 0, facts.bytes);
}

async function* ended(
  { gate, lines }: LinkParts,
  visit: Visit,
  line: AccessLine,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  let sent = 0;
  try {
    for await (const piece of content) {
      sent += piece.length;
      yield piece;
    }
  } finally {
    await gate.endSession(visit);
    await lines.write(closingLine(line, sent));
  }
}

/** Null for an address that is none, that leads nowhere, and for a row that was written by hand. */
async function genuine<Row extends LinkRow>(
  { context, keychain }: LinkParts,
  text: string,
  find: (
    pool: LinkParts['context']['pool'],
    address: NonNullable<ReturnType<typeof readAddress>>,
  ) => Promise<Row | null>,
): Promise<{ readonly practiceId: PracticeId; readonly row: Row } | null> {
  const address = readAddress(text);
  if (address === null) return null;
  const { practiceId } = address;
  const row = await find(context.pool, address);
  if (row === null) return null;
  if (isGenuineLink(await keychain.of(practiceId), row)) return { practiceId, row };
  const incident = [practiceId, 'key-ring', row.account_id, row.chart_id];
  await context.pool.query('select postern.incident_open($1, $2, $3, null, $4)', incident);
  return null;
}

function remainingOf({ failures }: LinkRow): number {
  return TRIES - failures;
}

/** Nobody of ours did it: on whose behalf it can be done, the line says. */
function linkLine(
  practiceId: PracticeId,
  row: LinkRow,
  address: string,
  outcome: 'ok' | 'refused',
): AccessLine {
  return {
    practiceId,
    id: newId<LineId>(),
    sessionHash: null,
    accountId: null,
    behalfOf: row.account_id,
    purpose: 'link',
    action: 'link-open',
    outcome,
    client: null,
    address,
    entries: [[row.chart_id, 'Link', row.id, null]],
    detail: null,
    bytes: null,
    closes: null,
  };
}

function entriesOf(row: LinkRow, files: readonly LinkFile[]): LineEntry[] {
  const { chart_id: chartId } = row;
  const seen = new Set<ResourceId>();
  const sources = files
    .flatMap(({ facts }) => facts.sources)
    .filter(({ id }) => !seen.has(id) && seen.add(id));
  return [
    [chartId, 'Link', row.id, null],
    ...sources.map(({ type, id, version }): LineEntry => [chartId, type, id, version]),
  ];
}
