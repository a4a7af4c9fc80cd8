/** Which page it is, and going to another. */
import { useEffect, useState } from 'react';
import { useFormat } from '../../kit/index.ts';
import { Tool, ToolGroup } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import styles from './pdf-view.module.css';

export interface PageNumberProps {
  readonly here: number;
  readonly pages: number;
  readonly onGo: (page: number) => void;
}

export function PageNumber({ here, pages, onGo }: PageNumberProps) {
  const w = useViewerWords();
  const format = useFormat();
  const [typed, setTyped] = useState(String(here));
  useEffect(() => setTyped(String(here)), [here]);
  const go = () => {
    const page = Number.parseInt(typed, 10);
    if (page >= 1 && page <= pages) onGo(page);
    else setTyped(String(here));
  };
  return (
    <ToolGroup>
      <Tool icon="previous" label={w.pdf.previous} onPress={() => onGo(here - 1)} isIdle={here <= 1} />
      <form
        className={styles.number}
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <input
          inputMode="numeric"
          aria-label={w.pdf.goToPage}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onFocus={({ target }) => target.select()}
          onBlur={go}
        />
        <span>{w.pdf.ofPages(format.number(pages))}</span>
      </form>
      <Tool icon="next" label={w.pdf.next} onPress={() => onGo(here + 1)} isIdle={here >= pages} />
    </ToolGroup>
  );
}
