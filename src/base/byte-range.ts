/** Parts of content that a request asks for (RFC 9110 section 14). */
import { headerOf, type Request } from './exchange.ts';

export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Whether it was asked for as a part: answered with 206. */
  readonly partial: boolean;
}

/** What content there is to take a part of. */
export interface Ranged {
  readonly bytes: number;
  /** A strong entity tag, and when it was written, for `If-Range`; without them that fits nothing. */
  readonly etag?: string;
  readonly updatedAt?: Date;
}

/**
 * The whole where no range is asked for, where it is not one range in the form that is offered (RFC 9110 lets
 * a server ignore several), or where `If-Range` names something else; null where it lies outside: 416.
 */
export function rangeOf(request: Pick<Request, 'headers'>, content: Ranged): ByteRange | null {
  const { bytes } = content;
  const whole = { start: 0, end: bytes, partial: false };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headerOf(request, 'range') ?? '');
  if (match === null || (match[1] === '' && match[2] === '') || !isStill(request, content)) return whole;
  const [, first = '', last = ''] = match;
  // A range that ends before it begins is no range.
  if (first !== '' && last !== '' && Number(last) < Number(first)) return whole;
  const start = first === '' ? Math.max(bytes - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  return start < end ? { start, end, partial: true } : null;
}

/** Whether it is still what the asker has a part of (RFC 9110 section 13.1.5); a weak tag never is. */
function isStill(request: Pick<Request, 'headers'>, { etag, updatedAt }: Ranged): boolean {
  const known = headerOf(request, 'if-range');
  if (known === undefined) return true;
  return known === etag || known === updatedAt?.toUTCString();
}

/** Status and headers of an answer with that range of the content. */
export function rangeHeaders(
  range: ByteRange | null,
  bytes: number,
): { status: 200 | 206 | 416; headers: Readonly<Record<string, string>> } {
  if (range === null) return { status: 416, headers: { 'content-range': `bytes */${bytes}` } };
  const { start, end, partial } = range;
  const headers = { 'accept-ranges': 'bytes', 'content-length': String(end - start) };
  if (!partial) return { status: 200, headers };
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes}` } };
}
