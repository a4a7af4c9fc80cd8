/** A DICOM file: its picture where it can be unpacked here, and what it says of itself. */
import { useMemo } from 'react';
import { Notice } from '../../kit/index.ts';
import { Damaged, InPlace } from '../closed-file.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { readDicom } from './dicom-file.ts';
import { DicomHeader } from './dicom-header.tsx';
import { DicomPicture } from './dicom-picture.tsx';
import { syntaxName } from './transfer-syntax.ts';

export interface DicomViewProps {
  readonly bytes: Uint8Array;
  readonly title: string;
}

export function DicomView({ bytes, title }: DicomViewProps) {
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
        <NotUnpacked syntax={syntax} />
      ) : (
        <DicomPicture key={title} image={image} title={title} otherwise={<NotUnpacked syntax={syntax} />} />
      )}
      <DicomHeader file={file} />
    </>
  );
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
