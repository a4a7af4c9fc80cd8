/**
 * What a file is, by its bytes: never by its name and never by what a sender claims. A file that could be
 * taken for two kinds at once is neither. Nothing is unpacked and nothing is drawn; the time is that of
 * reading the sample a few times.
 */
import { PosternError } from '../../base/errors.ts';
import { type FileKind, type FilesPolicy, type KindName, kindNamed } from './file-kind.ts';
import { kindOfText } from './markup.ts';
import { kindOfZip } from './office.ts';
import type { Sample } from './sample.ts';
import { kindBySignature } from './signatures.ts';
import { readText } from './text.ts';
import { beginsAsZip, endsAsZip } from './zip-directory.ts';

/** Where PDF readers look for the header (ISO 32000-1, annex H.3, note 13). */
const PDF_WITHIN = 1024;
const DICOM_AT = 128;

/** The kind of a file under a practice's policy. Never throws, whatever the bytes. */
export async function kindOf(sample: Sample, policy: FilesPolicy): Promise<FileKind> {
  if (hasDicomMark(sample.head)) return kindNamed(await kindOfDicom(sample), policy);
  if (beginsAsZip(sample)) return kindNamed(kindOfZip(sample), policy);
  if (placeOfPdf(sample.head) !== -1) return kindNamed(kindOfPdf(sample), policy);
  const text = sample.bytes === 0 ? null : readText(sample);
  if (text !== null) {
    const name = kindOfText(text.beginning);
    return kindNamed(name, policy, name === 'text' || name === 'ccda' ? text.charset : null);
  }
  return kindNamed(await kindOfPicture(sample), policy);
}

/** Throws `unsupported-media` where the practice does not take the kind, and `invalid` for an empty file. */
export function assertTaken(kind: FileKind, bytes: number): void {
  if (bytes === 0) throw new PosternError('invalid', 'The file is empty.');
  if (kind.handling !== 'refused') return;
  throw new PosternError('unsupported-media', `The practice does not take this file: it is a ${kind.title}.`);
}

/**
 * What to tell whoever sent it where it is something else than was claimed; null where it is not, and where
 * nothing was claimed. The claim is a media type, as of a `Content-Type`.
 */
export function differenceFrom(kind: FileKind, claimed: string | null): string | null {
  const type = (claimed ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === '' || type === 'application/octet-stream' || type === kind.mediaType) return null;
  if (kind.name === 'ccda' && /^(text\/xml|application\/([\w.-]+\+)?xml)$/.test(type)) return null;
  if (kind.name === 'text' && /^(text\/(?!html)|application\/([\w.-]+\+)?json$)/.test(type)) return null;
  if (kind.name === 'heic' && /^image\/hei[cf](-sequence)?$/.test(type)) return null;
  if (kind.name === 'jpeg' && /^image\/(jpg|pjpeg)$/.test(type)) return null;
  if (kind.name === 'mp4' && type === 'video/x-m4v') return null;
  return `It was sent as another kind of file; by its content it is a ${kind.title}.`;
}

/** A picture, a video or something else with a signature; one with an archive behind it is two. */
async function kindOfPicture(sample: Sample): Promise<KindName> {
  const name = await kindBySignature(sample.head);
  const isTaken = name !== 'program' && name !== 'archive' && name !== 'older-office-document';
  return isTaken && endsAsZip(sample) ? 'mixed-file' : name;
}

function hasDicomMark(head: Uint8Array): boolean {
  return head.length >= DICOM_AT + 4 && latin(head, DICOM_AT, DICOM_AT + 4) === 'DICM';
}

/**
 * DICOM (PS3.10, section 7.1): the group of the file's own elements comes first. The 128 bytes before it are
 * free, and have carried programs: only a TIFF may stand there, as scanners of slides do it.
 */
async function kindOfDicom(sample: Sample): Promise<KindName> {
  const { head } = sample;
  const first = head.subarray(DICOM_AT + 4);
  // Group 0002, little endian, with one of the representations that its elements have.
  if (first.length < 8 || first[0] !== 2 || first[1] !== 0) return 'unknown';
  if (!/^[A-Z]{2}$/.test(latin(first, 4, 6))) return 'unknown';
  const preamble = head.subarray(0, DICOM_AT);
  if (endsAsZip(sample) || beginsAsZip(sample)) return 'mixed-file';
  if (preamble.every((byte) => byte === 0)) return 'dicom';
  if (/^(MZ|#!|\s*<|\s*%PDF|%!|@echo)/i.test(latin(preamble, 0, DICOM_AT))) return 'mixed-file';
  const before = await kindBySignature(head);
  return before === 'tiff' || before === 'unknown' ? 'dicom' : 'mixed-file';
}

function placeOfPdf(head: Uint8Array): number {
  return latin(head, 0, PDF_WITHIN).indexOf('%PDF-');
}

/** A PDF begins with its header; something else before it, a page in its beginning, or an archive is two. */
function kindOfPdf(sample: Sample): KindName {
  const beginning = latin(sample.head, 0, PDF_WITHIN);
  const before = beginning.slice(0, placeOfPdf(sample.head));
  if (!/^(\xef\xbb\xbf)?\s*$/.test(before) || endsAsZip(sample)) return 'mixed-file';
  return /<(!doctype|html|script|svg|\?php)/i.test(beginning) ? 'mixed-file' : 'pdf';
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);
}
