/** Taking a file along, through the door like every look at it. */
import type { FileSource } from '../client/index.ts';
import { useFormat } from '../kit/index.ts';
import styles from './download-file.module.css';
import type { FileKind } from './file-kind.ts';
import { fileName, sayBytes } from './file-name.ts';
import { ToolIcon } from './tool-icon.tsx';
import { useViewerWords } from './viewer-words.ts';

export interface DownloadFileProps {
  readonly source: FileSource;
  readonly title: string;
  readonly kind: FileKind;
}

export function DownloadFile({ source, title, kind }: DownloadFileProps) {
  const w = useViewerWords();
  const format = useFormat();
  const name = fileName(title, kind, source.head);
  const said = (
    <>
      <ToolIcon name="download" />
      {w.downloadText(sayBytes(source.size, format.language))}
    </>
  );
  if (source.address !== null) {
    return (
      <a className={styles.download} href={source.address} download={name}>
        {said}
      </a>
    );
  }
  return (
    <button type="button" className={styles.download} onClick={() => handOut(source, name)}>
      {said}
    </button>
  );
}

/** It lies in the page already: the browser keeps it, as bytes of no kind, so that nothing opens it here. */
function handOut({ head }: FileSource, name: string): void {
  const address = URL.createObjectURL(new Blob([head], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
