/** The entries of a Bundle that is posted (https://hl7.org/fhir/R4/http.html#transaction). */
import { PosternError } from '../base/errors.ts';
import { type RoutedRequest, readBody } from '../base/exchange.ts';
import { type FhirResource, isObject, parseResource, valuesAt } from '../chart/index.ts';
import { expectFhirJson } from './media-type.ts';

/** More work than this belongs in several requests: others wait for it. */
export const MOST_ENTRIES = 500;

export interface PostedBundle {
  readonly type: 'batch' | 'transaction';
  readonly entries: readonly BundleEntry[];
}

/** One entry as it was sent; what is missing is null. */
export interface BundleEntry {
  readonly fullUrl: string | null;
  readonly resource: FhirResource | null;
  readonly method: string;
  readonly url: string;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  readonly ifModifiedSince: string | null;
  readonly ifNoneExist: string | null;
}

/** Throws `invalid` for what is no batch or transaction, `too-large` for one that is too long. */
export async function readBundle(request: RoutedRequest, mostBytes: number): Promise<PostedBundle> {
  expectFhirJson(request);
  const bundle = parseResource(await readBody(request, mostBytes));
  if (bundle.resourceType !== 'Bundle' || (bundle.type !== 'batch' && bundle.type !== 'transaction')) {
    throw new PosternError('invalid', 'Post a Bundle that is a batch or a transaction.', {
      expression: ['Bundle.type'],
    });
  }
  const entries = bundle.entry === undefined ? [] : bundle.entry;
  if (!Array.isArray(entries)) throw new PosternError('invalid', 'The entries of a Bundle are a list.');
  if (entries.length > MOST_ENTRIES) {
    throw new PosternError('too-large', `A Bundle may have at most ${MOST_ENTRIES} entries.`);
  }
  return { type: bundle.type, entries: entries.map(entryOf) };
}

function entryOf(entry: unknown): BundleEntry {
  const [request] = valuesAt(entry, 'request');
  const [resource] = valuesAt(entry, 'resource');
  const text = (name: string): string | null => {
    const [value] = valuesAt(request, name);
    return typeof value === 'string' ? value : null;
  };
  const [fullUrl] = valuesAt(entry, 'fullUrl');
  return {
    fullUrl: typeof fullUrl === 'string' ? fullUrl : null,
    resource: isObject(resource) ? resourceOf(resource) : null,
    method: text('method') ?? '',
    url: text('url') ?? '',
    ifMatch: text('ifMatch'),
    ifNoneMatch: text('ifNoneMatch'),
    ifModifiedSince: text('ifModifiedSince'),
    ifNoneExist: text('ifNoneExist'),
  };
}

/** What names no type is no resource, and whoever needs one there says so. */
function resourceOf(resource: object): FhirResource | null {
  const { resourceType } = resource as { resourceType?: unknown };
  return typeof resourceType === 'string' ? (resource as FhirResource) : null;
}

/** Segments behind the base, and query, of an entry's address. Throws `invalid` for another server's. */
export function addressOf(url: string, base: string): { segments: string[]; query: string } {
  const mark = url.indexOf('?');
  const address = mark < 0 ? url : url.slice(0, mark);
  const own = address.startsWith(`${base}/`) ? address.slice(base.length + 1) : address.replace(/^\//, '');
  if (own === '' || own.includes('://') || own.includes('#')) {
    throw new PosternError(
      'invalid',
      'An entry is asked of an address within this server, such as Patient/ID.',
    );
  }
  return { segments: own.split('/'), query: mark < 0 ? '' : url.slice(mark + 1) };
}
