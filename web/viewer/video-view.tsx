/** A video, played by the browser: it asks for the ranges that it needs. */
import { useState } from 'react';
import type { FileSource } from '../client/index.ts';
import { Notice } from '../kit/index.ts';
import { InPlace } from './closed-file.tsx';
import styles from './file-viewer.module.css';
import { useViewerWords } from './viewer-words.ts';

export interface VideoViewProps {
  readonly source: FileSource;
  readonly title: string;
}

export function VideoView({ source: { address }, title }: VideoViewProps) {
  const w = useViewerWords();
  const [hasFailed, setFailed] = useState(address === null);
  if (hasFailed || address === null) {
    return (
      <InPlace>
        <Notice icon="alert" title={w.videoFailed}>
          {w.otherKindText}
        </Notice>
      </InPlace>
    );
  }
  return (
    // Nobody wrote down what is said in it: a film that a practice filed has no captions.
    <video
      className={styles.video}
      src={address}
      aria-label={`${w.video}: ${title}`}
      controls
      playsInline
      preload="metadata"
      onError={() => setFailed(true)}
    />
  );
}
