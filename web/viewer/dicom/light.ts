/** Brightness and contrast of a picture in grey: the window through which its values are seen. */
import { useRef, useState } from 'react';
import type { DicomImage, Window } from './dicom-file.ts';
import type { GreyFrame } from './samples.ts';
import { fullWindow } from './windowed.ts';

export interface Light {
  readonly window: Window;
  readonly full: Window;
  set(window: Window): void;
  /** Wider and lighter by shares of all that there is. */
  by(width: number, center: number): void;
  reset(): void;
}

/** The window of the file, or all values of the frame, until somebody wants another. */
export function useLight(image: DicomImage, grey: GreyFrame | null): Light {
  const [chosen, setChosen] = useState<Window | null>(null);
  const full = grey === null ? { center: 128, width: 256 } : fullWindow(grey, image);
  const window = chosen ?? image.window ?? full;
  const latest = useRef(window);
  latest.current = window;
  return {
    window,
    full,
    set: setChosen,
    by: (width, center) => {
      const { current } = latest;
      const next = {
        width: Math.max(1, current.width + width * full.width),
        center: current.center + center * full.width,
      };
      latest.current = next;
      setChosen(next);
    },
    reset: () => setChosen(null),
  };
}
