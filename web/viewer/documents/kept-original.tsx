/** The original of a photo, kept beside it for staff: saving it, and removing it for good. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, needsTouch, removeOriginal } from '../../client/index.ts';
import { ActionButton, Panel } from '../../kit/index.ts';
import download from '../download-file.module.css';
import { ToolIcon } from '../tool-icon.tsx';
import { useViewerWords } from '../viewer-words.ts';
import styles from './kept-original.module.css';

/** `address`: where the original of the photo is, as the server told whoever may have it. */
export function KeptOriginal({ address }: { readonly address: string }) {
  const { original: w } = useViewerWords();
  const [isAsking, setAsking] = useState(false);
  const removing = useMutation({ mutationFn: () => removeOriginal(address) });
  const told = useRef<HTMLParagraphElement>(null);
  const isGone = removing.isSuccess;
  const stage = isGone ? 'gone' : isAsking ? 'asking' : 'kept';
  const stood = useRef(stage);
  // The button that was pressed is gone with each step: whoever goes by keys stays here.
  useEffect(() => {
    if (stood.current !== stage) told.current?.focus();
    stood.current = stage;
  }, [stage]);
  return (
    <Panel title={w.title} icon="document">
      <div className={styles.original}>
        <p ref={told} tabIndex={-1} role="status">
          {{ gone: w.removed, asking: w.removeText, kept: w.text }[stage]}
        </p>
        {stage === 'kept' && (
          <div className={styles.buttons}>
            <a className={download.download} href={address} download="">
              <ToolIcon name="download" />
              {w.save}
            </a>
            <ActionButton onClick={() => setAsking(true)}>{w.remove}</ActionButton>
          </div>
        )}
        {stage === 'asking' && (
          <div className={styles.buttons}>
            <ActionButton weight="main" busy={removing.isPending} onClick={() => removing.mutate()}>
              {w.removeForGood}
            </ActionButton>
            <ActionButton
              weight="quiet"
              onClick={() => {
                removing.reset();
                setAsking(false);
              }}
            >
              {w.keep}
            </ActionButton>
          </div>
        )}
        {removing.error !== null && (
          <p role="alert" className={styles.fault}>
            {faultOf(removing.error)}
          </p>
        )}
      </div>
    </Panel>
  );

  function faultOf(error: Error): string {
    if (needsTouch(error)) return w.touch;
    return error instanceof ApiError && error.status === 409 ? w.held : w.failed;
  }
}
