/** A PDF: opened, or the reason why not. */
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useState } from 'react';
import type { FileSource } from '../../client/index.ts';
import { ActionButton, Notice, Outline, TextField } from '../../kit/index.ts';
import { Damaged, InPlace, Lost } from '../closed-file.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { openPdf, PdfError, type PdfFault } from './open-pdf.ts';
import { PdfPages } from './pdf-pages.tsx';
import styles from './pdf-view.module.css';

export interface PdfViewProps {
  readonly source: FileSource;
  readonly onRetry: () => void;
}

type Opened =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly document: PDFDocumentProxy }
  | { readonly state: PdfFault };

export function PdfView({ source, onRetry }: PdfViewProps) {
  const [password, setPassword] = useState<string>();
  const opened = usePdf(source, password);
  if (opened.state === 'opening') {
    return (
      <InPlace>
        <Outline lines={8} />
      </InPlace>
    );
  }
  if (opened.state === 'open') return <PdfPages document={opened.document} />;
  if (opened.state === 'lost') return <Lost onRetry={onRetry} />;
  if (opened.state === 'damaged') return <Damaged />;
  return <Locked isWrong={opened.state === 'wrong-password'} onPassword={setPassword} />;
}

function usePdf(source: FileSource, password: string | undefined): Opened {
  const [opened, setOpened] = useState<Opened>({ state: 'opening' });
  useEffect(() => {
    let isHere = true;
    const pdf = openPdf(source, password);
    pdf.document.then(
      (document) => {
        if (isHere) setOpened({ state: 'open', document });
      },
      (error: unknown) => {
        if (isHere) setOpened({ state: error instanceof PdfError ? error.fault : 'damaged' });
      },
    );
    return () => {
      isHere = false;
      pdf.close();
    };
  }, [source, password]);
  return opened;
}

interface LockedProps {
  readonly isWrong: boolean;
  readonly onPassword: (password: string) => void;
}

function Locked({ isWrong, onPassword }: LockedProps) {
  const w = useViewerWords();
  const [typed, setTyped] = useState('');
  return (
    <InPlace>
      <Notice icon="lock" title={w.pdf.locked}>
        <form
          className={styles.lock}
          onSubmit={(event) => {
            event.preventDefault();
            onPassword(typed);
          }}
        >
          <p>{w.pdf.lockedText}</p>
          <TextField
            label={w.pdf.password}
            value={typed}
            onChange={setTyped}
            secret
            error={isWrong ? w.pdf.wrongPassword : null}
          />
          <ActionButton type="submit" weight="main">
            {w.pdf.unlock}
          </ActionButton>
        </form>
      </Notice>
    </InPlace>
  );
}
