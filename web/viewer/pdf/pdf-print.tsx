/** Printing: the pages as pictures, in the place of the whole page of the browser. */
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useFormat } from '../../kit/index.ts';
import { Tool } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { drawPage } from './pdf-page.tsx';
import styles from './pdf-view.module.css';

/** Each page takes eight megabytes while it waits for the printer. */
const MOST_PAGES = 30;
/** 150 dots for each inch. */
const SCALE = 150 / 72;

export function PdfPrint({ document }: { readonly document: PDFDocumentProxy }) {
  const w = useViewerWords();
  const format = useFormat();
  const [isBusy, setBusy] = useState(false);
  const tooMany = document.numPages > MOST_PAGES;
  const print = async (place: HTMLDivElement) => {
    for (let number = 1; number <= document.numPages; number += 1) {
      const canvas = window.document.createElement('canvas');
      place.append(canvas);
      await drawPage(await document.getPage(number), canvas, SCALE).promise;
    }
    window.print();
  };
  return (
    <>
      <Tool
        icon="print"
        label={tooMany ? w.pdf.tooManyToPrint(format.number(MOST_PAGES)) : w.print}
        isIdle={tooMany || isBusy}
        onPress={() => setBusy(true)}
      />
      {isBusy &&
        createPortal(
          <div
            className={styles.printed}
            data-printing
            ref={(place) => {
              if (place === null || place.childElementCount > 0) return;
              const end = () => setBusy(false);
              print(place).then(end, end);
            }}
          />,
          window.document.body,
        )}
    </>
  );
}
