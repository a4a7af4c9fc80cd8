/** A picture that browsers do not show, as the server draws it: smaller, and through the same door. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { bytesAt, type FileSource } from '../client/index.ts';
import { Outline } from '../kit/index.ts';
import { InPlace, OtherKind } from './closed-file.tsx';
import styles from './file-viewer.module.css';
import { PictureView } from './lazy-picture.ts';
import { useViewerWords } from './viewer-words.ts';

export interface DrawnViewProps {
  readonly source: Pick<FileSource, 'address'>;
  readonly title: string;
  /** Said where the server does not draw it either. */
  readonly otherwise?: ReactNode;
}

export function DrawnView({ source: { address }, title, otherwise = <OtherKind /> }: DrawnViewProps) {
  const w = useViewerWords();
  const drawn = useQuery({
    queryKey: ['drawn', address],
    queryFn: () => bytesAt(`${address}/$preview?size=page`),
    enabled: address !== null,
    retry: false,
    gcTime: 0,
  });
  if (address === null || drawn.isError) return otherwise;
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
