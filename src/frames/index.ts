/** The room of packed frames: what DICOM packs pictures as, unpacked. Pure; for browsers and for Node. */
export { type PackedShape, unpackLossless } from './lossless-jpeg.ts';
export { unpackRuns } from './run-length.ts';
