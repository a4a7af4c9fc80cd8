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

/** Who asks the bucket: the secret itself, the private file that holds it, or one that holds both keys. */
export type S3KeySetting =
  | { readonly accessKey: string; readonly secret: { readonly text: string } | { readonly file: string } }
  | { readonly keysFile: string };

/** Without keys, those that the machine has of AWS are used. */
export type BlobSetting = FolderPlace | (S3Place & { readonly keys: S3KeySetting | null });

export interface BlobValues {
  readonly POSTERN_BLOB_URL?: string;
  readonly POSTERN_BLOB_URL_BEFORE?: string;
  readonly POSTERN_S3_ACCESS_KEY?: string;
  readonly POSTERN_S3_SECRET_KEY?: string;
  readonly POSTERN_S3_SECRET_KEY_FILE?: string;
}

/** A value that cannot be used, and the end of the sentence that says what it must be. */
export interface BlobFault {
  readonly name: keyof BlobValues;
  readonly mend: string;
}

/** Without an address, a folder in that of all data. `absolute` makes a path one that needs no other. */
export function readBlobSetting(
  values: BlobValues,
  dataFolder: string,
  absolute: (path: string) => string,
): BlobSetting | BlobFault {
  const { POSTERN_BLOB_URL: url } = values;
  const inBucket = url?.startsWith('s3:') === true;
  const stray = S3_NAMES.find((name) => values[name] !== undefined);
  if (!inBucket && stray !== undefined) return { name: stray, mend: NO_BUCKET };
  if (url === undefined) return { kind: 'folder', path: `${dataFolder}/files` };
  const place = readPlace(url, absolute);
  if (typeof place === 'string') return { name: 'POSTERN_BLOB_URL', mend: place };
  if (place.kind === 'folder') return place;
  if (place.keys !== null) return stray === undefined ? place : { name: stray, mend: TWICE };
  const keys = readKeys(values, place, absolute);
  return keys !== null && 'mend' in keys ? keys : { ...place, keys };
}

/** Where files were kept before, of which some may lie there still; null where there is no such place. */
export function readBlobSettingBefore(
  { POSTERN_BLOB_URL_BEFORE: url }: BlobValues,
  now: BlobSetting,
  absolute: (path: string) => string,
): BlobSetting | BlobFault | null {
  if (url === undefined) return null;
  const place = readPlace(url, absolute);
  const fault = (mend: string) => ({ name: 'POSTERN_BLOB_URL_BEFORE', mend }) as const;
  if (typeof place === 'string') return fault(place);
  if (sameAs(place, now)) return fault('must be another place than POSTERN_BLOB_URL');
  if (place.kind === 's3' && place.keys === null && place.endpoint !== null) {
    return fault('must name the file of its keys after the question mark: keys-file=PATH');
  }
  return place;
}

function sameAs(one: BlobSetting, other: BlobSetting): boolean {
  if (one.kind === 'folder') return other.kind === 'folder' && one.path === other.path;
  const { bucket, prefix, endpoint } = one;
  return (
    other.kind === 's3' &&
    [other.bucket, other.prefix, other.endpoint].join() === [bucket, prefix, endpoint].join()
  );
}

/** What an address names by itself. */
function readPlace(url: string, absolute: (path: string) => string): BlobSetting | string {
  if (!url.startsWith('s3:')) {
    const path = /^file:(?:\/\/(?=\/))?([^\0]+)$/.exec(url)?.[1];
    return path === undefined ? 'must start with file: or s3://' : { kind: 'folder', path: absolute(path) };
  }
  const place = readS3Place(url);
  if (typeof place === 'string') return place;
  const file = new URL(url).searchParams.get('keys-file');
  return { ...place, keys: file === null ? null : { keysFile: absolute(file) } };
}

function readKeys(
  values: BlobValues,
  { endpoint }: S3Place,
  absolute: (path: string) => string,
): S3KeySetting | BlobFault | null {
  const { POSTERN_S3_ACCESS_KEY: accessKey } = values;
  const { POSTERN_S3_SECRET_KEY: text, POSTERN_S3_SECRET_KEY_FILE: file } = values;
  if (text !== undefined && file !== undefined) return { name: 'POSTERN_S3_SECRET_KEY_FILE', mend: TWICE };
  if (accessKey === undefined) {
    if (text === undefined && file === undefined && endpoint === null) return null;
    return { name: 'POSTERN_S3_ACCESS_KEY', mend: 'must be set with the secret key, or beside an endpoint' };
  }
  if (text !== undefined) return { accessKey, secret: { text } };
  if (file !== undefined) return { accessKey, secret: { file: absolute(file) } };
  return { name: 'POSTERN_S3_SECRET_KEY', mend: 'must be set, or its file be named, with the access key' };
}

const S3_NAMES = ['POSTERN_S3_ACCESS_KEY', 'POSTERN_S3_SECRET_KEY', 'POSTERN_S3_SECRET_KEY_FILE'] as const;
const NO_BUCKET = 'is for a bucket, and POSTERN_BLOB_URL names none';
const TWICE = 'must not be set beside another place for the same key';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const REGION = /^[a-z0-9-]{1,64}$/;
const KNOWN = ['endpoint', 'region', 'path-style', 'keys-file'];

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
  if (!BUCKET.test(bucket) || url.port !== '') {
    return 'must name a bucket, of 3 to 63 small letters, digits, dots and hyphens: s3://BUCKET/PREFIX';
  }
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
