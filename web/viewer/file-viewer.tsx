/** A file, shown by what its bytes are. Code for a kind comes when a file of that kind is opened. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { ApiError, type FileSource } from '../client/index.ts';
import { Outline } from '../kit/index.ts';
import { Damaged, InPlace, Lost, OtherKind, TooLarge } from './closed-file.tsx';
import { DownloadFile } from './download-file.tsx';
import { DrawnView } from './drawn-view.tsx';
import { type FileKind, kindOfFile } from './file-kind.ts';
import styles from './file-viewer.module.css';
import { PictureView } from './lazy-picture.ts';
import { TextView } from './reading/text-view.tsx';
import { VideoView } from './video-view.tsx';

const PdfView = lazy(async () => ({ default: (await import('./pdf/pdf-view.tsx')).PdfView }));

const DicomView = lazy(async () => ({ default: (await import('./dicom/dicom-view.tsx')).DicomView }));
const CcdaView = lazy(async () => ({ default: (await import('./reading/ccda-view.tsx')).CcdaView }));

/** What is read whole into memory. */
const MOST_BYTES: Readonly<Partial<Record<FileKind, number>>> = {
  image: 128 * 1024 * 1024,
  dicom: 512 * 1024 * 1024,
  ccda: 16 * 1024 * 1024,
};
/** Of a text the beginning is read. */
const TEXT_BYTES = 2 * 1024 * 1024;

export interface FileViewerProps {
  readonly source: FileSource;
  /** What the document is called. */
  readonly title: string;
  /** Asks for the file anew. */
  readonly onRetry: () => void;
}

export function FileViewer({ source, title, onRetry }: FileViewerProps) {
  const kind = kindOfFile(source.head);
  return (
    <div className={styles.viewer} data-kind={kind}>
      <Suspense
        fallback={
          <InPlace>
            <Outline lines={8} />
          </InPlace>
        }
      >
        <Shown kind={kind} source={source} title={title} onRetry={onRetry} />
      </Suspense>
      <div className={styles.foot}>
        <DownloadFile source={source} title={title} kind={kind} />
      </div>
    </div>
  );
}

function Shown({ kind, source, title, onRetry }: FileViewerProps & { readonly kind: FileKind }) {
  switch (kind) {
    case 'pdf':
      return <PdfView source={source} onRetry={onRetry} />;
    case 'video':
      return <VideoView source={source} title={title} />;
    case 'still':
      return <DrawnView source={source} title={title} />;
    case 'markup':
      return <OtherKind isMarkup />;
    case 'image':
    case 'dicom':
    case 'ccda':
    case 'text':
      return <Whole kind={kind} source={source} title={title} onRetry={onRetry} />;
    default:
      return <OtherKind />;
  }
}

/** A file within a document; a document within a document is handed out. */
function Enclosed({ source, title, onRetry }: FileViewerProps) {
  return kindOfFile(source.head) === 'ccda' ? (
    <OtherKind />
  ) : (
    <FileViewer source={source} title={title} onRetry={onRetry} />
  );
}

/** What is shown once all of it is here. */
function Whole({ kind, source, title, onRetry }: FileViewerProps & { readonly kind: FileKind }) {
  const bytes = useBytes(source, kind);
  if (bytes === 'reading')
    return (
      <InPlace>
        <Outline lines={8} />
      </InPlace>
    );
  if (bytes === 'lost') return <Lost onRetry={onRetry} />;
  if (bytes === 'damaged') return <Damaged />;
  if (bytes === 'too-large') return <TooLarge />;
  if (kind === 'image') return <PictureView bytes={bytes} title={title} />;
  if (kind === 'dicom') return <DicomView source={source} bytes={bytes} title={title} />;
  if (kind === 'ccda') {
    const showFile = (enclosed: FileSource) => (
      // One within another is enough.
      <Enclosed source={enclosed} title={title} onRetry={onRetry} />
    );
    return <CcdaView source={source} bytes={bytes} showFile={showFile} />;
  }
  return <TextView source={source} bytes={bytes} />;
}

type Bytes = Uint8Array<ArrayBuffer> | 'reading' | 'lost' | 'damaged' | 'too-large';

function useBytes(source: FileSource, kind: FileKind): Bytes {
  const isHere = source.head.length === source.size;
  const [bytes, setBytes] = useState<Bytes>(isHere ? source.head : 'reading');
  useEffect(() => {
    if (isHere) {
      setBytes(source.head);
      return;
    }
    const most = MOST_BYTES[kind];
    if (most !== undefined && source.size > most) {
      setBytes('too-large');
      return;
    }
    const end = new AbortController();
    source.read(0, kind === 'text' ? Math.min(source.size, TEXT_BYTES) : source.size, end.signal).then(
      (read) => setBytes(read),
      (error: unknown) => {
        if (!end.signal.aborted) setBytes(error instanceof ApiError ? 'lost' : 'damaged');
      },
    );
    return () => end.abort();
  }, [source, kind, isHere]);
  return bytes;
}
