/** What a page of a PDF links to: places in it are gone to, other sites are a question first. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { useEffect, useState } from 'react';
import { useViewerWords } from '../viewer-words.ts';
import styles from './pdf-view.module.css';

export interface PageLinksProps {
  readonly document: PDFDocumentProxy;
  readonly page: PDFPageProxy;
  readonly onGo: (page: number) => void;
  /** Asks whether to leave for that address. */
  readonly onLeave: (address: URL) => void;
}

type Target =
  | { readonly kind: 'place'; readonly dest: unknown }
  | { readonly kind: 'site'; readonly url: URL };

interface PageLink {
  readonly key: string;
  readonly target: Target;
  /** Shares of the page, from its upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** More of them are no page to read. */
const MOST_LINKS = 500;

export function PageLinks({ document, page, onGo, onLeave }: PageLinksProps) {
  const { pdf: w } = useViewerWords();
  const links = useLinks(page);
  const follow = (target: Target) => {
    if (target.kind === 'site') onLeave(target.url);
    else void pageOf(document, target.dest).then((found) => found !== null && onGo(found));
  };
  return links.map(({ key, target, left, top, width, height }) => (
    <button
      key={key}
      type="button"
      className={styles.link}
      aria-label={target.kind === 'site' ? w.link(target.url.host) : w.linkWithin}
      style={{
        left: `${left * 100}%`,
        top: `${top * 100}%`,
        width: `${width * 100}%`,
        height: `${height * 100}%`,
      }}
      onClick={() => follow(target)}
    />
  ));
}

function useLinks(page: PDFPageProxy): readonly PageLink[] {
  const [links, setLinks] = useState<readonly PageLink[]>([]);
  useEffect(() => {
    let isHere = true;
    page.getAnnotations({ intent: 'display' }).then(
      (annotations) => {
        if (isHere) setLinks(annotations.flatMap((each) => linkOf(page, each) ?? []).slice(0, MOST_LINKS));
      },
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, [page]);
  return links;
}

interface Annotation {
  readonly id?: string;
  readonly subtype?: string;
  readonly url?: string;
  readonly dest?: unknown;
  readonly rect?: number[];
}

function linkOf(page: PDFPageProxy, { id, subtype, url, dest, rect }: Annotation): PageLink | null {
  if (subtype !== 'Link' || rect?.length !== 4) return null;
  const target = targetOf(url, dest);
  if (target === null) return null;
  const viewport = page.getViewport({ scale: 1 });
  const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(rect[0]!, rect[1]!) as number[];
  const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(rect[2]!, rect[3]!) as number[];
  return {
    key: `${id} ${rect.join(' ')}`,
    target,
    left: Math.min(x1, x2) / viewport.width,
    top: Math.min(y1, y2) / viewport.height,
    width: Math.abs(x2 - x1) / viewport.width,
    height: Math.abs(y2 - y1) / viewport.height,
  };
}

/** Sites of the web alone: what else a file asks for (to run, to open, to send) it does not get. */
function targetOf(address: string | undefined, dest: unknown): Target | null {
  if (address === undefined) return dest === undefined || dest === null ? null : { kind: 'place', dest };
  const url = URL.parse(address);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? { kind: 'site', url } : null;
}

/** From 1; null for a place that is not there. */
async function pageOf(document: PDFDocumentProxy, dest: unknown): Promise<number | null> {
  try {
    const explicit = typeof dest === 'string' ? await document.getDestination(dest) : dest;
    const [first] = Array.isArray(explicit) ? (explicit as unknown[]) : [];
    if (typeof first === 'number') return first + 1;
    return (await document.getPageIndex(first as { num: number; gen: number })) + 1;
  } catch {
    return null;
  }
}
