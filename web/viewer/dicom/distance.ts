/** How far it is from one place of a picture to another. Pure. */
import type { Point } from '../picture/placement.ts';
import type { Spacing } from './dicom-file.ts';

export interface Line {
  /** In pixels of the picture, from its upper left corner. */
  readonly from: Point;
  readonly to: Point;
}

/** In millimetres where the file says how large a pixel is, else in pixels. */
export function lengthOf({ from, to }: Line, spacing: Spacing | null): number {
  const [columns, rows] = [to.x - from.x, to.y - from.y];
  return Math.hypot(columns * (spacing?.columns ?? 1), rows * (spacing?.rows ?? 1));
}
