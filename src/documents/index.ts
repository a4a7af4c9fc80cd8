/** The documents room: files, from the socket to sealed blobs and back. */
export { type Amendment, amendSent, documentIn, WITHDRAWN_REASON } from './amend-sent.ts';
export { type ApartFile, KeptApart, type KeptApartParts } from './apart/kept-apart.ts';
export type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blobs/blob-store.ts';
export { FolderStore } from './blobs/folder-store.ts';
export { MovingStore } from './blobs/moving-store.ts';
export { openBlobStore, openBlobStores } from './blobs/open-blob-store.ts';
export { DOCUMENT_TYPES, type DocumentType, isDocumentType } from './document-types.ts';
export { type FileRouteParts, fileRoutes } from './file-routes.ts';
export { Files } from './files.ts';
export {
  type FileKind,
  type FilesPolicy,
  type Handling,
  KIND_NAMES,
  type KindName,
  kindNamed,
  readFilesPolicy,
  STRICT_POLICY,
} from './kinds/file-kind.ts';
export { assertTaken, differenceFrom, kindOf } from './kinds/kind-of.ts';
export { type Sample, Sampler, sampleFrom, sampleOf } from './kinds/sample.ts';
export { contentDisposition } from './names/content-disposition.ts';
export { safeName } from './names/file-name.ts';
export { linkToOriginal, type OriginalsParts } from './photos/originals.ts';
export { isPhoto, type PhotoKind, withoutMetadata } from './photos/without-metadata.ts';
export { KeptPreviews, noteByJob, type PreviewAsk } from './previews/kept-previews.ts';
export {
  isDrawn,
  PREVIEW_MEDIA_TYPE,
  PREVIEW_SIZES,
  type Preview,
  type PreviewLimits,
  PreviewMaker,
  type PreviewSize,
} from './previews/preview-maker.ts';
export { Holds } from './retention/holds.ts';
export { Retention } from './retention/retention.ts';
export {
  checkFileRules,
  type FileRules,
  readFileRules,
  rulesWithin,
  type UploadLimits,
} from './rules/file-rules.ts';
export { PracticeFiles } from './rules/practice-files.ts';
export { USUAL_UPLOAD_LIMITS } from './rules/usual-rules.ts';
export { ClamAv } from './scan/clam-av.ts';
export { type Scan, type Scanner, scanWhole, type Verdict } from './scan/scanner.ts';
export { assertClean } from './scan/verdict.ts';
export { type Collected, collectBlobs } from './upkeep/collect-blobs.ts';
export {
  CARD_ENDS,
  type CardsLookedAfter,
  type CardUpkeepParts,
  lookAfterCards,
} from './upkeep/look-after-cards.ts';
export { type Moved, moveBlobs } from './upkeep/move-blobs.ts';
export { type BlobFinding, type Verified, verifyBlobs } from './upkeep/verify-blobs.ts';
export { typesToSend } from './uploads/types-to-send.ts';
export { isDay } from './uploads/upload-order.ts';
export { Uploads, type UploadsParts } from './uploads/uploads.ts';
