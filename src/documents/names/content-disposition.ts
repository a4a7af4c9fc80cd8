/** The header that names a download (RFC 6266), with the name in full (RFC 8187) and as plain letters. */
import type { FileKind } from '../kinds/file-kind.ts';
import { safeName } from './file-name.ts';

/** What RFC 8187 section 3.2.1 lets stand as it is, of what `encodeURIComponent` leaves. */
const NOT_ATTRIBUTE = /['()*]/g;

/**
 * What is shown and a browser opens safely may be looked at in place; all else is to be saved. The name may
 * be any text. `download` is for those who ask to save what could be looked at.
 */
export function contentDisposition(
  kind: Pick<FileKind, 'handling' | 'opensInBrowser' | 'extension' | 'extensions'>,
  given: string,
  { download = false }: { readonly download?: boolean } = {},
): string {
  const name = safeName(given, kind);
  const inline = kind.handling === 'shown' && kind.opensInBrowser && !download;
  const full = encodeURIComponent(name).replace(
    NOT_ATTRIBUTE,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const plain = plainOf(name, kind);
  const also = plain === name ? '' : `; filename*=UTF-8''${full}`;
  return `${inline ? 'inline' : 'attachment'}; filename="${plain}"${also}`;
}

/** In letters that every client reads the same: no percent sign, which some decode (RFC 6266, appendix D). */
function plainOf(name: string, kind: Pick<FileKind, 'extension' | 'extensions'>): string {
  const bare = name.normalize('NFKD').replace(/\p{M}/gu, '');
  return safeName(bare.replace(/[^\x20-\x7e]|[%";]/g, '_'), kind);
}
