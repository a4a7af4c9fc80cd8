/**
 * What somebody wants to send, as the metadata of a tus upload say it
 * (https://tus.io/protocols/resumable-upload#upload-metadata): names with values in base64.
 */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, parseId } from '../../base/ids.ts';
import { DOCUMENT_TYPES, type DocumentType, isDocumentType } from '../document-types.ts';
import { withoutPath } from '../names/file-name.ts';

export interface UploadOrder {
  /** Whose chart it is for. */
  readonly chartId: ChartId;
  /** As it was called where it comes from. */
  readonly name: string;
  /** What to call it in the chart; the name where nothing is said. */
  readonly title: string;
  readonly type: DocumentType;
  /** The day that the document is of, YYYY-MM-DD; null where nobody said. */
  readonly date: string | null;
  /** Of a card: the day on which it ends, YYYY-MM-DD; absent where nobody said. */
  readonly expires?: string;
  /** Of the whole file, in lower-case hex, as its sender has reckoned it; null where they have not. */
  readonly sha256: string | null;
}

const LONGEST = 200;
/** Controls but tab and the ends of lines. */
const UNSEEN = /[^\P{Cc}\t\r\n]/u;
const KNOWN = new Set([
  'chart',
  'filename',
  'filetype',
  'title',
  'type',
  'date',
  'expires',
  'sha256',
  'name',
]);

/** Throws `invalid` and says what is missing or wrong. */
export function readOrder(metadata: string): UploadOrder {
  const said = readMetadata(metadata);
  const chartId = parseId<ChartId>(said.get('chart') ?? '');
  if (chartId === null) throw invalid('chart', 'names the chart that the file is for, by its id');
  const name = said.get('filename') ?? said.get('name') ?? '';
  if (name === '' || name.length > LONGEST) throw invalid('filename', `has 1 to ${LONGEST} characters`);
  const title = said.get('title')?.trim() || withoutPath(name);
  if (title.length > LONGEST) throw invalid('title', `has at most ${LONGEST} characters`);
  // Text in FHIR has none (https://hl7.org/fhir/R4/datatypes.html#string): told before all has come.
  const unseen = [name, title].findIndex((text) => UNSEEN.test(text));
  if (unseen !== -1) throw invalid(unseen === 0 ? 'filename' : 'title', 'has no control characters');
  const type = said.get('type') ?? 'other';
  if (!isDocumentType(type)) throw invalid('type', `is one of ${Object.keys(DOCUMENT_TYPES).join(', ')}`);
  const date = said.get('date') || null;
  if (date !== null && !isDay(date)) throw invalid('date', 'is a day, as in 2026-03-31');
  const expires = said.get('expires') || null;
  if (expires !== null && !isDay(expires)) throw invalid('expires', 'is a day, as in 2026-03-31');
  const sha256 = said.get('sha256')?.toLowerCase() || null;
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) throw invalid('sha256', 'has 64 hexadecimal digits');
  return { chartId, name, title, type, date, sha256, ...(expires === null ? {} : { expires }) };
}

function readMetadata(text: string): Map<string, string> {
  const pairs = text.split(',').map((pair): [string, string] => {
    const [name = '', value = '', ...more] = pair.trim().split(' ');
    const decoded = textOf(value);
    if (more.length > 0 || decoded === null) {
      throw new PosternError('invalid', 'Upload-Metadata has names with values in base64, between commas.');
    }
    return [name, decoded];
  });
  return new Map(pairs.filter(([name]) => KNOWN.has(name)));
}

/** Null for what is no base64 of UTF-8. */
function textOf(value: string): string | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    return null;
  }
}

/** YYYY-MM-DD, of a day that there is. */
export function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  );
}

function invalid(name: string, must: string): PosternError {
  return new PosternError('invalid', `In Upload-Metadata, "${name}" ${must}.`);
}
