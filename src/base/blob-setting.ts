/**
 * Where the content of files is kept, as the operator says it: a folder, or a bucket that speaks S3. Pure.
 */
import { isLoopback } from './loopback.ts';

/** A bucket; all that lies in it under the prefix is Postern's. */
export interface S3Place {
  readonly kind: 's3';
  readonly bucket: string;
  /** Without slashes at its ends; empty for none. */
  readonly prefix: string;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Whether the bucket stands in the path of its address and not in the name of its host. */
  readonly pathStyle: boolean;
}

export interface FolderPlace {
  readonly kind: 'folder';
  readonly path: string;
}

export type BlobSetting = FolderPlace | S3Place;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const REGION = /^[a-z0-9-]{1,64}$/;
const KNOWN = ['endpoint', 'region', 'path-style'];

/**
 * The place that `s3://BUCKET/PREFIX?endpoint=..&region=..&path-style=..` names, or what the address must be,
 * as the end of a sentence that says so.
 */
export function readS3Place(text: string): S3Place | string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 's3:') return 'must start with file: or s3://';
  if (url.username !== '' || url.password !== '') {
    return 'must hold no keys; they go into POSTERN_S3_ACCESS_KEY and POSTERN_S3_SECRET_KEY';
  }
  const [bucket, prefix] = [url.hostname, url.pathname.replace(/^\/+|\/+$/g, '')];
  if (!BUCKET.test(bucket) || url.port !== '') return 'must name a bucket: s3://BUCKET/PREFIX';
  if (prefix !== '' && !PREFIX.test(prefix)) {
    return 'must have a prefix of letters, digits, dots, hyphens and underscores between slashes';
  }
  const given = url.searchParams;
  if ([...given.keys()].some((key) => !KNOWN.includes(key)) || url.hash !== '') {
    return `may say ${KNOWN.join(', ')} after the question mark, and nothing else`;
  }
  const endpoint = given.get('endpoint');
  const wrong = endpoint === null ? null : endpointFault(endpoint);
  if (wrong !== null) return wrong;
  const region = given.get('region') ?? (endpoint === null ? '' : 'us-east-1');
  if (!REGION.test(region)) return 'must name the region of a bucket at AWS: ?region=eu-central-1';
  const style = given.get('path-style') ?? String(endpoint !== null);
  if (style !== 'true' && style !== 'false') return 'must have path-style=true or path-style=false';
  return { kind: 's3', bucket, prefix, endpoint, region, pathStyle: style === 'true' };
}

function endpointFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'must have an endpoint that is an https address';
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    return 'must have an endpoint without a password, a query or a fragment';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'must have an https endpoint: plain http is open to whoever listens';
  }
  return null;
}
