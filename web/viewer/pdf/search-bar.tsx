/** Searching in a PDF: page by page, with every place marked and one after the other gone to. */
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useRef, useState } from 'react';
import { Icon, useFormat } from '../../kit/index.ts';
import toolStyles from '../tools.module.css';
import { Tool } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { markWords, showWord } from './marked-words.ts';
import { findWords, type Hit, type TextRun } from './pdf-search.ts';
import styles from './pdf-view.module.css';
import type { TextLayers } from './text-layers.ts';

export interface SearchBarProps {
  readonly document: PDFDocumentProxy;
  readonly layers: TextLayers;
  readonly here: number;
  readonly onGo: (page: number) => void;
  readonly onEnd: () => void;
}

/** More places than that say nothing any more. */
const MOST_HITS = 2000;
const TYPED_MS = 250;

export function SearchBar({ document, layers, here, onGo, onEnd }: SearchBarProps) {
  const w = useViewerWords();
  const format = useFormat();
  const [words, setWords] = useState('');
  const { hits, at } = useHits(document, words);
  const [chosen, setChosen] = useState(0);
  const from = useRef(here);
  from.current = here;
  const hit = hits[chosen];
  useEffect(() => {
    if (hit !== undefined) onGo(hit.page);
  }, [hit, onGo]);
  useEffect(() => {
    markWords(layers, hits, hit);
    if (hit !== undefined) showWord(layers, hit);
  }, [layers, hits, hit]);
  useEffect(() => () => markWords(new Map(), [], undefined), []);
  const go = (step: number) => {
    if (hits.length > 0) setChosen((chosen + step + hits.length) % hits.length);
  };
  const told =
    words.trim() === ''
      ? ''
      : hits.length > 0
        ? w.pdf.hit(format.number(chosen + 1), format.number(hits.length))
        : at === null
          ? w.pdf.none
          : w.pdf.searching(format.number(at), format.number(document.numPages));
  return (
    <search className={styles.search}>
      <input
        type="search"
        aria-label={w.pdf.searchField}
        placeholder={w.pdf.searchField}
        value={words}
        // biome's rule is for pages that take the focus by themselves; this one opens at a press.
        ref={(field) => field?.focus()}
        onChange={({ target }) => {
          setWords(target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onEnd();
        }}
      />
      <span className={styles.told} role="status">
        {told}
      </span>
      <Tool icon="previous" label={w.pdf.previousHit} onPress={() => go(-1)} isIdle={hits.length === 0} />
      <Tool icon="next" label={w.pdf.nextHit} onPress={() => go(1)} isIdle={hits.length === 0} />
      <button
        type="button"
        className={toolStyles.tool}
        aria-label={w.pdf.searchClose}
        title={w.pdf.searchClose}
        onClick={onEnd}
      >
        <Icon name="back" size={22} />
      </button>
    </search>
  );
}

interface Found {
  readonly hits: readonly Hit[];
  /** The page that is searched; null when all are. */
  readonly at: number | null;
}

function useHits(document: PDFDocumentProxy, words: string): Found {
  const [found, setFound] = useState<Found>({ hits: [], at: null });
  useEffect(() => {
    if (words.trim() === '') {
      setFound({ hits: [], at: null });
      return;
    }
    let isHere = true;
    const search = async () => {
      const hits: Hit[] = [];
      for (let page = 1; page <= document.numPages && hits.length < MOST_HITS; page += 1) {
        const runs = await runsOf(document, page);
        if (!isHere) return;
        hits.push(...findWords(runs, words).map((match) => ({ ...match, page })));
        setFound({ hits: [...hits], at: page });
      }
      setFound({ hits, at: null });
    };
    const timer = setTimeout(() => void search(), TYPED_MS);
    return () => {
      isHere = false;
      clearTimeout(timer);
    };
  }, [document, words]);
  return found;
}

/** The text of a page that cannot be read is none. */
async function runsOf(document: PDFDocumentProxy, page: number): Promise<TextRun[]> {
  try {
    const { items } = await (await document.getPage(page)).getTextContent();
    return items.flatMap((item) => ('str' in item ? [item] : []));
  } catch {
    return [];
  }
}
