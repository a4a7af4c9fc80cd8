/** What is told by signatures alone: `file-type` on the beginning, and what its answers are to us. */
import type { KindName } from './file-kind.ts';

const ARCHIVES = ['zip', 'tar', 'rar', 'gz', 'bz2', '7z', 'xz', 'lz', 'lz4', 'zst', 'Z', 'lzh', 'arj', 'ace'];
const MORE_ARCHIVES = ['cab', 'cpio', 'ar', 'iso', 'tar.gz', 'dmg', 'asar'];
const PROGRAMS = ['exe', 'elf', 'macho', 'swf', 'wasm', 'crx', 'xpi', 'deb', 'rpm', 'lnk', 'alias', 'class'];
const MORE_PROGRAMS = ['apk', 'jar', 'chm', 'reg', 'ps', 'eps', 'nes'];

const BY_EXTENSION: Readonly<Record<string, KindName>> = {
  png: 'png',
  jpg: 'jpeg',
  webp: 'webp',
  heic: 'heic',
  mp4: 'mp4',
  m4v: 'mp4',
  tif: 'tiff',
  pdf: 'pdf',
  cfb: 'older-office-document',
  rtf: 'older-office-document',
  ...Object.fromEntries([...ARCHIVES, ...MORE_ARCHIVES].map((each) => [each, 'archive' as const])),
  ...Object.fromEntries([...PROGRAMS, ...MORE_PROGRAMS].map((each) => [each, 'program' as const])),
};

/** What the beginning is by its signature; whatever `file-type` does with hostile bytes, it answers. */
export async function kindBySignature(head: Uint8Array): Promise<KindName> {
  // Loaded by the first file that is sent; commands get none.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found === undefined) return 'unknown';
  const known = Object.hasOwn(BY_EXTENSION, found.ext) ? BY_EXTENSION[found.ext] : undefined;
  return known ?? (/^(image|video|audio)\//.test(found.mime) ? 'other-media' : 'unknown');
}
