/** A DICOM file: its picture where it can be unpacked here, and what it says of itself. */
import { useMemo } from 'react';
import type { FileSource } from '../../client/index.ts';
import { Notice } from '../../kit/index.ts';
import { Damaged, InPlace } from '../closed-file.tsx';
import { DrawnView } from '../drawn-view.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { type DicomImage, readDicom } from './dicom-file.ts';
import { DicomHeader } from './dicom-header.tsx';
import { DicomPicture } from './dicom-picture.tsx';
import { syntaxName } from './transfer-syntax.ts';

export interface DicomViewProps {
  readonly source: FileSource;
  readonly bytes: Uint8Array;
  readonly title: string;
}

export function DicomView({ source, bytes, title }: DicomViewProps) {
  const { dicom: w } = useViewerWords();
  const file = useMemo(() => readDicom(bytes), [bytes]);
  if (file === null) return <Damaged />;
  const { image, syntax } = file;
  return (
    <>
      {image === null ? (
        <InPlace>
          <Notice icon="document" title={w.noPicture}>
            {w.noPictureText}
          </Notice>
        </InPlace>
      ) : image.packing === 'other' ? (
        <Drawn source={source} title={title} image={image} syntax={syntax} />
      ) : (
        <DicomPicture key={title} image={image} title={title} otherwise={<NotUnpacked syntax={syntax} />} />
      )}
      <DicomHeader file={file} />
    </>
  );
}

interface DrawnProps extends Pick<DicomViewProps, 'source' | 'title'> {
  readonly image: DicomImage;
  readonly syntax: string;
}

/** As the server draws it, where that is one picture: of several, the first would pass for all. */
function Drawn({ source, title, image, syntax }: DrawnProps) {
  const otherwise = <NotUnpacked syntax={syntax} />;
  if (image.frames !== 1) return otherwise;
  return <DrawnView source={source} title={title} otherwise={otherwise} />;
}

function NotUnpacked({ syntax }: { readonly syntax: string }) {
  const words = useViewerWords();
  return (
    <InPlace>
      <Notice icon="document" title={words.dicom.notShown}>
        {words.dicom.syntax(syntaxName(syntax))} {words.otherKindText}
      </Notice>
    </InPlace>
  );
}
