/** Under which name a file is kept, and how large it is said to be. Pure. */
import { type FileKind, pictureType } from './file-kind.ts';

const ENDINGS: Readonly<Partial<Record<FileKind, string>>> = {
  pdf: 'pdf',
  dicom: 'dcm',
  video: 'mp4',
  ccda: 'xml',
  text: 'txt',
};

/** What the document is called, without what systems take for something else, and an ending by its bytes. */
export function fileName(title: string, kind: FileKind, head: Uint8Array): string {
  const name = title
    .normalize('NFC')
    .replace(/[\p{C}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120);
  const still = head[0] === 0 ? 'heic' : 'tif';
  const ending =
    (kind === 'still' ? still : ENDINGS[kind]) ??
    pictureType(head)?.slice('image/'.length).replace('jpeg', 'jpg') ??
    'bin';
  const isThere = name.toLowerCase().endsWith(`.${ending}`);
  return isThere ? name : `${name === '' ? 'document' : name}.${ending}`;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** As people say how much that is, by thousands: 39 bytes, 3.4 MB, and never 0 kB of something. */
export function sayBytes(bytes: number, language: string): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const style = {
    style: 'unit',
    unit: UNITS[step]!,
    // The short sign of a byte is the singular in some languages: "39 byte".
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3,
  } as const;
  return new Intl.NumberFormat(language, style).format(bytes / 1000 ** step);
}
