/**
 * What the process that draws is asked and what it answers, and its limits. It is the one place where files
 * of strangers meet decoders written in C: it has one file and nothing else, and what it answers is a picture
 * or a word.
 */

/** The kinds that can be drawn. */
export const DRAWN_KINDS = ['jpeg', 'png', 'webp', 'tiff', 'heic', 'pdf', 'dicom'] as const;
export type DrawnKind = (typeof DRAWN_KINDS)[number];

/** The first line that the process reads, as JSON; the file follows, to the end. */
export interface DrawingRequest {
  readonly kind: DrawnKind;
  /** From 1: of a PDF or TIFF, or the frame of a DICOM file. */
  readonly page: number;
  /** The picture is no wider and no higher than this. */
  readonly width: number;
  readonly height: number;
}

/** Why there is no picture: a file that is none, one that is too large to draw, one that needs a password. */
export type Failure = 'damaged' | 'too-large' | 'protected' | 'no-such-page' | 'not-drawn';

/** The first line that it answers, as JSON; the picture follows, to the end. */
export type DrawingAnswer =
  | { readonly drawn: true; readonly width: number; readonly height: number; readonly pages: number }
  | { readonly drawn: false; readonly why: Failure };

/** Pixels that raw bytes hold, for what is drawn by hand. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly bytes: Uint8Array;
  readonly pages: number;
}

/** Of a file that is drawn: all of it is in memory, once. */
export const MOST_FILE_BYTES = 128 * 1024 * 1024;
/** A photo of a phone has 12 to 50 million, a scan of a page 9, a panoramic radiograph 5. */
export const MOST_PIXELS = 120_000_000;

/** Thrown within the process alone. */
export class NotDrawn extends Error {
  readonly why: Failure;

  constructor(why: Failure) {
    super(why);
    this.why = why;
  }
}
