/** Resources out of files, each with the place it came from; what cannot be read comes out as a failure. */
import { PosternError } from '../../base/errors.ts';
import {
  type FhirResource,
  isObject,
  type JsonObject,
  parseJson,
  RESOURCE_LIMITS,
} from '../../chart/index.ts';
import { assertObject, assertText } from './file-form.ts';
import { itemsOf, membersOf, type Span, stringAt } from './json-spans.ts';
import { readLines, readWhole, type SourceFile } from './source-files.ts';

/**
 * A place in the sources: `entry[12] (Observation)`, `line 3 (Patient)`, or `(Patient)` for a file of one.
 */
export interface Place {
  readonly file: string;
  readonly path: string;
}

export interface SourceEntry extends Place {
  /** Position among the entries of the file, failures included. */
  readonly index: number;
  readonly resource: FhirResource;
  readonly fullUrl: string | null;
  /** The search of a conditional create, such as `identifier=system|value`. */
  readonly ifNoneExist: string | null;
  /** Where an update goes: `Patient/1`, or `Patient?identifier=system|value`. */
  readonly updates: string | null;
}

export interface SourceFailure extends Place {
  readonly index: number;
  readonly reason: string;
}

export type Read = { readonly entry: SourceEntry } | { readonly failure: SourceFailure };

const BUNDLES = new Set(['transaction', 'batch', 'collection', 'searchset', 'document']);

/** Where the entries of a `whole` file are, for the second reading; empty for lines and single resources. */
export type EntrySpans = Span[];

/**
 * Every entry of a file in order, and where they are noted in `spans`. Nothing is thrown for what the file
 * holds; a file that cannot be read at all is one failure with index -1.
 */
export async function* readEntries(file: SourceFile, spans: EntrySpans): AsyncGenerator<Read> {
  try {
    if (file.form === 'lines') yield* entriesOfLines(file, () => true);
    else yield* entriesOfWhole(file, await readWhole(file), spans);
  } catch (error) {
    yield { failure: { file: file.path, path: '', index: -1, reason: reasonOf(error) } };
  }
}

/** The entries that are wanted, in order, of a file that was read before. */
export async function* readAgain(
  file: SourceFile,
  spans: EntrySpans,
  wanted: (index: number) => boolean,
): AsyncGenerator<Read> {
  try {
    if (file.form === 'lines') yield* entriesOfLines(file, wanted);
    else {
      const bytes = await readWhole(file);
      if (spans.length === 0) yield readSingle(file, bytes);
      for (const [index, span] of spans.entries()) {
        if (wanted(index)) yield readBundleEntry(file, bytes, span, index);
      }
    }
  } catch (error) {
    yield { failure: { file: file.path, path: '', index: -1, reason: reasonOf(error) } };
  }
}

async function* entriesOfLines(file: SourceFile, wanted: (index: number) => boolean): AsyncGenerator<Read> {
  let number = 0;
  let index = -1;
  for await (const line of readLines(file, RESOURCE_LIMITS.bytes)) {
    number += 1;
    if (line !== null && isBlank(line)) continue;
    index += 1;
    // A file of another kind is one failure, and not one for each of its lines.
    if (index === 0 && line !== null) assertText(line);
    if (!wanted(index)) continue;
    yield readOne(file, `line ${number}`, index, () => {
      if (line === null) throw new PosternError('too-large', 'The line is longer than a resource may be.');
      return { resource: parseJson(line) };
    });
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte <= 0x20);
}

function* entriesOfWhole(file: SourceFile, bytes: Uint8Array, spans: EntrySpans): Generator<Read> {
  assertObject(bytes);
  const members = membersOf(bytes);
  if (stringAt(bytes, members.get('resourceType')) !== 'Bundle') {
    yield readSingle(file, bytes);
    return;
  }
  const type = stringAt(bytes, members.get('type')) ?? 'without a type';
  if (!BUNDLES.has(type)) {
    // The type may be anything, so only a known word is repeated.
    const known = /^(?:history|message|[a-z]+-response)$/.test(type) ? ` of type ${type}` : '';
    throw new PosternError('invalid', `A bundle${known} is not something to import.`);
  }
  const entries = members.get('entry');
  if (entries === undefined) return;
  for (const span of itemsOf(bytes, entries)) {
    spans.push(span);
    yield readBundleEntry(file, bytes, span, spans.length - 1);
  }
}

function readSingle(file: SourceFile, bytes: Uint8Array): Read {
  return readOne(file, '', 0, () => ({ resource: parseJson(bytes) }));
}

function readBundleEntry(file: SourceFile, bytes: Uint8Array, span: Span, index: number): Read {
  return readOne(file, `entry[${index}]`, index, () => {
    const entry = parseJson(bytes.subarray(span.start, span.end));
    if (!isObject(entry)) throw new PosternError('invalid', 'The entry is not a JSON object.');
    return entry;
  });
}

function readOne(file: SourceFile, place: string, index: number, read: () => JsonObject): Read {
  try {
    const { resource, fullUrl, request } = read();
    if (!isObject(resource) || !isTypeName(resource.resourceType)) {
      throw new PosternError('invalid', 'There is no resource here.');
    }
    const asked: JsonObject = isObject(request) ? request : {};
    const entry: SourceEntry = {
      file: file.path,
      path: `${place} (${resource.resourceType})`.trimStart(),
      index,
      resource: resource as FhirResource,
      fullUrl: typeof fullUrl === 'string' ? fullUrl : null,
      ifNoneExist: typeof asked.ifNoneExist === 'string' ? asked.ifNoneExist : null,
      updates: asked.method === 'PUT' && typeof asked.url === 'string' ? asked.url : null,
    };
    return { entry };
  } catch (error) {
    return { failure: { file: file.path, path: place, index, reason: reasonOf(error) } };
  }
}

function isTypeName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z][A-Za-z]{0,63}$/.test(value);
}

/** Words that are safe to show; the file system's own name the path, which the caller knows. */
export function reasonOf(error: unknown): string {
  if (error instanceof PosternError) {
    return error.message;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'The file may not be read.';
  if (code === 'ENOENT') return 'The file is not there any more.';
  if (typeof code === 'string' && /^(?:Z_|E[A-Z]+$)/.test(code))
    return `The file could not be read (${code}).`;
  throw error;
}
