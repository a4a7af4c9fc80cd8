/** The frame that is looked at, unpacked. */
import { useEffect, useState } from 'react';
import type { DicomImage } from './dicom-file.ts';
import type { Frame } from './samples.ts';
import { unpackFrame } from './unpack-frame.ts';

/** `undefined` while it is unpacked, null where it cannot be. The one before stands until the next comes. */
export function useFrame(image: DicomImage, frame: number): Frame | null | undefined {
  const [unpacked, setUnpacked] = useState<Frame | null>();
  useEffect(() => {
    let isHere = true;
    unpackFrame(image, frame).then(
      (found) => {
        if (isHere) setUnpacked(found);
      },
      () => {
        if (isHere) setUnpacked(null);
      },
    );
    return () => {
      isHere = false;
    };
  }, [image, frame]);
  return unpacked;
}
