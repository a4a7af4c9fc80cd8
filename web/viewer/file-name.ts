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

/** As people say how much that is, in bytes of the decimal kind. */
export function sayBytes(bytes: number, language: string): string {
  const [unit, factor] =
    bytes < 1000
      ? (['byte', 1] as const)
      : bytes < 1_000_000
        ? (['kilobyte', 1000] as const)
        : (['megabyte', 1_000_000] as const);
  const style = { style: 'unit', unit, unitDisplay: 'short', maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(language, style).format(bytes / factor);
}
