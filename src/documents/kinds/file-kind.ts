/**
 * The kinds of files, and what is done with each. A file that is `shown` keeps its media type; one that is
 * `inert` is given out as bytes to be saved and nothing else; one that is `refused` is not taken.
 */
import { PosternError } from '../../base/errors.ts';

export type Handling = 'shown' | 'inert' | 'refused';

/** What the practice decides about, each as a whole. */
export type PolicyGroup = ShownGroup | ClosedGroup;
/** What is shown unless the practice will not have it. */
export type ShownGroup = 'office' | 'videos';
/** What nobody is shown, whatever the practice sets. */
export type ClosedGroup = 'pages' | 'programs' | 'macros' | 'archives' | 'others';

interface KindRow {
  /** For people, in English; pages translate by the kind's name. */
  readonly title: string;
  readonly mediaType: string;
  readonly extension: string;
  /** Further extensions that a name of this kind may keep. */
  readonly also?: readonly string[];
  /** Whether a browser shows it without a program of ours, and without running anything of it. */
  readonly opensInBrowser?: true;
  /** Absent where it is always taken and shown. */
  readonly group?: PolicyGroup;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const BYTES = 'application/octet-stream';

/** Everything that Postern calls a file. */
const KINDS = {
  pdf: { title: 'PDF document', mediaType: 'application/pdf', extension: 'pdf', opensInBrowser: true },
  png: { title: 'PNG picture', mediaType: 'image/png', extension: 'png', opensInBrowser: true },
  jpeg: {
    title: 'JPEG picture',
    mediaType: 'image/jpeg',
    extension: 'jpg',
    also: ['jpeg', 'jpe', 'jfif'],
    opensInBrowser: true,
  },
  webp: { title: 'WebP picture', mediaType: 'image/webp', extension: 'webp', opensInBrowser: true },
  heic: { title: 'HEIC picture', mediaType: 'image/heic', extension: 'heic', also: ['heif', 'hif'] },
  tiff: { title: 'TIFF picture', mediaType: 'image/tiff', extension: 'tif', also: ['tiff'] },
  dicom: { title: 'DICOM file', mediaType: 'application/dicom', extension: 'dcm', also: ['dicom'] },
  text: {
    title: 'text',
    mediaType: 'text/plain',
    extension: 'txt',
    also: ['csv', 'tsv', 'json', 'md', 'log', 'hl7'],
    opensInBrowser: true,
  },
  ccda: { title: 'clinical document (C-CDA)', mediaType: 'application/xml', extension: 'xml' },
  mp4: {
    title: 'MP4 video',
    mediaType: 'video/mp4',
    extension: 'mp4',
    also: ['m4v'],
    opensInBrowser: true,
    group: 'videos',
  },
  docx: {
    title: 'Word document',
    mediaType: `${OFFICE}.wordprocessingml.document`,
    extension: 'docx',
    group: 'office',
  },
  xlsx: {
    title: 'Excel workbook',
    mediaType: `${OFFICE}.spreadsheetml.sheet`,
    extension: 'xlsx',
    group: 'office',
  },
  pptx: {
    title: 'PowerPoint presentation',
    mediaType: `${OFFICE}.presentationml.presentation`,
    extension: 'pptx',
    group: 'office',
  },
  odt: {
    title: 'OpenDocument text',
    mediaType: `${OPEN_DOCUMENT}.text`,
    extension: 'odt',
    group: 'office',
  },
  ods: {
    title: 'OpenDocument spreadsheet',
    mediaType: `${OPEN_DOCUMENT}.spreadsheet`,
    extension: 'ods',
    group: 'office',
  },
  odp: {
    title: 'OpenDocument presentation',
    mediaType: `${OPEN_DOCUMENT}.presentation`,
    extension: 'odp',
    group: 'office',
  },
  page: { title: 'web page or drawing that can run', mediaType: BYTES, extension: 'bin', group: 'pages' },
  program: { title: 'program', mediaType: BYTES, extension: 'bin', group: 'programs' },
  'mixed-file': {
    title: 'file that is two kinds at once',
    mediaType: BYTES,
    extension: 'bin',
    group: 'programs',
  },
  'macro-document': {
    title: 'office document with programs inside',
    mediaType: BYTES,
    extension: 'bin',
    group: 'macros',
  },
  archive: {
    title: 'archive of files',
    mediaType: BYTES,
    extension: 'bin',
    also: ['zip', 'gz', 'tgz', 'bz2', 'xz', 'zst', '7z', 'rar', 'tar', 'iso'],
    group: 'archives',
  },
  'older-office-document': {
    title: 'office document of an older kind',
    mediaType: BYTES,
    extension: 'bin',
    also: ['doc', 'xls', 'ppt', 'rtf'],
    group: 'others',
  },
  'other-media': {
    title: 'picture, sound or video of another kind',
    mediaType: BYTES,
    extension: 'bin',
    also: [
      'gif',
      'bmp',
      'avif',
      'jxl',
      'jp2',
      'mov',
      'webm',
      'avi',
      'mkv',
      'mp3',
      'm4a',
      'wav',
      'ogg',
      '3gp',
    ],
    group: 'others',
  },
  'other-xml': { title: 'XML file', mediaType: BYTES, extension: 'bin', group: 'others' },
  unknown: { title: 'file of an unknown kind', mediaType: BYTES, extension: 'bin', group: 'others' },
} as const satisfies Record<string, KindRow>;

export type KindName = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

export interface FileKind {
  readonly name: KindName;
  /** What to call it to people, as in "PDF document". */
  readonly title: string;
  /** By its bytes; `application/octet-stream` for everything that is not shown. */
  readonly mediaType: string;
  /** Of text alone, as a label of the Encoding Standard. */
  readonly charset: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | null;
  readonly handling: Handling;
  readonly opensInBrowser: boolean;
  readonly extension: string;
  /** Every extension that a name of this kind may have; the first is `extension`. */
  readonly extensions: readonly string[];
}

/** What a practice does with each group of files. */
export type FilesPolicy = Readonly<Record<ClosedGroup, 'inert' | 'refused'> & Record<ShownGroup, Handling>>;

/** What stands where a practice has said nothing: what can run is not taken. */
export const STRICT_POLICY: FilesPolicy = {
  office: 'shown',
  videos: 'shown',
  pages: 'refused',
  programs: 'refused',
  macros: 'refused',
  archives: 'inert',
  others: 'inert',
};

/** The policy out of a practice's setting, whatever stands there: what is not plainly said stays strict. */
export function readFilesPolicy(setting: unknown): FilesPolicy {
  const said = typeof setting === 'object' && setting !== null ? (setting as Record<string, unknown>) : {};
  const groups = Object.keys(STRICT_POLICY) as PolicyGroup[];
  const chosen = groups.map((group) => {
    const value = Object.hasOwn(said, group) ? said[group] : null;
    return [group, isHandling(group, value) ? value : STRICT_POLICY[group]];
  });
  return Object.fromEntries(chosen) as unknown as FilesPolicy;
}

/** Throws `invalid` where a policy says of any group what cannot be done with it, or names another. */
export function checkFilesPolicy(asked: unknown): FilesPolicy {
  const said = typeof asked === 'object' && asked !== null ? (asked as Record<string, unknown>) : {};
  for (const [group, value] of Object.entries(said)) {
    if (Object.hasOwn(STRICT_POLICY, group) && isHandling(group as PolicyGroup, value)) continue;
    throw new PosternError('invalid', 'kinds must say refused or inert, or shown of office and videos.');
  }
  return readFilesPolicy(said);
}

function isHandling(group: PolicyGroup, value: unknown): value is Handling {
  if (value === 'inert' || value === 'refused') return true;
  return value === 'shown' && (group === 'office' || group === 'videos');
}

/** A kind as a practice handles it. */
export function kindNamed(
  name: KindName,
  policy: FilesPolicy,
  charset: FileKind['charset'] = null,
): FileKind {
  const { title, mediaType, extension, also = [], opensInBrowser, group }: KindRow = KINDS[name];
  const handling = group === undefined ? 'shown' : policy[group];
  return {
    name,
    title,
    mediaType: handling === 'shown' ? mediaType : BYTES,
    charset,
    handling,
    opensInBrowser: opensInBrowser === true && handling === 'shown',
    extension,
    extensions: [extension, ...also],
  };
}
