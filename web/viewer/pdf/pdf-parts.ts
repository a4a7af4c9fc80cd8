/**
 * What a PDF may need beyond itself, from our own server: tables of East Asian writing, the fourteen fonts
 * that every reader has (ISO 32000-1 section 9.6.2.2), and decoders of scans. Asked for when a file needs it.
 */
import { bytesAt } from '../../client/index.ts';

const ADDRESSES = import.meta.glob<string>(
  [
    '../../../node_modules/pdfjs-dist/cmaps/*.bcmap',
    '../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}',
    '../../../node_modules/pdfjs-dist/wasm/{jbig2,openjpeg}.wasm',
  ],
  { query: '?url', import: 'default', eager: true },
);

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(ADDRESSES).map(([path, address]) => [path.slice(path.lastIndexOf('/') + 1), address]),
);

/** In the place of the library's own, which would make addresses out of what the file says. */
export class PdfParts {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    const address = BY_NAME.get(filename);
    if (address === undefined) throw new Error(`There is no ${filename}`);
    return bytesAt(address);
  }
}
