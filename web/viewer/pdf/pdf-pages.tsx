/** The pages of an open PDF below one another, with the tools above them. */
import type { PDFDocumentProxy, TextLayer } from 'pdfjs-dist';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { Icon, useFormat } from '../../kit/index.ts';
import toolStyles from '../tools.module.css';
import { Tool, ToolGroup, Tools } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { LeaveQuestion } from './leave-question.tsx';
import { useNearPages } from './near-pages.ts';
import { PageNumber } from './page-number.tsx';
import { type PageSize, PdfPage } from './pdf-page.tsx';
import { PdfPrint } from './pdf-print.tsx';
import styles from './pdf-view.module.css';
import { SearchBar } from './search-bar.tsx';
import type { TextLayers } from './text-layers.ts';
import { useZoom } from './zoom.ts';

/** A page of which nothing is known yet is as large as a letter. */
const LETTER: PageSize = { width: 612, height: 792 };

export function PdfPages({ document }: { readonly document: PDFDocumentProxy }) {
  const w = useViewerWords();
  const format = useFormat();
  const { numPages } = document;
  const place = useRef<HTMLDivElement>(null);
  const { sizes, onSize } = useSizes();
  const { layers, onText } = useLayers();
  const first = sizes.get(1) ?? LETTER;
  const zoom = useZoom(place, first.width);
  const { near, here, goTo } = useNearPages(place, numPages);
  const [isSearching, setSearching] = useState(false);
  const [leaving, setLeaving] = useState<URL | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const isFind = (event.ctrlKey || event.metaKey) && event.key === 'f';
    if (isFind) {
      event.preventDefault();
      setSearching(true);
    } else if (event.target === place.current) {
      if (event.key === '+' || event.key === '=') zoom.larger();
      else if (event.key === '-') zoom.smaller();
      else if (event.key === '0') zoom.fit();
      else if (event.key === 'n' || event.key === 'ArrowRight') goTo(here + 1);
      else if (event.key === 'p' || event.key === 'ArrowLeft') goTo(here - 1);
    }
  };
  // What scrolls can be gone to and scrolled by keys.
  const keys = { tabIndex: 0, onKeyDown };
  return (
    <>
      <Tools label={w.tools}>
        <PageNumber here={here} pages={numPages} onGo={goTo} />
        <ToolGroup>
          <Tool icon="minus" label={w.zoomOut} onPress={zoom.smaller} />
          <span className={styles.percent}>{format.number(Math.round(zoom.scale * 75))} %</span>
          <Tool icon="plus" label={w.zoomIn} onPress={zoom.larger} />
          <Tool icon="fit" label={w.zoomFit} onPress={zoom.fit} isOn={zoom.isFit} />
        </ToolGroup>
        <ToolGroup>
          <button
            type="button"
            className={toolStyles.tool}
            aria-label={w.pdf.search}
            title={w.pdf.search}
            aria-expanded={isSearching}
            onClick={() => setSearching(!isSearching)}
          >
            <Icon name="search" size={22} />
          </button>
          <PdfPrint document={document} />
        </ToolGroup>
      </Tools>
      {isSearching && (
        <SearchBar
          document={document}
          layers={layers}
          here={here}
          onGo={goTo}
          onEnd={() => {
            setSearching(false);
            place.current?.focus();
          }}
        />
      )}
      <section ref={place} className={styles.pages} data-pages aria-label={w.pdf.pages} {...keys}>
        <div className={styles.sheets}>
          {Array.from({ length: numPages }, (_, at) => at + 1).map((number) => (
            <PdfPage
              key={number}
              document={document}
              number={number}
              size={sizes.get(number) ?? first}
              scale={zoom.scale}
              near={near.has(number)}
              label={w.pdf.page(format.number(number), format.number(numPages))}
              onSize={onSize}
              onText={onText}
              onGo={goTo}
              onLeave={setLeaving}
            />
          ))}
        </div>
      </section>
      {leaving !== null && <LeaveQuestion address={leaving} onEnd={() => setLeaving(null)} />}
    </>
  );
}

/** How large the pages are that were seen. */
function useSizes() {
  const [sizes, setSizes] = useState<ReadonlyMap<number, PageSize>>(new Map());
  const onSize = useCallback((number: number, size: PageSize) => {
    setSizes((known) => {
      const before = known.get(number);
      const same = before?.width === size.width && before.height === size.height;
      return same ? known : new Map(known).set(number, size);
    });
  }, []);
  return { sizes, onSize };
}

/** The text of the pages that are drawn. */
function useLayers() {
  const [layers, setLayers] = useState<TextLayers>(new Map());
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const onText = useCallback((number: number, layer: TextLayer | null) => {
    if (!isHere.current) return;
    setLayers((known) => {
      const next = new Map(known);
      if (layer === null) next.delete(number);
      else next.set(number, layer);
      return next;
    });
  }, []);
  return { layers, onText };
}
