/** One page of a PDF: drawn while it is near, with its text above it to select, search and read out. */
import { type PDFDocumentProxy, type PDFPageProxy, type RenderTask, TextLayer } from 'pdfjs-dist';
import { type CSSProperties, type RefObject, useEffect, useRef, useState } from 'react';
import { PageLinks, type PageLinksProps } from './page-links.tsx';
import styles from './pdf-view.module.css';

/** More pixels than this are not drawn, however near one looks: canvases have limits, phones sooner. */
const MOST_PIXELS = 12_000_000;
/** How long a size must stand before the page is drawn anew in it. */
const SETTLED_MS = 160;

export interface PageSize {
  /** In points, as the page lies. */
  readonly width: number;
  readonly height: number;
}

export interface PdfPageProps {
  readonly document: PDFDocumentProxy;
  /** From 1. */
  readonly number: number;
  readonly size: PageSize;
  /** Pixels of the page (CSS) for each point. */
  readonly scale: number;
  readonly near: boolean;
  readonly label: string;
  /** Tells the true size, as soon as the page is there. */
  readonly onSize: (number: number, size: PageSize) => void;
  readonly onText: (number: number, layer: TextLayer | null) => void;
  readonly onGo: PageLinksProps['onGo'];
  readonly onLeave: PageLinksProps['onLeave'];
}

export function PdfPage({ document, number, size, scale, near, label, ...more }: PdfPageProps) {
  const { onSize, onText, onGo, onLeave } = more;
  const page = usePage(document, number, near, onSize);
  const canvas = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const isDrawn = useDrawing(page, canvas, useSettled(scale));
  useText(page, text, number, onText);
  return (
    <section
      className={styles.page}
      data-page={number}
      data-page-of-file
      data-drawn={isDrawn}
      aria-label={label}
      style={sheetStyle(size, scale, page?.userUnit ?? 1)}
    >
      <canvas ref={canvas} className={styles.canvas} />
      <div ref={text} className={styles.text} />
      {page !== null && <PageLinks document={document} page={page} onGo={onGo} onLeave={onLeave} />}
    </section>
  );
}

/** The text above the page is laid out by a factor that the library's own measures go by. */
function sheetStyle({ width, height }: PageSize, scale: number, userUnit: number): CSSProperties {
  const factor = { '--total-scale-factor': String(scale * userUnit) };
  return { ...factor, width: width * scale, height: height * scale };
}

function usePage(
  document: PDFDocumentProxy,
  number: number,
  near: boolean,
  onSize: PdfPageProps['onSize'],
): PDFPageProxy | null {
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  useEffect(() => {
    if (!near) {
      setPage(null);
      return;
    }
    let isHere = true;
    document.getPage(number).then(
      (found) => {
        if (!isHere) return;
        const { width, height } = found.getViewport({ scale: 1 });
        onSize(number, { width, height });
        setPage(found);
      },
      // A page that cannot be read stays white; the others can.
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, [document, number, near, onSize]);
  return page;
}

/** What a value was when it last stood still. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function useDrawing(page: PDFPageProxy | null, place: RefObject<HTMLCanvasElement | null>, scale: number) {
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const canvas = place.current;
    if (page === null || canvas === null) return;
    const task = drawPage(page, canvas, scale * devicePixelRatio);
    task.promise.then(
      () => setDrawn(true),
      () => undefined,
    );
    return () => task.cancel();
  }, [page, place, scale]);
  // Memory is given back when the page is far.
  useEffect(() => {
    if (page !== null) return;
    setDrawn(false);
    if (place.current !== null) place.current.width = 0;
  }, [page, place]);
  return isDrawn;
}

/** Draws beside the canvas and puts it there when it is whole, so that nothing is white in between. */
export function drawPage(
  page: PDFPageProxy,
  canvas: HTMLCanvasElement,
  wanted: number,
): Pick<RenderTask, 'promise' | 'cancel'> {
  const whole = page.getViewport({ scale: 1 });
  const most = Math.sqrt(MOST_PIXELS / (whole.width * whole.height));
  const viewport = page.getViewport({ scale: Math.min(wanted, most) });
  const fresh = window.document.createElement('canvas');
  fresh.width = Math.max(1, Math.floor(viewport.width));
  fresh.height = Math.max(1, Math.floor(viewport.height));
  const task = page.render({ canvas: fresh, viewport });
  const promise = task.promise.then(() => {
    canvas.width = fresh.width;
    canvas.height = fresh.height;
    canvas.getContext('2d')?.drawImage(fresh, 0, 0);
    fresh.width = 0;
  });
  return { promise, cancel: () => task.cancel() };
}

function useText(
  page: PDFPageProxy | null,
  place: RefObject<HTMLDivElement | null>,
  number: number,
  onText: PdfPageProps['onText'],
): void {
  useEffect(() => {
    const container = place.current;
    if (page === null || container === null) return;
    const layer = new TextLayer({
      textContentSource: page.streamTextContent({ includeMarkedContent: false }),
      container,
      viewport: page.getViewport({ scale: 1 }),
    });
    layer.render().then(
      () => onText(number, layer),
      () => undefined,
    );
    return () => {
      layer.cancel();
      container.replaceChildren();
      onText(number, null);
    };
  }, [page, place, number, onText]);
}
