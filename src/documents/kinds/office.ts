/**
 * Office documents by the names of their parts: Office Open XML (ECMA-376 part 2, section 10) and
 * OpenDocument (version 1.3 part 2, section 3). Whatever else is packed as a ZIP is an archive.
 */
import type { KindName } from './file-kind.ts';
import type { Sample } from './sample.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** A document that says it is larger than this when unpacked is one that harms whoever opens it. */
const MOST_UNPACKED_BYTES = 1024 * 1024 * 1024;
const MOST_TIMES_LARGER = 200;
/** Below this, being many times larger harms nobody: empty tables pack well. */
const HARMLESS_BYTES = 64 * 1024 * 1024;

/** The part that each kind of Office Open XML has. */
const MAIN_PARTS: readonly (readonly [string, KindName])[] = [
  ['word/document.xml', 'docx'],
  ['xl/workbook.xml', 'xlsx'],
  ['xl/workbook.bin', 'macro-document'],
  ['ppt/presentation.xml', 'pptx'],
];

const OPEN_DOCUMENTS: Readonly<Record<string, KindName>> = {
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
};

/** Programs and what calls them: macros of both families, ActiveX, embedded objects of Windows. */
const RUNS = new RegExp(
  [
    /(^|\/)vba(project|data)[^/]*$/,
    /(^|\/)(macrosheets|dialogsheets|activex|ctrlprops)\//,
    /(^|\/)embeddings\/[^/]*\.(bin|exe|js|vbs|bat|cmd|ps1|hta|scr|jar|lnk)$/,
    /^(basic|scripts|object [^/]*)\//,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** What a file is that begins as a ZIP. */
export function kindOfZip(sample: Sample): KindName {
  const entries = readZipDirectory(sample);
  if (entries === null || !entries.every(isPlainPart) || isBomb(entries, sample.bytes)) return 'archive';
  const parts = new Set(entries.map(({ name }) => name.toLowerCase()));
  // Two parts of one name are read differently by different programs.
  if (parts.size !== entries.length) return 'archive';
  const kind = openXmlKind(parts) ?? openDocumentKind(entries, sample.head);
  if (kind === null) return parts.has('meta-inf/manifest.mf') ? 'program' : 'archive';
  return [...parts].some((name) => RUNS.test(name)) ? 'macro-document' : kind;
}

function openXmlKind(parts: ReadonlySet<string>): KindName | null {
  if (!parts.has('[content_types].xml') || !parts.has('_rels/.rels')) return null;
  const main = MAIN_PARTS.filter(([part]) => parts.has(part));
  return main.length === 1 ? main[0]![1] : null;
}

/** OpenDocument says what it is in its first part, `mimetype`, which is stored as it is. */
function openDocumentKind(entries: readonly ZipEntry[], head: Uint8Array): KindName | null {
  const [first] = entries;
  if (first?.name !== 'mimetype' || first.bytes !== first.packedBytes || first.bytes > 100) return null;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 30 + 8 + 100)).toString(
    'latin1',
  );
  const type = text.slice(38, 38 + first.bytes);
  if (text.slice(30, 38) !== 'mimetype' || !Object.hasOwn(OPEN_DOCUMENTS, type)) return null;
  return OPEN_DOCUMENTS[type]!;
}

function isPlainPart({ name }: ZipEntry): boolean {
  return name !== '' && !/^[/\\]|^[a-z]:|\\|\0|(^|\/)\.\.(\/|$)/i.test(name);
}

function isBomb(entries: readonly ZipEntry[], fileBytes: number): boolean {
  const unpacked = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (unpacked > MOST_UNPACKED_BYTES) return true;
  return unpacked > HARMLESS_BYTES && unpacked > fileBytes * MOST_TIMES_LARGER;
}
