/**
 * Versions as entity tags, and what requests make depend on them
 * (https://hl7.org/fhir/R4/http.html#concurrency).
 */
import { PosternError } from '../base/errors.ts';
import { headerOf, type Request } from '../base/exchange.ts';

interface Dated {
  readonly version: number;
  readonly updatedAt: Date;
}

export function entityTag(version: number): string {
  return `W/"${version}"`;
}

/** `etag` and `last-modified` of one version. */
export function versionHeaders({ version, updatedAt }: Dated): { etag: string; 'last-modified': string } {
  return { etag: entityTag(version), 'last-modified': updatedAt.toUTCString() };
}

/** A version that no resource has: what a tag that is not ours names. */
const NO_VERSION = -1;

/** The version that `If-Match` names; null where it is absent or `*`. Throws `invalid` for what is no tag. */
export function requiredVersion(request: Pick<Request, 'headers'>): number | null {
  const text = headerOf(request, 'if-match')?.trim();
  if (text === undefined || text === '*') return null;
  const match = /^(?:W\/)?"([^"]*)"$/.exec(text);
  if (match === null) throw new PosternError('invalid', 'If-Match takes one version, as in W/"3".');
  return /^[1-9]\d{0,9}$/.test(match[1]!) ? Number(match[1]) : NO_VERSION;
}

/** Whether the asker has this version already. If-None-Match decides alone where it is there (RFC 9110). */
export function isKnown(request: Pick<Request, 'headers'>, { version, updatedAt }: Dated): boolean {
  const tags = headerOf(request, 'if-none-match');
  if (tags !== undefined) {
    if (tags.trim() === '*') return true;
    return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
  }
  const since = headerOf(request, 'if-modified-since');
  const instant = since === undefined ? Number.NaN : Date.parse(since);
  return Math.floor(updatedAt.getTime() / 1000) * 1000 <= instant;
}
