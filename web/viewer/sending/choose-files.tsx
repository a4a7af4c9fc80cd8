/** Where files come from: chosen, photographed, dropped or pasted. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ActionButton } from '../../kit/index.ts';
import styles from './sending.module.css';
import { useSendingWords } from './sending-words.ts';

/** A picture that was just taken or pasted has a name that says nothing. */
export type Arrival = 'chosen' | 'taken';

export interface ChooseFilesProps {
  /** Whether nothing was chosen yet. */
  readonly isFirst: boolean;
  readonly onFiles: (files: readonly File[], arrival: Arrival) => void;
}

export function ChooseFiles({ isFirst, onFiles }: ChooseFilesProps) {
  const w = useSendingWords();
  const isOver = useDropsAndPastes(onFiles);
  return (
    <div className={styles.place} data-over={isOver}>
      <div className={styles.buttons}>
        <Choice weight={isFirst ? 'main' : 'side'} onFiles={(files) => onFiles(files, 'chosen')}>
          {w.choose}
        </Choice>
        {/* Where there is a thumb there is a camera. */}
        <span className={styles.thumb}>
          <Choice camera weight="side" onFiles={(files) => onFiles(files, 'taken')}>
            {w.photograph}
          </Choice>
        </span>
      </div>
      <p className={styles.drag}>{isOver ? w.dropHere : w.orDrag}</p>
    </div>
  );
}

interface ChoiceProps {
  readonly weight: 'main' | 'side';
  readonly camera?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** A button that opens the choice of the device. */
function Choice({ weight, camera = false, onFiles, children }: ChoiceProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={!camera}
        {...(camera ? { accept: 'image/*', capture: 'environment' as const } : {})}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <ActionButton weight={weight} onClick={() => input.current?.click()}>
        {children}
      </ActionButton>
    </>
  );
}

/** Files that are dropped anywhere on the page, or pasted; the browser would leave the page for them. */
function useDropsAndPastes(onFiles: ChooseFilesProps['onFiles']): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const take = (list: FileList | undefined, arrival: Arrival) => {
      const files = [...(list ?? [])];
      if (files.length > 0) latest.current(files, arrival);
      return files.length > 0;
    };
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const out = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (take(event.dataTransfer?.files, 'chosen')) event.preventDefault();
    };
    const paste = (event: ClipboardEvent) => {
      if (take(event.clipboardData?.files, 'taken')) event.preventDefault();
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', out);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', out);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  return isOver;
}
