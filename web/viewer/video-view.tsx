/** A video, played by the browser: it asks for the ranges that it needs, or has all of it here already. */
import { useEffect, useState } from 'react';
import type { FileSource } from '../client/index.ts';
import { Notice } from '../kit/index.ts';
import { InPlace } from './closed-file.tsx';
import styles from './file-viewer.module.css';
import { useViewerWords } from './viewer-words.ts';

export interface VideoViewProps {
  readonly source: FileSource;
  readonly title: string;
}

export function VideoView({ source, title }: VideoViewProps) {
  const w = useViewerWords();
  const address = useAddress(source);
  const [hasFailed, setFailed] = useState(false);
  if (hasFailed) {
    return (
      <InPlace>
        <Notice icon="alert" title={w.videoFailed}>
          {w.otherKindText}
        </Notice>
      </InPlace>
    );
  }
  if (address === null) return null;
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

/** Of what lies in the page, one that ends with it; null for a moment, until there is one. */
function useAddress({ address, head }: FileSource): string | null {
  const [made, setMade] = useState<string | null>(null);
  useEffect(() => {
    if (address !== null) return;
    // As its bytes say, and nothing that a page would run.
    const own = URL.createObjectURL(new Blob([head], { type: 'video/mp4' }));
    setMade(own);
    return () => URL.revokeObjectURL(own);
  }, [address, head]);
  return address ?? made;
}
