/** A picture that browsers do not show, as the server draws it: smaller, and through the same door. */
import { useQuery } from '@tanstack/react-query';
import { bytesAt, type FileSource } from '../client/index.ts';
import { Outline } from '../kit/index.ts';
import { InPlace, OtherKind } from './closed-file.tsx';
import styles from './file-viewer.module.css';
import { PictureView } from './lazy-picture.ts';
import { useViewerWords } from './viewer-words.ts';

export interface DrawnViewProps {
  readonly source: FileSource;
  readonly title: string;
}

export function DrawnView({ source: { address }, title }: DrawnViewProps) {
  const w = useViewerWords();
  const drawn = useQuery({
    queryKey: ['drawn', address],
    queryFn: () => bytesAt(`${address}/$preview?size=page`),
    enabled: address !== null,
    retry: false,
    gcTime: 0,
  });
  if (address === null || drawn.isError) return <OtherKind />;
  if (drawn.data === undefined) {
    return (
      <InPlace>
        <Outline lines={6} />
      </InPlace>
    );
  }
  return (
    <>
      <PictureView bytes={drawn.data} title={title} />
      <p className={styles.aside}>{w.drawn}</p>
    </>
  );
}
